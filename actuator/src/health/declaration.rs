//! What `#[health_check]` leaves behind for the start of the program.

use std::{fmt, sync::Arc, time::Duration};

use super::indicator::HealthIndicator;
use crate::{
    model::source::Source,
    registry::{Components, MissingComponent},
};

/// Makes an indicator of the components that it asks for, or names all that are missing.
pub type BindHealth = fn(&Components) -> Result<Arc<dyn HealthIndicator>, Vec<MissingComponent>>;

/// A declared check, before its components are known.
#[derive(Clone, Copy)]
pub struct HealthDeclaration {
    /// Its path in the tree: `db`, or `db/primary`.
    pub name: &'static str,
    /// What it checks, from the doc comment; may be empty.
    pub description: &'static str,
    /// Where it was declared.
    pub source: Source,
    /// Its own deadline, if it has one.
    pub timeout: Option<Duration>,
    /// Makes the indicator of its components; all that are missing at once.
    pub bind: BindHealth,
    /// The type names of the components it asks for.
    pub dependencies: &'static [fn() -> &'static str],
}

impl fmt::Debug for HealthDeclaration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HealthDeclaration")
            .field("name", &self.name)
            .field("source", &self.source)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

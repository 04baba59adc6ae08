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
    /// How it is run and counted, as far as the attribute says so.
    pub options: DeclaredOptions,
    /// Makes the indicator of its components; all that are missing at once.
    pub bind: BindHealth,
    /// The type names of the components it asks for.
    pub dependencies: &'static [fn() -> &'static str],
}

/// What the attribute says about how a check is run and counted. Settings and defaults decide
/// whatever it leaves open.
///
/// The macro has looked at every value: thresholds and deadlines are more than 0, labels are not
/// blank and not repeated, no option contradicts another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeclaredOptions {
    /// The deadline of one run.
    pub timeout: Option<Duration>,
    /// How long a good result serves; zero asks the check each time.
    pub success_ttl: Option<Duration>,
    /// How long a bad result serves; zero asks the check each time.
    pub failure_ttl: Option<Duration>,
    /// How often it runs in the background; without one it runs when it is asked for.
    pub interval: Option<Duration>,
    /// How often it runs in the background while it fails; there is an `interval` then.
    pub failure_interval: Option<Duration>,
    /// Whether it counts for the status of the whole.
    pub critical: Option<bool>,
    /// How many failures in a row are needed before they are believed.
    pub failure_threshold: Option<u32>,
    /// How many successes in a row are needed before a recovery is believed.
    pub success_threshold: Option<u32>,
    /// The code of the status before there is any result.
    pub initial_status: Option<&'static str>,
    /// The code of the status that a failure is shown as.
    pub failure_status: Option<&'static str>,
    /// How deep it looks: 0 only says that the process answers, 1 is vital, more is optional.
    pub level: Option<u32>,
    /// Words by which it can be asked for.
    pub tags: &'static [&'static str],
    /// The groups that it joins by itself, beside what their settings include.
    pub groups: &'static [&'static str],
}

impl DeclaredOptions {
    /// Nothing said. Generated code names only what differs from this.
    pub const NONE: Self = Self {
        timeout: None,
        success_ttl: None,
        failure_ttl: None,
        interval: None,
        failure_interval: None,
        critical: None,
        failure_threshold: None,
        success_threshold: None,
        initial_status: None,
        failure_status: None,
        level: None,
        tags: &[],
        groups: &[],
    };
}

impl fmt::Debug for HealthDeclaration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HealthDeclaration")
            .field("name", &self.name)
            .field("source", &self.source)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

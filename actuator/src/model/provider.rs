//! A named function that gives a document: what env and info sources are made of.

use std::{fmt, sync::Arc};

use serde_json::Value;

use super::{endpoint::BoxFuture, source::Source};

/// Gives a document each time it is asked; an error is a text for people.
pub type ProviderFn = Arc<dyn Fn() -> BoxFuture<'static, Result<Value, String>> + Send + Sync>;

/// A provider under its name.
#[derive(Clone)]
pub struct Provider {
    /// The name: of the property source in `/env`, of the top-level member in `/info`.
    pub name: String,
    /// Where it was declared; `None` when registered at run time.
    pub source: Option<Source>,
    /// The function.
    pub provide: ProviderFn,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider")
            .field("name", &self.name)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

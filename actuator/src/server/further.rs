//! Endpoints of subjects on which nothing else of the service depends: the file of wiring of each
//! subject beside this one makes its endpoints from what was declared and registered. A new one is a
//! line in [`endpoints`].

use super::{app::App, basics::Basics};
use crate::{
    error::Result, model::endpoint::SharedEndpoint, registry::Declarations,
    support::application_runtime::ApplicationRuntime,
};

/// What the wiring of a subject may need.
pub(super) struct Ground<'a> {
    /// Settings, meters, the audit trail, the sanitiser.
    pub(super) basics: &'a Basics,
    /// What macros declared.
    pub(super) declarations: &'a Declarations,
    /// What the application registered; each subject takes its own.
    pub(super) app: &'a mut App,
    /// The name of the application, for documents that have one context.
    pub(super) application: &'a str,
    /// Its version, if it is known.
    pub(super) version: Option<&'a str>,
    /// Where the application's own code runs.
    pub(super) runtime: &'a ApplicationRuntime,
}

/// All of them; those without a subject in this service are left out.
pub(super) fn endpoints(ground: &mut Ground<'_>) -> Result<Vec<SharedEndpoint>> {
    let _ = ground;
    Ok(Vec::new())
}

//! Endpoints of subjects on which nothing else of the service depends: the file of wiring of each
//! subject beside this one makes its endpoints from what was declared and registered. A new one is a
//! line in [`endpoints`].

use super::{
    app::App, basics::Basics, certs, custom, debug, heapdump, limits, memory, sbom, scheduling,
    startup, stores, surface,
};
use crate::{
    endpoint::Mount,
    error::Result,
    info::FactsDeclaration,
    model::{endpoint::SharedEndpoint, surface::Surfaces},
    registry::Declarations,
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
    /// What was known when it was compiled.
    pub(super) facts: Option<&'static FactsDeclaration>,
    /// Where the application's own code runs.
    pub(super) runtime: &'a ApplicationRuntime,
    /// What each listener serves, once that is known.
    pub(super) surfaces: &'a Surfaces,
}

/// All of them, and what of them is served outside the base path.
pub(super) fn endpoints_and_mounts(
    ground: &mut Ground<'_>,
) -> Result<(Vec<SharedEndpoint>, Vec<Mount>)> {
    Ok((endpoints(ground)?, sbom::mounts(ground)))
}

/// All of them; those without a subject in this service are left out.
pub(super) fn endpoints(ground: &mut Ground<'_>) -> Result<Vec<SharedEndpoint>> {
    let mut endpoints = vec![certs::endpoint(ground), limits::endpoint(), memory::endpoint(ground)];
    endpoints.extend([surface::mappings(ground), surface::openapi(ground)]);
    endpoints.push(heapdump::endpoint(ground));
    endpoints.extend(custom::endpoints(ground)?);
    endpoints.extend(debug::endpoint(ground));
    endpoints.extend(sbom::endpoint(ground));
    endpoints.extend(scheduling::endpoint(ground)?);
    endpoints.extend(startup::endpoint(ground));
    endpoints.extend(stores::endpoints(ground));
    Ok(endpoints)
}

//! Endpoints of the application: those that macros declared and those of the set-up, with their
//! components, beside those that are built in.

use std::sync::Arc;

use super::{app::App, further::Ground};
use crate::{
    custom::{CustomEndpoint, comparable},
    endpoint::IDS,
    error::{Error, ErrorKind, Result},
    model::{
        component::Components,
        endpoint::{Endpoint as _, SharedEndpoint},
    },
    registry::{Binder, Claim, Declarations},
};

/// All of them.
///
/// # Errors
/// Components are missing, an id is taken, or an endpoint cannot be served as it is.
pub(super) fn endpoints(ground: &mut Ground<'_>) -> Result<Vec<SharedEndpoint>> {
    let mut binder = Binder::new(&ground.app.components);
    let declared = ground.declarations.endpoints.iter();
    let declared = declared.filter_map(|declared| {
        binder.bind("endpoint", declared.id, &declared.source, |all| declared.bind(all))
    });
    let mut endpoints: Vec<CustomEndpoint> = declared.collect();
    binder.finish()?;
    endpoints.append(&mut ground.app.endpoints);
    check(&endpoints)?;
    let sanitizer = &ground.basics.sanitizer;
    let served = endpoints.into_iter();
    let served = served.map(|endpoint| endpoint.on(ground.runtime).shown_by(sanitizer));
    Ok(served.map(|endpoint| Arc::new(endpoint) as SharedEndpoint).collect())
}

/// Makes components of the types of endpoints that have a default, so that checks, gauges and sources
/// may ask for them.
pub(super) fn prepare(declarations: &Declarations, components: &mut Components) {
    for declared in &declarations.endpoints {
        (declared.prepare)(components);
    }
}

/// Refuses what cannot be served; all of it is told at once.
fn check(endpoints: &[CustomEndpoint]) -> Result<()> {
    let mut complaints = Vec::new();
    for endpoint in endpoints {
        let name = |complaint: String| {
            let id = endpoint.id();
            format!("endpoint \"{id}\" ({}): {complaint}", endpoint.declared_at())
        };
        let id = comparable(endpoint.id());
        if IDS.contains(&id.as_str()) {
            complaints.push(name("this id is that of a built-in endpoint; choose another".into()));
        }
        complaints.extend(endpoint.complaints().into_iter().map(name));
    }
    if complaints.is_empty() {
        return Ok(());
    }
    let list = complaints.join("\n  - ");
    Err(Error::new(ErrorKind::Declaration, format!("endpoints cannot be served:\n  - {list}")))
}

impl App {
    /// The run-time twin of [`endpoint`](macro@crate::endpoint). Settings, access, roles, the audit
    /// trail, links and the conditions know it as they know those that are built in.
    pub fn endpoint(&mut self, endpoint: CustomEndpoint) -> &mut Self {
        self.claims.push(Claim {
            kind: "endpoint",
            name: comparable(endpoint.id()),
            place: endpoint.declared_at().to_owned(),
        });
        self.endpoints.push(endpoint);
        self
    }
}

//! What each listener serves, for the endpoints that tell it: `openapi` and `mappings`.

use std::sync::Arc;

use super::{actuator::Actuator, app::App, further::Ground};
use crate::{
    endpoint::{MappingsEndpoint, OpenapiEndpoint},
    model::{
        call::Listener,
        endpoint::SharedEndpoint,
        mapping::Mapping,
        surface::{ListenerSurfaces, Surfaces},
    },
};

/// What a service without a version is said to be in.
const NO_VERSION: &str = "0.0.0";

/// The endpoint `openapi`.
pub(super) fn openapi(ground: &Ground<'_>) -> SharedEndpoint {
    let version = ground.version.unwrap_or(NO_VERSION);
    Arc::new(OpenapiEndpoint::new(ground.application, version, Surfaces::clone(ground.surfaces)))
}

/// The endpoint `mappings`.
pub(super) fn mappings(ground: &mut Ground<'_>) -> SharedEndpoint {
    let mappings = std::mem::take(&mut ground.app.mappings);
    Arc::new(MappingsEndpoint::new(ground.application, mappings, Surfaces::clone(ground.surfaces)))
}

/// What the listeners of a service serve.
pub(super) fn of(actuator: &Actuator) -> ListenerSurfaces {
    let surface = |listener| actuator.management(listener).surface();
    let is_apart = actuator.server.is_apart();
    let mut application = surface(Listener::Application);
    if is_apart {
        application.index = None;
    }
    ListenerSurfaces { application, management: is_apart.then(|| surface(Listener::Management)) }
}

impl App {
    /// Tells `/actuator/mappings` of routes that it cannot find out itself: those of a router that
    /// was made without [`routing::Router`](crate::routing::Router), or of a server of one's own.
    ///
    /// ```
    /// use actuator::{App, routing::{Mapping, Router, get}};
    ///
    /// fn setup(app: &mut App) {
    ///     app.mapping(Mapping::new("GET", "/orders/{id}").handled_by("orders::one"));
    ///     // All that a router has recorded:
    ///     let router: Router = Router::new().route("/hello", get(async || "hello"));
    ///     app.mappings(router.mappings());
    /// }
    /// ```
    pub fn mapping(&mut self, mapping: Mapping) -> &mut Self {
        self.mappings.push(mapping);
        self
    }

    /// The same for several.
    pub fn mappings(&mut self, mappings: &[Mapping]) -> &mut Self {
        self.mappings.extend_from_slice(mappings);
        self
    }
}

#[cfg(test)]
#[path = "surface_tests.rs"]
mod tests;

//! Declarations and registrations with the components that they ask for.

use super::{app::App, declared_meters};
use crate::{
    error::Result,
    health::HealthCheck,
    model::provider::Provider,
    registry::{Binder, Declarations},
    support::application_runtime::ApplicationRuntime,
};

/// What was declared, with its components, and what was registered at run time.
pub(super) struct Bound {
    pub(super) checks: Vec<HealthCheck>,
    pub(super) env: Vec<Provider>,
    pub(super) info: Vec<Provider>,
    pub(super) gauges: Vec<declared_meters::BoundGauge>,
}

impl Bound {
    /// Takes the sources of `app`, and refuses with all components that are missing.
    pub(super) fn bind(
        declarations: &Declarations,
        app: &mut App,
        runtime: &ApplicationRuntime,
    ) -> Result<Self> {
        let mut binder = Binder::new(&app.components);
        let mut env = binder.providers("env source", &declarations.env);
        let mut info = binder.providers("info source", &declarations.info);
        let checks = bind_checks(&mut binder, declarations);
        let gauges = declared_meters::bind_gauges(&mut binder, declarations);
        binder.finish()?;
        env.append(&mut app.env_sources);
        info.append(&mut app.info_sources);
        let here = |provider: Provider| provider.on(runtime);
        let (env, info) = (env.into_iter().map(here), info.into_iter().map(here));
        Ok(Self { checks, env: env.collect(), info: info.collect(), gauges })
    }
}

fn bind_checks(binder: &mut Binder<'_>, declarations: &Declarations) -> Vec<HealthCheck> {
    declarations
        .health
        .iter()
        .filter_map(|declared| {
            let bound =
                binder.bind("health check", declared.name, &declared.source, declared.bind)?;
            Some(HealthCheck::declared(declared, bound))
        })
        .collect()
}

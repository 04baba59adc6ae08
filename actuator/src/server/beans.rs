//! What was collected and registered, as a list of beans.

use super::app::App;
use crate::{
    model::{endpoint::Endpoint as _, source::Source},
    registry::{Bean, BeanRegistry, Declarations, ProviderDeclaration},
};

/// Components, declarations and run-time registrations, each with what it depends on. Their order
/// decides which of two of a name gets its kind in front.
pub(super) fn list(declarations: &Declarations, app: &App) -> BeanRegistry {
    let mut beans = BeanRegistry::default();
    for (name, type_name) in app.components.list() {
        beans.add(name.unwrap_or(type_name), bean("component", type_name));
    }
    endpoints(&mut beans, declarations, app);
    declared_sources(&mut beans, declarations);
    meters(&mut beans, declarations);
    for d in &declarations.settings {
        let name = format!("{}-{}", d.prefix, (d.type_name)());
        beans.add(&name, declared("settings", d.source, d.description, &[]));
    }
    scheduled_tasks(&mut beans, declarations, app);
    for site in &declarations.startup_steps {
        let step = site.declaration();
        beans.add(step.source.path, declared("startup step", step.source, step.description, &[]));
    }
    registered_sources(&mut beans, app);
    beans
}

fn endpoints(beans: &mut BeanRegistry, declarations: &Declarations, app: &App) {
    for d in &declarations.endpoints {
        beans.add(d.id, declared("endpoint", d.source, d.description, d.dependencies));
    }
    for endpoint in &app.endpoints {
        let description = endpoint.description().to_owned();
        beans.add(endpoint.id(), Bean { description, ..registered("endpoint") });
    }
}

/// What tells of health, the environment and info.
fn declared_sources(beans: &mut BeanRegistry, declarations: &Declarations) {
    for d in &declarations.health {
        beans.add(d.name, declared("health check", d.source, d.description, d.dependencies));
    }
    for d in &declarations.env {
        beans.add(d.name, provider("env source", d));
    }
    for d in &declarations.info {
        beans.add(d.name, provider("info source", d));
    }
    for d in &declarations.facts {
        beans.add(d.source.path, declared("actuator info", d.source, "", &[]));
    }
}

fn meters(beans: &mut BeanRegistry, declarations: &Declarations) {
    for site in &declarations.sites {
        let meter = site.declaration();
        beans.add(meter.source.path, declared("meter", meter.source, meter.description, &[]));
    }
    for d in &declarations.gauges {
        let meter = &d.meter;
        beans.add(
            meter.source.path,
            declared("gauge", meter.source, meter.description, d.dependencies),
        );
    }
}

fn scheduled_tasks(beans: &mut BeanRegistry, declarations: &Declarations, app: &App) {
    for d in &declarations.scheduled {
        let bean = declared("scheduled task", d.source, d.description, d.dependencies);
        beans.add(d.known_as(), bean);
    }
    for name in app.scheduling.names() {
        beans.add(name, registered("scheduled task"));
    }
}

/// As [`declared_sources`], for what the set-up registered.
fn registered_sources(beans: &mut BeanRegistry, app: &App) {
    for check in &app.checks {
        beans.add(check.path(), registered("health check"));
    }
    for provider in &app.env_sources {
        beans.add(&provider.name, registered("env source"));
    }
    for provider in &app.info_sources {
        beans.add(&provider.name, registered("info source"));
    }
}

fn provider(kind: &'static str, declaration: &ProviderDeclaration) -> Bean {
    let ProviderDeclaration { source, description, dependencies, .. } = declaration;
    declared(kind, *source, description, dependencies)
}

fn declared(
    kind: &'static str,
    source: Source,
    description: &str,
    dependencies: &[fn() -> &'static str],
) -> Bean {
    Bean {
        description: description.to_owned(),
        source: Some(source),
        dependencies: dependencies.iter().map(|name| name().to_owned()).collect(),
        ..bean(kind, source.path)
    }
}

fn registered(kind: &'static str) -> Bean {
    bean(kind, "registered at run time")
}

fn bean(kind: &'static str, type_name: &str) -> Bean {
    Bean {
        kind,
        type_name: type_name.to_owned(),
        description: String::new(),
        source: None,
        dependencies: Vec::new(),
    }
}

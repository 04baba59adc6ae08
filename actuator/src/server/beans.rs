//! What was collected and registered, as a list of beans.

use super::app::App;
use crate::{
    model::{endpoint::Endpoint as _, source::Source},
    registry::{Bean, BeanRegistry, Declarations, ProviderDeclaration},
};

/// Components, declarations and run-time registrations, each with what it depends on.
pub(super) fn list(declarations: &Declarations, app: &App) -> BeanRegistry {
    let mut beans = BeanRegistry::default();
    for (name, type_name) in app.components.list() {
        beans.add(name.unwrap_or(type_name), bean("component", type_name));
    }
    for d in &declarations.endpoints {
        beans.add(d.id, declared("endpoint", d.source, d.description, d.dependencies));
    }
    for endpoint in &app.endpoints {
        let description = endpoint.description().to_owned();
        let bean = Bean { description, ..bean("endpoint", "registered at run time") };
        beans.add(endpoint.id(), bean);
    }
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
    for d in &declarations.settings {
        let name = format!("{}-{}", d.prefix, (d.type_name)());
        beans.add(&name, declared("settings", d.source, d.description, &[]));
    }
    for d in &declarations.scheduled {
        let bean = declared("scheduled task", d.source, d.description, d.dependencies);
        beans.add(d.known_as(), bean);
    }
    for name in app.scheduling.names() {
        beans.add(name, bean("scheduled task", "registered at run time"));
    }
    for site in &declarations.startup_steps {
        let step = site.declaration();
        beans.add(step.source.path, declared("startup step", step.source, step.description, &[]));
    }
    for check in &app.checks {
        beans.add(check.path(), bean("health check", "registered at run time"));
    }
    for provider in &app.env_sources {
        beans.add(&provider.name, bean("env source", "registered at run time"));
    }
    for provider in &app.info_sources {
        beans.add(&provider.name, bean("info source", "registered at run time"));
    }
    beans
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

fn bean(kind: &'static str, type_name: &str) -> Bean {
    Bean {
        kind,
        type_name: type_name.to_owned(),
        description: String::new(),
        source: None,
        dependencies: Vec::new(),
    }
}

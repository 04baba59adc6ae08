//! Migrations: who knows them, and the endpoints over that.

use std::{panic::Location, sync::Arc};

use super::{app::App, further::Ground};
use crate::{
    endpoint::{FlywayEndpoint, MigrationsEndpoint, MigrationsView},
    migration::{self, MigrationSource, NamedMigrations},
    model::endpoint::SharedEndpoint,
};

impl App {
    /// Registers who knows the migrations of a database, under a name: `/actuator/migrations` and
    /// `/actuator/flyway` show them. Two of a name refuse the start.
    #[track_caller]
    pub fn migrations(
        &mut self,
        name: impl Into<String>,
        source: impl MigrationSource,
    ) -> &mut Self {
        let name = name.into();
        self.claim("migrations", &name, Location::caller());
        self.stores.migrations.push(NamedMigrations { name, source: Arc::new(source) });
        self
    }
}

/// `migrations` and `flyway`, where somebody knows some. What is registered under the name of what
/// was found takes its place.
pub(super) fn endpoints(ground: &mut Ground<'_>) -> Vec<SharedEndpoint> {
    let mut sources = std::mem::take(&mut ground.app.stores.migrations);
    let mut found = migration::discover(&ground.app.components);
    found.retain(|found| sources.iter().all(|source| source.name != found.name));
    sources.append(&mut found);
    if sources.is_empty() {
        return Vec::new();
    }
    let settings = ground.basics.config.stores.migrations;
    let sanitizer = ground.basics.sanitizer.clone();
    let runtime = ground.runtime.clone();
    let view = Arc::new(MigrationsView::new(sources, runtime, settings.timeout, sanitizer));
    let mut endpoints: Vec<SharedEndpoint> =
        vec![Arc::new(MigrationsEndpoint::new(Arc::clone(&view)))];
    if settings.flyway {
        endpoints.push(Arc::new(FlywayEndpoint::new(view, ground.application)));
    }
    endpoints
}

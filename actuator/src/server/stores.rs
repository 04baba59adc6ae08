//! What the application keeps and this crate can show and change: caches, sessions, and the
//! migrations of databases.

use std::sync::Arc;

use super::{caches, caches::Caches, further::Ground, migrations, sessions};
use crate::{
    cache::ClearSettings,
    migration::{MigrationSettings, NamedMigrations},
    model::endpoint::SharedEndpoint,
    session::{SessionRepository, SessionSettings},
    settings::SettingsReader,
};

/// What the application registered.
#[derive(Default)]
pub(super) struct Stores {
    pub(super) caches: Option<Caches>,
    pub(super) sessions: Vec<Arc<dyn SessionRepository>>,
    pub(super) migrations: Vec<NamedMigrations>,
}

/// How long each may take.
#[derive(Clone, Debug)]
pub(super) struct StoreSettings {
    pub(super) clearing: ClearSettings,
    pub(super) sessions: SessionSettings,
    pub(super) migrations: MigrationSettings,
}

impl StoreSettings {
    /// Reads `actuator.caches.*`, `actuator.sessions.*` and `actuator.migrations.*`.
    pub(super) fn read(reader: &mut SettingsReader<'_>) -> Self {
        Self {
            clearing: ClearSettings::read(reader),
            sessions: SessionSettings::read(reader),
            migrations: MigrationSettings::read(reader),
        }
    }
}

/// Those of the endpoints that have something to show.
pub(super) fn endpoints(ground: &mut Ground<'_>) -> Vec<SharedEndpoint> {
    let mut endpoints = migrations::endpoints(ground);
    endpoints.extend(caches::endpoint(ground));
    endpoints.extend(sessions::endpoint(ground));
    endpoints
}

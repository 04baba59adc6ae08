//! The checks that registered components bring by themselves.

use super::{database, redis};
use crate::{
    health::{HealthCheck, HealthContributors, HealthSettings},
    model::component::Components,
};

/// Registers the checks that components bring and the settings leave enabled, each by its path and
/// all of a kind by the kind. To be called after
/// the application's own checks: one that stands at the same place, or above or below it, wins, and
/// so does a group of that name.
pub fn register_discovered(
    contributors: &HealthContributors,
    settings: &HealthSettings,
    components: &Components,
) {
    for check in discover(components) {
        let kind = check.path().split('/').next().unwrap_or_default();
        if !(settings.is_enabled(kind) && settings.is_enabled(check.path())) {
            continue;
        }
        if let Err(error) = contributors.register(check) {
            tracing::debug!(target: "actuator::health", "A component brings no check: {error}");
        }
    }
}

/// A check for each pool, each migrator that belongs to one, and each Redis client among the
/// components.
pub(crate) fn discover(components: &Components) -> Vec<HealthCheck> {
    let mut found = database::discover(components);
    found.extend(redis::discover(components));
    found
}

//! The checks that registered components bring by themselves.

use super::{database, redis};
use crate::{health::HealthCheck, model::component::Components};

/// A check for each pool, each migrator that belongs to one, and each Redis client among the
/// components. A check of the application's own with the same name is to win.
pub fn discover(components: &Components) -> Vec<HealthCheck> {
    let mut found = database::discover(components);
    found.extend(redis::discover(components));
    found
}

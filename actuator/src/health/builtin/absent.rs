//! Stands for checks whose feature is off: no component brings them.

use crate::{health::HealthCheck, model::component::Components};

/// None.
pub fn discover(_components: &Components) -> Vec<HealthCheck> {
    Vec::new()
}

//! Stands for pools whose feature is off: no component has meters of them.

use crate::{meter::MeterRegistry, model::component::Components};

/// None.
pub fn bind(_registry: &MeterRegistry, _components: &Components) {}

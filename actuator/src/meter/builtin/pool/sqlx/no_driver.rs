//! Stands for a driver whose feature is off: none of its pools can be a component.

use super::FoundPool;
use crate::model::component::Components;

/// None.
pub fn pools(_components: &Components) -> Vec<FoundPool> {
    Vec::new()
}

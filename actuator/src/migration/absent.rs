//! Stands for sqlx where none of its features is on: no component tells of migrations.

use super::NamedMigrations;
use crate::model::component::Components;

/// None.
pub fn discover(_components: &Components) -> Vec<NamedMigrations> {
    Vec::new()
}

//! SQLite.

use sqlx::Sqlite;

use super::{FoundPool, pools_of};
use crate::model::component::Components;

/// The pools of this database among the components.
pub fn pools(components: &Components) -> Vec<FoundPool> {
    pools_of::<Sqlite>("sqlite", components)
}

//! Those who write down what a service changes at its levels, for as long as it can.

use std::time::Duration;

use crate::model::sanitizer::Sanitizer;

use super::{
    change::{Listening, Origin},
    keeper::Keeper,
};

/// Kept by all through whom levels can be changed: the loggers are those of the process, and
/// outlive a service.
#[derive(Debug, Default)]
pub(crate) struct LevelAttendants {
    /// The service to which they belong.
    pub(crate) origin: Option<Origin>,
    /// Who records the changes.
    _recorder: Option<Listening>,
    /// Who keeps overrides beyond the end of the process.
    keeper: Option<Keeper>,
    /// What hides secrets in reasons and in claimed names.
    pub(crate) sanitizer: Sanitizer,
}

impl LevelAttendants {
    /// Those who are there.
    pub(crate) fn new(
        origin: Origin,
        recorder: Option<Listening>,
        keeper: Option<Keeper>,
        sanitizer: Sanitizer,
    ) -> Self {
        Self { origin: Some(origin), _recorder: recorder, keeper, sanitizer }
    }

    /// Waits until what was kept counts again, but no longer than `limit`.
    pub(crate) async fn restored(&self, limit: Duration) {
        if let Some(keeper) = &self.keeper {
            keeper.loaded(limit).await;
        }
    }

    /// Waits until everything is kept, but no longer than `limit`.
    pub(crate) async fn flush(&self, limit: Duration) {
        if let Some(keeper) = &self.keeper {
            keeper.flush(limit).await;
        }
    }
}

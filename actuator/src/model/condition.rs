//! Why a part of the service is there, or is not.

use std::sync::{Arc, OnceLock};

/// What was found when a part was to be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Condition {
    /// The part: `endpoint env`, `feature tls`.
    pub(crate) part: String,
    /// What spoke for it.
    pub(crate) matched: Vec<Outcome>,
    /// What spoke against it; if nothing did, it is there.
    pub(crate) not_matched: Vec<Outcome>,
}

/// One question and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// What was asked: `OnExposure`, `OnAccess`, `OnFeature`.
    pub(crate) condition: &'static str,
    /// The answer, with the setting that changes it.
    pub(crate) message: String,
}

impl Outcome {
    /// An answer.
    pub(crate) fn new(condition: &'static str, message: impl Into<String>) -> Self {
        Self { condition, message: message.into() }
    }
}

/// All conditions, once the service is put together.
pub(crate) type Conditions = Arc<OnceLock<Vec<Condition>>>;

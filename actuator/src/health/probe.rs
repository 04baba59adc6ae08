//! A look at one check that does not run it: for meters.

use std::sync::{Arc, Weak};

use super::{health::Status, runner::Check};

/// A handle on a check that does not keep it alive.
#[derive(Clone, Debug)]
pub struct CheckProbe {
    path: Arc<str>,
    check: Weak<Check>,
}

impl CheckProbe {
    pub(super) fn new(check: &Arc<Check>) -> Self {
        Self { path: Arc::clone(check.path()), check: Arc::downgrade(check) }
    }

    /// The path of the check.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is reported now; `None` before the first result, and once the check is gone.
    pub fn status(&self) -> Option<Status> {
        self.check.upgrade()?.with_standing(|standing| (standing.effective(), None))
    }

    /// How often what is reported changed.
    pub fn transitions(&self) -> u64 {
        let check = self.check.upgrade();
        check.map_or(0, |check| check.with_standing(|standing| (standing.transitions(), None)))
    }
}

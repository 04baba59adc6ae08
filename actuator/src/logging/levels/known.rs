//! The names of loggers that are known without being set, and how many may be.

use std::{borrow::Cow, collections::HashSet};

use super::bounds::{MAX_OVERRIDES, is_name};

/// How many targets of `log` records are remembered; those of `tracing` callsites are constants.
const MAX_LOG_TARGETS: usize = 2_000;

/// Names that were seen at callsites, and names that were set or reset through the API.
#[derive(Debug, Default)]
pub(super) struct Known {
    targets: HashSet<Cow<'static, str>>,
    log_targets: usize,
    named: HashSet<String>,
}

impl Known {
    /// Whether this target was seen.
    pub(super) fn has_target(&self, target: &str) -> bool {
        self.targets.contains(target)
    }

    /// Remembers the target of a callsite.
    pub(super) fn learn(&mut self, target: &'static str) {
        self.targets.insert(Cow::Borrowed(target));
    }

    /// Whether this target of a `log` record is new and may be remembered.
    pub(super) fn wants_log_target(&self, target: &str) -> bool {
        self.log_targets < MAX_LOG_TARGETS && !self.has_target(target) && is_name(target)
    }

    /// Remembers the target of a `log` record.
    pub(super) fn learn_log_target(&mut self, target: &str) {
        if self.wants_log_target(target) {
            self.targets.insert(Cow::Owned(target.to_owned()));
            self.log_targets += 1;
        }
    }

    /// Remembers names that were set or reset: as in Spring, naming a logger makes it. Where they
    /// become too many, those that are not `needed` any more are forgotten.
    pub(super) fn name<'n>(
        &mut self,
        names: impl IntoIterator<Item = &'n str>,
        needed: impl Fn(&str) -> bool,
    ) {
        for name in names {
            if self.named.len() >= MAX_OVERRIDES && !self.named.contains(name) {
                self.named.retain(|name| needed(name));
            }
            if self.named.len() < MAX_OVERRIDES || needed(name) {
                self.named.insert(name.to_owned());
            }
        }
    }

    /// All of them, in no order; some may come twice.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.targets.iter().map(AsRef::as_ref).chain(self.named.iter().map(String::as_str))
    }
}

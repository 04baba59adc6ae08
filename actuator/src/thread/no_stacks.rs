//! Stacks, where they are not compiled in or the system is not one of those that can give them.

use std::sync::atomic::AtomicBool;

use super::stack::{Captured, ProfileFailure, ProfileRequest};
use crate::{model::sanitizer::Sanitizer, support::host::OsThread};

/// Why there are none, and what to do.
pub const MISSING: Option<&str> = Some(
    "stacks of threads and profiles need cargo's feature stacks of actuator, on Linux on x86-64 or \
     64-bit ARM",
);

/// Takes no stacks.
#[derive(Debug, Default)]
pub struct Stacks;

#[allow(clippy::unused_self, reason = "called as where there are some")]
impl Stacks {
    /// Sends no signal.
    pub fn new(_signal: i32) -> Self {
        Self
    }

    /// No stacks, and why.
    pub fn take(&self, _threads: &[OsThread]) -> Captured {
        Captured { trouble: MISSING.map(str::to_owned), ..Captured::default() }
    }

    /// There are none.
    pub fn release_files(&self) {}

    /// No profile, and why.
    pub fn profile(
        &self,
        _request: ProfileRequest,
        _title: &str,
        _sanitizer: &Sanitizer,
        _cancelled: &AtomicBool,
    ) -> Result<Vec<u8>, ProfileFailure> {
        Err(ProfileFailure::Unavailable(MISSING.unwrap_or_default().to_owned()))
    }
}

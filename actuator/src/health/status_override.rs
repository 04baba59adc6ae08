//! A status that an operator sets by hand, for a while.

use std::time::SystemTime;

use super::health::Status;

/// Reports a check with another status than its own until it expires.
#[derive(Clone, Debug)]
pub struct StatusOverride {
    /// The status.
    pub status: Status,
    /// Why, for the others.
    pub reason: Option<String>,
    /// Who.
    pub actor: Option<String>,
    /// Until when.
    pub until: SystemTime,
}

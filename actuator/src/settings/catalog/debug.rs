//! The views for trying things out.

use super::{Entry, Kind, catalog};

/// These names.
#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = catalog! {
    "actuator.debug.enabled" Bool "false" "Whether the endpoint debug exists, which sleeps, fails and shows headers, and memory can be asked what requests leave behind; needs the feature debug.";
    "actuator.debug.longest-sleep" Duration "60s" "How long the endpoint debug sleeps at most; up to an hour.";
};

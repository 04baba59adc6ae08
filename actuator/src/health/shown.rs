//! Durations as messages about checks show them.

use std::{fmt, time::Duration};

/// A duration for people: `2 s`, `500 ms`.
pub(super) struct Shown(pub(super) Duration);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, millis) = (self.0.as_secs(), self.0.subsec_millis());
        // Beyond ten seconds nobody asks for the milliseconds of an age.
        if whole >= 10 || (millis == 0 && whole > 0) {
            write!(f, "{whole} s")
        } else {
            write!(f, "{} ms", self.0.as_millis())
        }
    }
}

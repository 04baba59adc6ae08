//! Waiting for a condition by looking at it, with a deadline after which nobody believes in it any more.

use std::thread;
use std::time::{Duration, Instant};

/// How long a condition may take on a loaded machine; a passing test waits only as long as it really takes.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// Waits until `look` finds something, and returns it. Panics with `what` after [`PATIENCE`].
#[track_caller]
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited {PATIENCE:?} in vain until {what}");
        thread::sleep(Duration::from_millis(50));
    }
}

//! How many lines of one place in the code may be written, and how many were left out.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::settings::FromSetting;

/// So many lines in a period: `100/s`, `20/m`, `5/h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RateLimit {
    /// How many lines; more than none.
    pub(crate) lines: u32,
    /// The period.
    pub(crate) period: Duration,
}

impl RateLimit {
    /// The number of the period that a moment is in. It wraps, which only begins a period.
    fn window(self, at: SystemTime) -> u32 {
        let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
        let number = since.as_millis() / self.period.as_millis().max(1);
        u32::try_from(number & u128::from(u32::MAX)).unwrap_or_default()
    }
}

impl FromSetting for RateLimit {
    fn from_setting(text: &str) -> Result<Self, String> {
        let expected = "expected a number of lines per second, minute or hour: 100/s, 20/m, 5/h";
        let (lines, unit) = text.trim().split_once('/').ok_or(expected)?;
        let seconds = match unit.trim() {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => return Err(expected.to_owned()),
        };
        let lines: u32 = lines.trim().parse().map_err(|_| expected)?;
        if lines == 0 {
            return Err(format!("{expected}; levels turn lines off"));
        }
        Ok(Self { lines, period: Duration::from_secs(seconds) })
    }
}

/// What a place has written in the present period.
#[derive(Debug, Default)]
pub(super) struct Rate {
    /// The period in the upper half, lines in it in the lower one.
    present: AtomicU64,
    left_out: AtomicU64,
}

impl Rate {
    /// Whether one more line may be written; one that may not is counted.
    pub(super) fn allows(&self, limit: RateLimit, at: SystemTime) -> bool {
        let window = limit.window(at);
        let step = |present: u64| {
            let (then, written) = split(present);
            match (then == window, written) {
                (true, written) if written >= limit.lines => None,
                (true, written) => Some(join(window, written + 1)),
                (false, _) => Some(join(window, 1)),
            }
        };
        let allowed = self.present.fetch_update(Relaxed, Relaxed, step).is_ok();
        if !allowed {
            self.left_out.fetch_add(1, Relaxed);
        }
        allowed
    }

    /// How many lines were left out since this was last asked.
    pub(super) fn take_left_out(&self) -> u64 {
        if self.left_out.load(Relaxed) == 0 { 0 } else { self.left_out.swap(0, Relaxed) }
    }
}

fn split(present: u64) -> (u32, u32) {
    let lower = u32::try_from(present & u64::from(u32::MAX)).unwrap_or_default();
    (u32::try_from(present >> 32).unwrap_or_default(), lower)
}

fn join(window: u32, written: u32) -> u64 {
    u64::from(window) << 32 | u64::from(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_lines_pass_in_a_period_and_the_others_are_counted() {
        let limit = RateLimit::from_setting(" 3/s ").unwrap();
        let rate = Rate::default();
        let at = |millis: u64| UNIX_EPOCH + Duration::from_millis(1_700_000_000_000 + millis);
        let passed = (0..10).filter(|n| rate.allows(limit, at(n * 10))).count();
        assert_eq!((passed, rate.take_left_out(), rate.take_left_out()), (3, 7, 0));
        assert!(rate.allows(limit, at(1_000)));
    }

    #[test]
    fn a_limit_that_cannot_be_read_is_refused() {
        for bad in ["", "100", "100/d", "0/s", "-1/s", "x/s", "/s", "5000000000/s"] {
            assert!(RateLimit::from_setting(bad).is_err(), "{bad}");
        }
        let hourly = RateLimit::from_setting("5/h").unwrap();
        assert_eq!(hourly, RateLimit { lines: 5, period: Duration::from_secs(3600) });
    }
}

//! How much of a limit is used, as a status.

use crate::health::{Health, Status};

/// The shares of a limit above which a check is no longer UP, in percent. 100 switches a stage
/// off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsageThresholds {
    /// Above it the check is degraded.
    pub degraded_above: u8,
    /// Above it the check is DOWN.
    pub down_above: u8,
}

impl UsageThresholds {
    /// The status for so much of a limit.
    pub(super) fn status(self, used: u64, limit: u64) -> Status {
        let exceeds = |percent: u8| {
            let percent = percent.min(100);
            u128::from(used.min(limit)) * 100 > u128::from(limit) * u128::from(percent)
        };
        if exceeds(self.down_above) {
            Status::DOWN
        } else if exceeds(self.degraded_above) {
            Status::RESTRICTED
        } else {
            Status::UP
        }
    }
}

/// What share of a limit is used, in percent with one digit behind the point.
pub(super) fn percent(used: u64, limit: u64) -> f64 {
    let per_mille = u128::from(used) * 1_000 / u128::from(limit.max(1));
    f64::from(u32::try_from(per_mille).unwrap_or(u32::MAX)) / 10.0
}

/// What a check says when nothing can be read: another system, or no file descriptor is left.
pub(super) fn not_told() -> Health {
    Health::unknown().with_detail("error", "it cannot be read on this system")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_begins_above_its_share_and_100_switches_it_off() {
        let thresholds = UsageThresholds { degraded_above: 80, down_above: 95 };
        for (used, status) in [
            (0, Status::UP),
            (800, Status::UP),
            (801, Status::RESTRICTED),
            (950, Status::RESTRICTED),
            (951, Status::DOWN),
            (5_000, Status::DOWN),
        ] {
            assert_eq!(thresholds.status(used, 1_000), status, "{used}");
        }
        let off = UsageThresholds { degraded_above: 100, down_above: 100 };
        assert_eq!(off.status(5_000, 1_000), Status::UP);
        assert_eq!(thresholds.status(u64::MAX, u64::MAX), Status::DOWN);
    }

    #[test]
    fn a_share_is_shown_with_one_digit() {
        let shown = |used, limit| percent(used, limit).to_string();
        assert_eq!(shown(1, 3), "33.3");
        assert_eq!(shown(0, 3), "0");
        assert_eq!(shown(u64::MAX, u64::MAX), "100");
        assert!(percent(u64::MAX, 0).is_finite());
    }
}

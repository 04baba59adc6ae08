//! When a changed result becomes a changed status: after so many in a row on the other side.

use super::{aggregator::StatusAggregator, health::Status};

/// What is reported, and how much speaks against it.
///
/// A result is bad if the order of severity names it before UP; all else is good. A result that is
/// worse than what is reported counts towards the failure threshold, a better one towards the
/// success threshold; one of the other side, or of the reported severity, resets the count.
#[derive(Clone, Debug)]
pub(super) struct Hysteresis {
    failure_threshold: u32,
    success_threshold: u32,
    reported: Option<Status>,
    /// The side of the latest results that differ from what is reported, and how many they are.
    against: Option<(Side, u32)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Worse,
    Better,
}

impl Hysteresis {
    /// Nothing is reported before the first result, or `initial`. A threshold of 0 counts as 1.
    pub(super) fn new(
        failure_threshold: u32,
        success_threshold: u32,
        initial: Option<Status>,
    ) -> Self {
        Self { failure_threshold, success_threshold, reported: initial, against: None }
    }

    /// What is reported; `None` before the first result.
    pub(super) fn reported(&self) -> Option<&Status> {
        self.reported.as_ref()
    }

    /// Takes a result into account; whether it changed what is reported.
    pub(super) fn observe(&mut self, result: &Status, order: &StatusAggregator) -> bool {
        let Some(reported) = &self.reported else {
            self.reported = Some(result.clone());
            return true;
        };
        if reported == result {
            self.against = None;
            return false;
        }
        let (old, new) = (order.severity(reported), order.severity(result));
        let side = match new.cmp(&old) {
            std::cmp::Ordering::Greater => Side::Worse,
            std::cmp::Ordering::Less => Side::Better,
            // Two words for the same: there is nothing to wait for.
            std::cmp::Ordering::Equal => return self.report(result),
        };
        let count = match self.against {
            Some((before, count)) if before == side => count.saturating_add(1),
            _ => 1,
        };
        self.against = Some((side, count));
        let threshold = match side {
            Side::Worse => self.failure_threshold,
            Side::Better => self.success_threshold,
        };
        count >= threshold && self.report(result)
    }

    fn report(&mut self, result: &Status) -> bool {
        self.reported = Some(result.clone());
        self.against = None;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reported(thresholds: (u32, u32), results: &[Status]) -> Vec<String> {
        let order = StatusAggregator::default();
        let mut hysteresis = Hysteresis::new(thresholds.0, thresholds.1, None);
        results
            .iter()
            .map(|result| {
                hysteresis.observe(result, &order);
                hysteresis.reported().unwrap().code().to_owned()
            })
            .collect()
    }

    #[test]
    fn a_status_changes_only_after_enough_results_in_a_row() {
        let (up, down) = (Status::UP, Status::DOWN);
        let results = [&up, &down, &down, &up, &down, &down, &down, &up, &down, &up, &up];
        let results: Vec<Status> = results.into_iter().cloned().collect();
        let expected = ["UP", "UP", "UP", "UP", "UP", "UP", "DOWN", "DOWN", "DOWN", "DOWN", "UP"];
        assert_eq!(reported((3, 2), &results), expected);
    }

    #[test]
    fn the_way_back_from_down_to_restricted_is_a_recovery() {
        let results = [Status::DOWN, Status::RESTRICTED, Status::RESTRICTED, Status::DOWN];
        assert_eq!(reported((2, 2), &results), ["DOWN", "DOWN", "RESTRICTED", "RESTRICTED"]);
    }

    #[test]
    fn without_thresholds_every_result_is_reported() {
        let results = [Status::UP, Status::DOWN, Status::UNKNOWN, Status::RESTRICTED, Status::UP];
        let codes: Vec<_> = results.iter().map(|status| status.code().to_owned()).collect();
        assert_eq!(reported((1, 1), &results), codes);
    }

    #[test]
    fn the_first_result_counts_at_once_unless_there_is_an_initial_status() {
        let order = StatusAggregator::default();
        let mut hysteresis = Hysteresis::new(2, 2, Some(Status::DOWN));
        assert!(!hysteresis.observe(&Status::UP, &order));
        assert_eq!(hysteresis.reported(), Some(&Status::DOWN));
        assert!(hysteresis.observe(&Status::UP, &order));
    }
}

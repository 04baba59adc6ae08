//! One status out of many, by an order of severity.

use super::health::Status;

/// As Spring's `SimpleStatusAggregator`: the status that stands first in the order wins.
#[derive(Clone, Debug)]
pub struct StatusAggregator {
    /// The most severe status first.
    order: Vec<Status>,
    /// Where UP stands in it; its end if it is not there.
    up: usize,
}

impl Default for StatusAggregator {
    /// DOWN, `OUT_OF_SERVICE`, RESTRICTED, UP, UNKNOWN: Spring's with one in the middle.
    fn default() -> Self {
        let order =
            [Status::DOWN, Status::OUT_OF_SERVICE, Status::RESTRICTED, Status::UP, Status::UNKNOWN];
        Self::new(order.into())
    }
}

impl StatusAggregator {
    /// An order of one's own, most severe first; codes are compared loosely.
    pub fn of(order: impl IntoIterator<Item = String>) -> Self {
        Self::new(order.into_iter().map(Status::custom).collect())
    }

    fn new(order: Vec<Status>) -> Self {
        let up = order.iter().position(|known| *known == Status::UP).unwrap_or(order.len());
        Self { order, up }
    }

    /// The first of the most severe statuses, with its description. Statuses that the order does
    /// not name are ignored; UNKNOWN if none is left.
    pub fn aggregate<'s>(&self, statuses: impl IntoIterator<Item = &'s Status>) -> Status {
        statuses
            .into_iter()
            .filter_map(|status| {
                let severity = self.order.iter().position(|known| known == status)?;
                Some((severity, status))
            })
            .min_by_key(|(severity, _)| *severity)
            .map_or(Status::UNKNOWN, |(_, status)| status.clone())
    }

    /// Whether it is a status of the order, or a built-in one.
    pub(super) fn knows(&self, status: &Status) -> bool {
        Status::BUILT_IN.contains(status) || self.order.contains(status)
    }

    /// How bad a status is: how many steps it stands before UP; 0 for UP, for all that comes after
    /// it, and for what the order does not name.
    pub(super) fn severity(&self, status: &Status) -> usize {
        let position = self.order.iter().position(|known| known == status);
        position.map_or(0, |position| self.up.saturating_sub(position))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(aggregator: &StatusAggregator, codes: &[&'static str]) -> String {
        let statuses: Vec<Status> = codes.iter().map(|code| Status::custom(*code)).collect();
        aggregator.aggregate(&statuses).code().to_owned()
    }

    #[test]
    fn the_most_severe_status_wins_and_unknown_ones_are_ignored() {
        let default = StatusAggregator::default();
        assert_eq!(code(&default, &["UP", "UNKNOWN"]), "UP");
        assert_eq!(code(&default, &["UP", "DOWN", "OUT_OF_SERVICE"]), "DOWN");
        assert_eq!(code(&default, &["FATAL", "UP"]), "UP");
        assert_eq!(code(&default, &["FATAL"]), "UNKNOWN");
        assert_eq!(code(&default, &[]), "UNKNOWN");
    }

    #[test]
    fn codes_are_compared_loosely_and_shown_as_given() {
        let default = StatusAggregator::default();
        assert_eq!(code(&default, &["UP", "out-of-service"]), "out-of-service");
        let own = StatusAggregator::of(["fatal".to_owned(), "up".to_owned()]);
        assert_eq!(code(&own, &["UP", "FATAL", "DOWN"]), "FATAL");
    }

    #[test]
    fn the_description_of_the_deciding_status_is_kept() {
        let down = Status::DOWN.with_description("disk is full");
        let status = StatusAggregator::default().aggregate([&Status::UP, &down]);
        assert_eq!(status.description(), Some("disk is full"));
    }
}

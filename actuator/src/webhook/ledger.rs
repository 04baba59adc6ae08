//! What the receiver was told of each check, and what it is to be told next. Knows no clock and
//! no network.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::time::Instant;

use crate::health::{HealthTransition, Status};

/// How many checks are kept account of; a thousand times more than anybody has.
pub const MOST_CHECKS: usize = 10_000;
/// The pauses between two attempts to tell the same: 1 s, 2 s, 4 s … up to a minute.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// The account of all checks.
#[derive(Debug)]
pub struct Ledger {
    minimum_gap: Duration,
    recovery: bool,
    entries: BTreeMap<Arc<str>, Entry>,
}

#[derive(Debug)]
struct Entry {
    /// The failure that the receiver knows of, if it was not taken back since.
    told: Option<Status>,
    latest: Arc<HealthTransition>,
    /// When a failure may be told again.
    gap_ends: Option<Instant>,
    /// How often the receiver did not take it, in a row.
    attempts: u32,
    /// When to try again after that.
    retry_at: Option<Instant>,
}

/// What to do next.
#[derive(Clone, Debug)]
pub enum Next {
    /// Tell this.
    Tell(Arc<HealthTransition>),
    /// Nothing before then.
    Wait(Instant),
    /// Nothing until something changes.
    Idle,
}

impl Ledger {
    /// An account of nothing. A failure of a check is told at most once per `minimum_gap`; the
    /// end of one that was told always, if `recovery` is wanted.
    pub fn new(minimum_gap: Duration, recovery: bool) -> Self {
        Self { minimum_gap, recovery, entries: BTreeMap::new() }
    }

    /// Takes note of a change; `false` if there is no room for one more check.
    pub fn record(&mut self, transition: Arc<HealthTransition>) -> bool {
        let failing = is_failure(&transition.to);
        let Some(entry) = self.entries.get_mut(&transition.path) else {
            if !failing {
                return true;
            }
            let room = self.entries.len() < MOST_CHECKS;
            if room {
                let path = Arc::clone(&transition.path);
                self.entries.insert(path, Entry::new(transition));
            }
            return room;
        };
        if entry.latest.sequence > transition.sequence {
            return true;
        }
        if !failing && !self.recovery {
            entry.told = None;
        }
        entry.latest = transition;
        true
    }

    /// What to do at this moment. What was tried least comes first, then what changed first.
    pub fn next(&mut self, now: Instant) -> Next {
        self.entries.retain(|_, entry| !entry.is_settled(now));
        let pending = self.entries.values().filter(|entry| entry.is_pending());
        let due = pending.map(|entry| (entry.due(now), entry));
        let first = due.min_by_key(|(at, entry)| (*at, entry.attempts, entry.latest.sequence));
        match first {
            Some((at, entry)) if at <= now => Next::Tell(Arc::clone(&entry.latest)),
            Some((at, _)) => Next::Wait(at),
            None => Next::Idle,
        }
    }

    /// The receiver took this.
    pub fn told(&mut self, transition: &HealthTransition, now: Instant) {
        let Some(entry) = self.entries.get_mut(&transition.path) else { return };
        entry.attempts = 0;
        entry.retry_at = None;
        if is_failure(&transition.to) {
            entry.told = Some(transition.to.clone());
            entry.gap_ends = Some(now + self.minimum_gap);
        } else {
            entry.told = None;
        }
        if !is_failure(&entry.latest.to) && !self.recovery {
            entry.told = None;
        }
    }

    /// The receiver did not take this.
    pub fn failed(&mut self, transition: &HealthTransition, now: Instant) {
        let Some(entry) = self.entries.get_mut(&transition.path) else { return };
        let pause = FIRST_PAUSE * 2_u32.saturating_pow(entry.attempts.min(10));
        entry.attempts = entry.attempts.saturating_add(1);
        entry.retry_at = Some(now + pause.min(LONGEST_PAUSE));
    }
}

impl Entry {
    fn new(latest: Arc<HealthTransition>) -> Self {
        Self { told: None, latest, gap_ends: None, attempts: 0, retry_at: None }
    }

    /// Whether the receiver knows something else than what is.
    fn is_pending(&self) -> bool {
        if is_failure(&self.latest.to) {
            self.told.as_ref() != Some(&self.latest.to)
        } else {
            self.told.is_some()
        }
    }

    /// When it may be told.
    fn due(&self, now: Instant) -> Instant {
        let gap = self.gap_ends.filter(|_| is_failure(&self.latest.to));
        // What is due has been due since now, so that its other qualities decide on the order.
        gap.max(self.retry_at).map_or(now, |at| at.max(now))
    }

    /// Whether there is nothing left to remember.
    fn is_settled(&self, now: Instant) -> bool {
        !is_failure(&self.latest.to)
            && self.told.is_none()
            && self.gap_ends.is_none_or(|end| end <= now)
    }
}

/// Whether a status is worth a message: all but UP and UNKNOWN.
pub fn is_failure(status: &Status) -> bool {
    *status != Status::UP && *status != Status::UNKNOWN
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    const GAP: Duration = Duration::from_mins(1);
    const SECOND: Duration = Duration::from_secs(1);

    fn change(path: &str, to: Status) -> Arc<HealthTransition> {
        numbered(1, path, to)
    }

    fn numbered(sequence: u64, path: &str, to: Status) -> Arc<HealthTransition> {
        Arc::new(HealthTransition {
            sequence,
            path: path.into(),
            from: Status::UNKNOWN,
            to,
            at: SystemTime::UNIX_EPOCH,
            cause: None,
            outage: None,
        })
    }

    /// Tells what is due, as `db DOWN`.
    fn tell(ledger: &mut Ledger, now: Instant) -> Option<String> {
        let Next::Tell(transition) = ledger.next(now) else { return None };
        ledger.told(&transition, now);
        Some(format!("{} {}", transition.path, transition.to.code()))
    }

    #[test]
    fn a_check_that_was_never_worse_than_up_is_no_news() {
        let mut ledger = Ledger::new(GAP, true);
        ledger.record(change("db", Status::UP));
        ledger.record(change("db", Status::UNKNOWN));
        assert!(matches!(ledger.next(Instant::now()), Next::Idle));
        assert!(ledger.entries.is_empty());
    }

    #[test]
    fn an_older_change_that_comes_later_is_no_news() {
        let (mut ledger, start) = (Ledger::new(GAP, true), Instant::now());
        ledger.record(numbered(1, "db", Status::DOWN));
        tell(&mut ledger, start);
        ledger.record(numbered(3, "db", Status::UP));
        ledger.record(numbered(2, "db", Status::DOWN));
        assert_eq!(tell(&mut ledger, start + GAP).unwrap(), "db UP");
    }

    #[test]
    fn a_failure_within_the_gap_is_told_once_the_gap_is_over_if_it_lasts() {
        let (mut ledger, start) = (Ledger::new(GAP, true), Instant::now());
        ledger.record(change("db", Status::DOWN));
        assert_eq!(tell(&mut ledger, start).unwrap(), "db DOWN");
        ledger.record(change("db", Status::UP));
        assert_eq!(tell(&mut ledger, start + SECOND).unwrap(), "db UP");
        ledger.record(change("db", Status::DOWN));
        assert!(matches!(ledger.next(start + SECOND), Next::Wait(at) if at == start + GAP));
        // Another check has a gap of its own.
        ledger.record(change("cache", Status::DOWN));
        assert_eq!(tell(&mut ledger, start + SECOND).unwrap(), "cache DOWN");
        assert_eq!(tell(&mut ledger, start + GAP).unwrap(), "db DOWN");
        assert_eq!(tell(&mut ledger, start + 3 * GAP), None);
    }

    #[test]
    fn a_failure_that_ended_within_the_gap_is_no_news_nor_is_its_end() {
        let (mut ledger, start) = (Ledger::new(GAP, true), Instant::now());
        for to in [Status::DOWN, Status::UP, Status::DOWN, Status::UP] {
            ledger.record(change("db", to.clone()));
            tell(&mut ledger, start);
        }
        assert!(matches!(ledger.next(start + GAP), Next::Idle));
        assert!(ledger.entries.is_empty(), "{ledger:?}");
    }

    #[test]
    fn a_worse_or_better_failure_is_news_after_the_gap_and_recovery_at_once() {
        let (mut ledger, start) = (Ledger::new(GAP, true), Instant::now());
        ledger.record(change("db", Status::DOWN));
        tell(&mut ledger, start);
        ledger.record(change("db", Status::OUT_OF_SERVICE));
        assert_eq!(tell(&mut ledger, start), None);
        assert_eq!(tell(&mut ledger, start + GAP).unwrap(), "db OUT_OF_SERVICE");
        ledger.record(change("db", Status::UP));
        assert_eq!(tell(&mut ledger, start + GAP).unwrap(), "db UP");
    }

    #[test]
    fn without_recovery_an_end_is_not_told_but_the_next_failure_is() {
        let (mut ledger, start) = (Ledger::new(GAP, false), Instant::now());
        ledger.record(change("db", Status::DOWN));
        tell(&mut ledger, start);
        ledger.record(change("db", Status::UP));
        assert_eq!(tell(&mut ledger, start), None);
        ledger.record(change("db", Status::DOWN));
        assert_eq!(tell(&mut ledger, start + GAP).unwrap(), "db DOWN");
    }

    #[test]
    fn what_changes_while_it_is_being_told_is_told_too() {
        let (mut ledger, start) = (Ledger::new(GAP, true), Instant::now());
        let down = change("db", Status::DOWN);
        ledger.record(Arc::clone(&down));
        assert!(matches!(ledger.next(start), Next::Tell(_)));
        ledger.record(change("db", Status::UP));
        ledger.told(&down, start);
        assert_eq!(tell(&mut ledger, start).unwrap(), "db UP");

        ledger.record(Arc::clone(&down));
        assert!(matches!(ledger.next(start + GAP), Next::Tell(_)));
        ledger.record(change("db", Status::OUT_OF_SERVICE));
        ledger.told(&down, start + GAP);
        assert_eq!(tell(&mut ledger, start + 2 * GAP).unwrap(), "db OUT_OF_SERVICE");
    }

    #[test]
    fn what_the_receiver_does_not_take_is_tried_again_ever_more_rarely_and_holds_nobody_up() {
        let (mut ledger, start) = (Ledger::new(GAP, true), Instant::now());
        let down = change("db", Status::DOWN);
        ledger.record(Arc::clone(&down));
        let mut now = start;
        let mut pauses = Vec::new();
        for _ in 0..8 {
            assert!(matches!(ledger.next(now), Next::Tell(_)));
            ledger.failed(&down, now);
            let Next::Wait(at) = ledger.next(now) else { panic!("{ledger:?}") };
            pauses.push((at - now).as_secs());
            now = at;
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
        ledger.record(change("cache", Status::DOWN));
        assert_eq!(tell(&mut ledger, now).unwrap(), "cache DOWN");
        assert_eq!(tell(&mut ledger, now).unwrap(), "db DOWN");
        // One that is over before the receiver knew of it is no news any more.
        ledger.record(change("disk", Status::DOWN));
        ledger.record(change("disk", Status::UP));
        assert_eq!(tell(&mut ledger, now), None);
    }

    #[test]
    fn names_without_end_do_not_fill_the_memory() {
        let mut ledger = Ledger::new(GAP, true);
        for number in 0..MOST_CHECKS {
            assert!(ledger.record(change(&number.to_string(), Status::DOWN)));
        }
        assert!(!ledger.record(change("one more", Status::DOWN)));
        assert!(ledger.record(change("0", Status::UP)));
        assert_eq!(ledger.entries.len(), MOST_CHECKS);
    }
}

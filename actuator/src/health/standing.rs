//! What is remembered of a check between its runs: the last result, what is reported, since when,
//! and the changes of late.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, SystemTime},
};

use tokio::time::Instant;

use super::{
    aggregator::StatusAggregator,
    health::{Health, Status},
    hysteresis::Hysteresis,
    options::CheckOptions,
    report::CheckReport,
    status_override::StatusOverride,
    transition::HealthTransition,
};
use crate::support::time::printable;

/// The two clocks, read together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// For what is shown.
    pub(super) wall: SystemTime,
    /// For what is measured.
    pub(super) instant: Instant,
}

impl Moment {
    /// Now.
    pub(super) fn now() -> Self {
        Self { wall: SystemTime::now(), instant: Instant::now() }
    }
}

/// The memory of one check.
#[derive(Debug)]
pub(super) struct Standing {
    options: Arc<CheckOptions>,
    hysteresis: Hysteresis,
    last: Option<LastResult>,
    side: Option<(bool, u32)>,
    registered: Instant,
    since: SystemTime,
    last_success: Option<SystemTime>,
    last_failure: Option<SystemTime>,
    /// Since when the effective status is worse than UP, and why it became so.
    outage: Option<(Instant, Option<String>)>,
    forced: Option<Forced>,
    /// Everything that is known, made anew with each result: there are more who ask than results.
    report: Arc<CheckReport>,
    /// What there is to say before the first result.
    unchecked: Arc<Health>,
    /// The status that the others know of; `None` before there is one.
    told: Option<Status>,
    history: VecDeque<Arc<HealthTransition>>,
    transitions: u64,
    /// The number of the latest run that has ended.
    ended: u64,
    is_removed: bool,
}

#[derive(Debug)]
struct LastResult {
    raw_status: Status,
    /// The result as it counts.
    health: Arc<Health>,
    at: Moment,
    took: Duration,
    kept_until: Option<Instant>,
}

#[derive(Debug)]
struct Forced {
    by: Arc<StatusOverride>,
    until: Instant,
}

impl Standing {
    /// A check that has not run yet.
    pub(super) fn new(options: Arc<CheckOptions>, now: Moment) -> Self {
        let initial = options.initial_status.clone();
        let (failures, successes) = (options.failure_threshold, options.success_threshold);
        let unchecked = Health::new(initial.clone().unwrap_or(Status::UNKNOWN));
        let unchecked = Arc::new(unchecked.with_detail("note", "not checked yet"));
        let report = CheckReport {
            health: Arc::clone(&unchecked),
            raw_status: Status::UNKNOWN,
            options: Arc::clone(&options),
            at: now.wall,
            duration: Duration::ZERO,
            expires: None,
            since: now.wall,
            last_success: None,
            last_failure: None,
            consecutive: 0,
            overridden: None,
        };
        Self {
            options,
            told: initial.clone(),
            hysteresis: Hysteresis::new(failures, successes, initial),
            last: None,
            side: None,
            registered: now.instant,
            since: now.wall,
            last_success: None,
            last_failure: None,
            outage: None,
            forced: None,
            report: Arc::new(report),
            unchecked,
            history: VecDeque::new(),
            transitions: 0,
            ended: 0,
            is_removed: false,
        }
    }

    /// Takes a result in; the change that it makes, not yet numbered.
    pub(super) fn record(
        &mut self,
        raw: Health,
        at: Moment,
        took: Duration,
        order: &StatusAggregator,
    ) -> Option<Change> {
        let raw_status = raw.status().clone();
        let counted = match &self.options.failure_status {
            Some(instead) if raw_status == Status::DOWN => raw.with_status(instead.clone()),
            _ => raw,
        };
        let good = order.severity(counted.status()) == 0;
        self.side = match self.side {
            Some((side, count)) if side == good => Some((good, count.saturating_add(1))),
            _ => Some((good, 1)),
        };
        *(if good { &mut self.last_success } else { &mut self.last_failure }) = Some(at.wall);
        let ttl = if good { self.options.success_ttl } else { self.options.failure_ttl };
        let kept_until = (!ttl.is_zero()).then(|| at.instant.checked_add(ttl)).flatten();
        self.hysteresis.observe(counted.status(), order);
        let reported = self.hysteresis.reported();
        let health = match reported {
            Some(reported) if reported != counted.status() => counted.with_status(reported.clone()),
            _ => counted,
        };
        let health = Arc::new(health);
        self.last = Some(LastResult { raw_status, health, at, took, kept_until });
        let change = self.changed(at, order);
        self.renew_report();
        change
    }

    /// Reports `status` instead of the check's own until `until`.
    pub(super) fn force(
        &mut self,
        by: Arc<StatusOverride>,
        until: Instant,
        now: Moment,
        order: &StatusAggregator,
    ) -> Option<Change> {
        self.forced = Some(Forced { by, until });
        let change = self.changed(now, order);
        self.renew_report();
        change
    }

    /// Ends an override: any, or only one that has expired. `None` if there is none to end.
    pub(super) fn release(
        &mut self,
        only_expired: bool,
        now: Moment,
        order: &StatusAggregator,
    ) -> Option<(Arc<StatusOverride>, Option<Change>)> {
        let forced = self.forced.as_ref()?;
        if only_expired && now.instant < forced.until {
            return None;
        }
        let by = Arc::clone(&forced.by);
        self.forced = None;
        let change = self.changed(now, order);
        self.renew_report();
        Some((by, change))
    }

    /// Writes down that a run has given its result.
    pub(super) fn end(&mut self, run: u64) {
        self.ended = run;
    }

    /// Whether a run, or a later one, has given its result.
    pub(super) fn has_ended(&self, run: u64) -> bool {
        self.ended >= run
    }

    /// The check is gone: whatever still comes is no change to anybody.
    pub(super) fn remove(&mut self) {
        self.is_removed = true;
    }

    /// Whether the check is gone.
    pub(super) fn is_removed(&self) -> bool {
        self.is_removed
    }

    /// Remembers a change, once it has its number.
    pub(super) fn remember(&mut self, transition: Arc<HealthTransition>, capacity: usize) {
        self.transitions += 1;
        if capacity == 0 {
            return;
        }
        while self.history.len() >= capacity {
            self.history.pop_front();
        }
        self.history.push_back(transition);
    }

    /// The changes of late, the oldest first.
    pub(super) fn history(&self) -> Vec<Arc<HealthTransition>> {
        self.history.iter().cloned().collect()
    }

    /// How often the status changed.
    pub(super) fn transitions(&self) -> u64 {
        self.transitions
    }

    /// Whether the last result may still be given out.
    pub(super) fn is_kept(&self, now: Instant) -> bool {
        self.last.as_ref().and_then(|last| last.kept_until).is_some_and(|until| now < until)
    }

    /// When the override ends, or ended if nobody has taken it back; `None` if there is none.
    pub(super) fn forced_until(&self) -> Option<Instant> {
        self.forced.as_ref().map(|forced| forced.until)
    }

    /// When the last result came, or the check itself if there is none yet.
    pub(super) fn last_heard(&self) -> Instant {
        self.last.as_ref().map_or(self.registered, |last| last.at.instant)
    }

    /// What is reported now, an override included; UNKNOWN before the first result.
    pub(super) fn effective(&self) -> Option<Status> {
        let forced = self.forced.as_ref().map(|forced| &forced.by.status);
        forced.or_else(|| self.hysteresis.reported()).cloned()
    }

    /// Everything that is known now.
    pub(super) fn report(&self) -> Arc<CheckReport> {
        Arc::clone(&self.report)
    }

    fn renew_report(&mut self) {
        let last = self.last.as_ref();
        let own = last.map_or(&self.unchecked, |last| &last.health);
        let overridden = self.forced.as_ref().map(|forced| Arc::clone(&forced.by));
        let health = match &overridden {
            Some(by) => Arc::new(shown(by, own)),
            None => Arc::clone(own),
        };
        let expires = last.and_then(|last| {
            let kept = last.kept_until?.saturating_duration_since(last.at.instant);
            last.at.wall.checked_add(kept)
        });
        self.report = Arc::new(CheckReport {
            health,
            raw_status: last.map_or(Status::UNKNOWN, |last| last.raw_status.clone()),
            options: Arc::clone(&self.options),
            at: last.map_or(self.since, |last| last.at.wall),
            duration: last.map_or(Duration::ZERO, |last| last.took),
            expires,
            since: self.since,
            last_success: self.last_success,
            last_failure: self.last_failure,
            consecutive: self.side.map_or(0, |(_, count)| count),
            overridden,
        });
    }

    /// The change from what the others know to what is effective now. A first result that is good
    /// changes nothing: there was no reason to think otherwise. The end of an override before the
    /// first result is a change to UNKNOWN.
    fn changed(&mut self, now: Moment, order: &StatusAggregator) -> Option<Change> {
        if self.is_removed {
            return None;
        }
        let to = self.effective().or_else(|| self.told.as_ref().map(|_| Status::UNKNOWN))?;
        let before = self.told.replace(to.clone());
        if before.as_ref() == Some(&to) {
            return None;
        }
        self.since = now.wall;
        let bad = order.severity(&to) > 0;
        let cause = match &self.forced {
            Some(forced) => Some(forced_cause(&forced.by)),
            None => self.last.as_ref().and_then(|last| cause(&last.health)),
        };
        if bad && self.outage.is_none() {
            self.outage = Some((now.instant, cause.clone()));
        }
        let ended = if bad { None } else { self.outage.take() };
        if before.is_none() && !bad {
            return None;
        }
        let from = before.unwrap_or(Status::UNKNOWN);
        let change = Change { from, to, at: now.wall, cause, outage: None };
        Some(match ended {
            Some((since, reason)) => {
                let outage = Some(now.instant.saturating_duration_since(since));
                Change { cause: reason, outage, ..change }
            }
            None => change,
        })
    }
}

/// A change of the effective status, before it has its number.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) from: Status,
    pub(super) to: Status,
    pub(super) at: SystemTime,
    pub(super) cause: Option<String>,
    pub(super) outage: Option<Duration>,
}

/// Why a status is what it is, in the check's own words.
fn cause(health: &Health) -> Option<String> {
    let text = |wanted| {
        let (_, value) = health.details().find(|(key, _)| *key == wanted)?;
        serde_json::from_str::<String>(value.get()).ok()
    };
    let description = || health.status().description().map(str::to_owned);
    // `reason` is the word of the states of availability, `output` that of `(bool, T)`.
    text("error").or_else(description).or_else(|| text("reason")).or_else(|| text("output"))
}

fn forced_cause(by: &StatusOverride) -> String {
    let actor = by.actor.as_deref().unwrap_or("somebody");
    match &by.reason {
        Some(reason) => format!("set by {actor}: {reason}"),
        None => format!("set by {actor}"),
    }
}

/// The status that was set by hand, with what the check itself says.
fn shown(by: &StatusOverride, own: &Health) -> Health {
    let until = humantime::format_rfc3339_seconds(printable(by.until)).to_string();
    let health = own.with_status(by.status.clone());
    let health = health.with_detail("overriddenUntil", until);
    let health = match &by.reason {
        Some(reason) => health.with_detail("overrideReason", reason),
        None => health,
    };
    let health = match &by.actor {
        Some(actor) => health.with_detail("overriddenBy", actor),
        None => health,
    };
    health.with_detail("ownStatus", own.status().code())
}

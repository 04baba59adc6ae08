//! A schedule that was found to make sense.

use std::time::{Duration, SystemTime};

use super::{
    CronExpression, Overlap, Schedule,
    schedule::{CustomTrigger, Trigger},
};

/// The shortest interval: that of the runtime's timers.
const SHORTEST: Duration = Duration::from_millis(1);

/// When a task runs, and how.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(super) kind: PlanKind,
    pub(super) initial_delay: Duration,
    pub(super) jitter: Duration,
    pub(super) timeout: Option<Duration>,
    pub(super) overlap: Overlap,
}

/// What makes it come due.
#[derive(Clone, Debug)]
pub(super) enum PlanKind {
    Cron(Box<CronExpression>),
    FixedRate(Duration),
    FixedDelay(Duration),
    Once,
    Custom(CustomTrigger),
}

impl Plan {
    /// Looks through a schedule; the error says what is wrong, and what to do.
    pub fn of(schedule: &Schedule, now: SystemTime) -> Result<Self, String> {
        if schedule.timeout.is_some_and(|timeout| timeout.is_zero()) {
            return Err("a timeout of 0 lets no run end; leave it out for none".to_owned());
        }
        let kind = match &schedule.trigger {
            Trigger::Cron { expression, zone } => {
                if schedule.initial_delay.is_some() {
                    return Err("a cron expression says itself when the first run is; remove the \
                                initial delay"
                        .to_owned());
                }
                let cron = CronExpression::parse(expression, zone.as_deref())?;
                if cron.next_after(now).is_none() {
                    return Err(format!("cron \"{expression}\" never comes due"));
                }
                PlanKind::Cron(Box::new(cron))
            }
            Trigger::FixedRate(interval) => {
                PlanKind::FixedRate(at_least_shortest("fixed rate", *interval)?)
            }
            Trigger::FixedDelay(delay) => {
                PlanKind::FixedDelay(at_least_shortest("fixed delay", *delay)?)
            }
            Trigger::Once => PlanKind::Once,
            Trigger::Custom(_) if schedule.initial_delay.is_some() => {
                return Err(
                    "a trigger of one's own says itself when the first run is; remove the \
                            initial delay"
                        .to_owned(),
                );
            }
            Trigger::Custom(custom) => PlanKind::Custom(custom.clone()),
        };
        if let PlanKind::FixedRate(interval) = &kind
            && schedule.jitter >= *interval
        {
            return Err("a jitter must be shorter than the fixed rate".to_owned());
        }
        Ok(Self {
            kind,
            initial_delay: schedule.initial_delay.unwrap_or_default(),
            jitter: schedule.jitter,
            timeout: schedule.timeout,
            overlap: schedule.overlap,
        })
    }

    /// The policy in force: a task that waits for its own end overlaps only with a run that
    /// somebody asked for, and is not lost then.
    pub(super) fn effective_overlap(&self) -> Overlap {
        match self.kind {
            PlanKind::Cron(_) | PlanKind::FixedRate(_) => self.overlap,
            PlanKind::FixedDelay(_) | PlanKind::Once | PlanKind::Custom(_) => Overlap::Queue,
        }
    }
}

fn at_least_shortest(what: &str, interval: Duration) -> Result<Duration, String> {
    if interval < SHORTEST {
        return Err(format!("a {what} is at least 1 ms"));
    }
    Ok(interval)
}

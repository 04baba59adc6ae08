//! What was not sent, and why.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::SystemTime,
};

use serde_json::{Value, json};

use super::{event::time, limits::Category, reporter::lock};
use crate::meter::{Counter, MeterRegistry};

/// Why something was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    /// Too many were waiting.
    QueueOverflow,
    /// The server wants no more for a while.
    RateLimit,
    /// There was no answer.
    Network,
    /// The answer was a refusal.
    Refused,
    /// Only a share is wanted.
    SampleRate,
}

impl Reason {
    /// As Sentry names it.
    fn name(self) -> &'static str {
        match self {
            Self::QueueOverflow => "queue_overflow",
            Self::RateLimit => "ratelimit_backoff",
            Self::Network => "network_error",
            Self::Refused => "send_error",
            Self::SampleRate => "sample_rate",
        }
    }
}

/// How many, by reason and category.
pub(super) type Counts = BTreeMap<(Reason, Category), u64>;

/// Counts what was not sent: for the meter, for the log, and until Sentry was told.
#[derive(Debug)]
pub(super) struct Losses {
    untold: Mutex<Counts>,
    total: AtomicU64,
    overflowed: AtomicU64,
    meter: Arc<Counter>,
}

impl Losses {
    /// Nothing was lost yet.
    pub(super) fn new(meters: &MeterRegistry) -> Self {
        Self {
            untold: Mutex::default(),
            total: AtomicU64::new(0),
            overflowed: AtomicU64::new(0),
            meter: counter(meters, "LOST"),
        }
    }

    /// One more.
    pub(super) fn add(&self, reason: Reason, category: Category) {
        if reason == Reason::QueueOverflow {
            self.overflowed.fetch_add(1, Relaxed);
        }
        // What is not wanted is no loss.
        if reason != Reason::SampleRate {
            self.total.fetch_add(1, Relaxed);
            self.meter.increment();
        }
        self.add_untold(Counts::from([((reason, category), 1)]));
    }

    /// How many were lost altogether.
    pub(super) fn total(&self) -> u64 {
        self.total.load(Relaxed)
    }

    /// How many of them because too many were waiting.
    pub(super) fn overflowed(&self) -> u64 {
        self.overflowed.load(Relaxed)
    }

    /// What Sentry was not told yet; it counts as told.
    pub(super) fn take_untold(&self) -> Counts {
        std::mem::take(&mut lock(&self.untold))
    }

    /// Sentry was not told after all.
    pub(super) fn add_untold(&self, counts: Counts) {
        let mut untold = lock(&self.untold);
        for (key, count) in counts {
            let known = untold.entry(key).or_default();
            *known = known.saturating_add(count);
        }
    }
}

/// The counter of events with this outcome.
pub(super) fn counter(meters: &MeterRegistry, outcome: &str) -> Arc<Counter> {
    meters
        .meter("actuator.sentry.events")
        .description("Events for Sentry, by whether it took them")
        .tag("outcome", outcome)
        .counter()
}

/// Sentry's item `client_report`; `None` if there is nothing to tell.
pub(super) fn client_report(counts: &Counts) -> Option<Value> {
    let discarded = counts.iter().map(|((reason, category), count)| {
        json!({ "reason": reason.name(), "category": category.name(), "quantity": count })
    });
    let discarded: Vec<Value> = discarded.collect();
    let report = json!({ "timestamp": time(SystemTime::now()), "discarded_events": discarded });
    (!counts.is_empty()).then_some(report)
}

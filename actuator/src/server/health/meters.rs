//! The meters of health checks: what is reported, how long a run takes, what comes of
//! it, how often it changes.

use std::sync::Arc;

use crate::{
    health::{CheckObserver, CheckProbe, RunObserver, Status},
    meter::MeterRegistry,
    webhook::MessageCounts,
};

/// What became of the messages of the webhook.
pub(super) fn bind_webhook(registry: &MeterRegistry, messages: &MessageCounts) {
    for (outcome, arrived) in [("success", true), ("failure", false)] {
        let messages = messages.clone();
        registry
            .meter("health.webhook.messages")
            .description("Messages that were sent to the health webhook")
            .base_unit("messages")
            .tag("outcome", outcome)
            .counter_with(move || f64::from(messages.count(arrived)));
    }
}

const STATUS: &str = "health";
const DURATION: &str = "health.check.duration";
const RESULTS: &str = "health.check.results";
const TRANSITIONS: &str = "health.check.transitions";
const STATUSES: [Status; 5] =
    [Status::UP, Status::RESTRICTED, Status::OUT_OF_SERVICE, Status::DOWN, Status::UNKNOWN];

/// Gives each check its meters when it begins to exist, and takes them away with it.
#[derive(Debug)]
pub(super) struct HealthMeters {
    registry: Arc<MeterRegistry>,
}

impl HealthMeters {
    /// Meters in `registry`.
    pub(super) fn new(registry: Arc<MeterRegistry>) -> Self {
        Self { registry }
    }
}

impl CheckObserver for HealthMeters {
    fn registered(&self, check: CheckProbe) -> RunObserver {
        let path = check.path().to_owned();
        for status in STATUSES {
            let (probe, status) = (check.clone(), status);
            self.registry
                .meter(STATUS)
                .description("1 for the status that the check has, 0 for the others")
                .tag("check", &path)
                .tag("status", status.code())
                .gauge_with(move || {
                    let has_it = probe.status().is_some_and(|current| current == status);
                    if has_it { 1.0 } else { 0.0 }
                });
        }
        self.registry
            .meter(TRANSITIONS)
            .description("How often the reported status changed")
            .tag("check", &path)
            .counter_with(move || {
                u32::try_from(check.transitions()).map_or(f64::from(u32::MAX), f64::from)
            });
        let timer = self
            .registry
            .meter(DURATION)
            .description("How long a run of the check takes")
            .tag("check", &path)
            .timer();
        let [successes, failures] = ["success", "failure"].map(|outcome| {
            self.registry
                .meter(RESULTS)
                .description("Results of the check, before thresholds and overrides")
                .tag("check", &path)
                .tag("outcome", outcome)
                .counter()
        });
        Box::new(move |took, is_good| {
            timer.record(took);
            (if is_good { &successes } else { &failures }).increment();
        })
    }

    fn unregistered(&self, path: &str) {
        for name in [STATUS, DURATION, RESULTS, TRANSITIONS] {
            self.registry.remove(name, "check", path);
        }
    }
}

//! The events of the log as meters.

use crate::{
    logging::{EventCounts, Loggers},
    meter::MeterRegistry,
};

const OWN: &str = "tracing.events";
/// The name that dashboards of Spring applications ask for.
const LOGBACK: &str = "logback.events";

/// Counts what is logged, by level. Without our layer in the subscriber of the process nobody
/// knows, and there is no such meter.
pub(super) fn bind(registry: &MeterRegistry, loggers: &Loggers) {
    if !loggers.is_attached() {
        return;
    }
    let names = if registry.settings().jvm_aliases { &[OWN, LOGBACK][..] } else { &[OWN] };
    for name in names {
        for level in EventCounts::LEVELS {
            let loggers = loggers.clone();
            registry
                .meter(*name)
                .description("Number of log events that were enabled by the effective log level")
                .base_unit("events")
                .tag("level", level.as_str().to_ascii_lowercase())
                .counter_with(move || count(loggers.events().count(level)));
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53, which counts do not reach")]
fn count(events: u64) -> f64 {
    events as f64
}

//! The events of the log as meters.

use crate::{
    logging::{EventCounts, Loggers},
    meter::{MeterRegistry, as_f64},
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
                .counter_with(move || as_f64(loggers.events().count(level)));
        }
    }
}

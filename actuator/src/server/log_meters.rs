//! The events of the log as meters.

use crate::{
    logging::{EventCounts, LoggingState},
    meter::{MeterRegistry, as_f64},
};

const OWN: &str = "tracing.events";
/// The name that dashboards of Spring applications ask for.
const LOGBACK: &str = "logback.events";

const DROPPED: &str = "logging.dropped";

/// Counts what is logged, by level, and what was lost on its way, by destination. Without our
/// layer in the subscriber of the process nobody knows, and there are no such meters.
pub(super) fn bind(registry: &MeterRegistry, logging: &LoggingState) {
    for (name, drops) in &logging.drops {
        let drops = drops.clone();
        registry
            .meter(DROPPED)
            .description("Number of log lines that were lost because a sink was too slow or failed")
            .base_unit("lines")
            .tag("sink", *name)
            .counter_with(move || as_f64(drops.get()));
    }
    let loggers = &logging.loggers;
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

//! What the meters themselves cost.

use std::sync::Arc;

use super::{
    MeterRegistry, as_f64,
    sampled::{Sampled, Source},
};
use crate::meter::Timer;

/// Counts meters and series, and tells the registry the time: recording need not ask for it.
#[derive(Debug)]
pub(super) struct Collector;

impl Source for Collector {
    fn sample(&mut self, into: &mut Sampled) {
        into.registry().advance();
        let families = into.registry().families();
        let names = u64::try_from(families.len()).ok();
        let series = families.iter().map(|family| family.len()).sum::<usize>();
        let overflowed = families.iter().map(|family| family.overflowed()).sum();
        into.meter("actuator.meters", "The names of meters", "meters").number(names);
        into.meter("actuator.series", "The series of all meters", "series")
            .number(u64::try_from(series).ok());
        let description = "How often a series was asked for where its meter had no room for more";
        into.meter("actuator.series.overflowed", description, "").counter(Some(as_f64(overflowed)));
    }
}

/// Takes the time of each round of the sampler's threads.
pub(super) fn sample_timer(registry: &MeterRegistry, thread: &str) -> Arc<Timer> {
    registry
        .meter("actuator.sample")
        .description("How long a round of the sampler takes")
        .tag("thread", thread)
        .timer()
}

/// Takes the time of each answer that gives all meters at once; `format` is what it is written in.
pub(crate) fn scrape_timer(registry: &MeterRegistry, format: &str) -> Arc<Timer> {
    registry
        .meter("actuator.scrape")
        .description("How long it takes to write all meters")
        .tag("format", format)
        .timer()
}

//! Meters for tests, and what was measured.

use std::sync::Arc;

use super::ClientMeters;
use crate::{
    meter::{ClientTags, MeterRegistry, MeterSettings, MeterValue, Series, Tag},
    support::clock::Clock,
};

/// Meters and their registry.
pub fn meters() -> (Arc<MeterRegistry>, ClientMeters) {
    meters_of(MeterSettings::default())
}

/// The same where scheme and port are told too.
pub fn meters_by_origin() -> (Arc<MeterRegistry>, ClientMeters) {
    meters_of(MeterSettings { client_tags: ClientTags::Origin, ..MeterSettings::default() })
}

fn meters_of(mut settings: MeterSettings) -> (Arc<MeterRegistry>, ClientMeters) {
    let objectives = ("http.client.requests".to_owned(), vec![MeterValue::Number(50.0)]);
    settings.distribution.objectives.push(objectives);
    let registry = MeterRegistry::new(settings, Clock::system());
    let registry = Arc::new(registry);
    (Arc::clone(&registry), ClientMeters::new(registry))
}

/// How many calls ended with these tags.
pub fn calls(registry: &MeterRegistry, tags: &[(&str, &str)]) -> u64 {
    let tags: Vec<_> = tags.iter().map(|(key, value)| Tag::new(*key, *value)).collect();
    let reading = registry.read("http.client.requests", &tags);
    let count = reading.map_or(0.0, |reading| reading.measurements[0].value);
    format!("{count}").parse().unwrap()
}

/// The traces that are kept beside calls.
pub fn traces(registry: &MeterRegistry) -> Vec<u128> {
    let mut series = Vec::new();
    for family in registry.families() {
        if family.name() == "http.client.requests" {
            family.series(0, 100, &mut series);
        }
    }
    let kept = series.iter().flat_map(|series| {
        let Series::Timer(timer) = series else { panic!("{series:?}") };
        (0..2).filter_map(|bucket| timer.histogram().exemplar(bucket))
    });
    kept.map(|kept| kept.exemplar.trace_id).collect()
}

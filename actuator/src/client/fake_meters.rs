//! Meters for tests, and what was measured.

use std::sync::Arc;

use super::ClientMeters;
use crate::{
    meter::{MeterRegistry, MeterSettings, Tag},
    support::clock::Clock,
};

/// Meters and their registry.
pub fn meters() -> (Arc<MeterRegistry>, ClientMeters) {
    let registry = MeterRegistry::new(MeterSettings::default(), Clock::system());
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

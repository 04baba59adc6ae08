//! Push of metrics to an OTLP receiver (the OpenTelemetry Collector, Prometheus, a vendor's) over
//! HTTP.
//!
//! OpenTelemetry's SDK aggregates what is recorded through it and takes no ready aggregates, so
//! only its message types are used. `reading` says what a series says, `taken` what of it is new,
//! `points` turns that into messages, `walk` goes over all meters, `exporter` sends.

mod exponential;
mod exporter;
mod points;
mod reading;
mod resource;
mod settings;
mod taken;
mod unit;
mod variables;
mod walk;

#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod settings_tests;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::{
    Origin,
    push::{self, Pace, PushHandle},
};
use crate::meter::MeterRegistry;

pub(crate) use settings::OtlpSettings;

/// Sends all meters of the registry from now on, on the current tokio runtime.
pub(super) fn start(
    settings: &OtlpSettings,
    origin: &Origin<'_>,
    registry: &Arc<MeterRegistry>,
) -> Option<PushHandle> {
    let pace = Pace { rate: settings.step, limit: settings.limit() };
    let resource = resource::resource(origin, &settings.resource);
    let exporter = exporter::OtlpExporter::new(settings.clone(), resource, Arc::clone(registry));
    push::start(exporter, pace, registry)
}

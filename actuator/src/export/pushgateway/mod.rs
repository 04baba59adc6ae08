//! Push to a Prometheus Pushgateway: for what ends before it is scraped, or cannot be reached.

mod exporter;
mod group;
mod settings;

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use super::{
    Origin,
    push::{self, Pace, PushHandle},
};
use crate::{exposition::Exposition, meter::MeterRegistry};

pub(crate) use settings::PushgatewaySettings;

/// How long one push may take altogether.
const LIMIT: Duration = Duration::from_secs(10);

/// Pushes what `exposition` shows from now on, on the current tokio runtime; what that costs is
/// recorded in `registry`.
pub(super) fn start(
    settings: &PushgatewaySettings,
    origin: &Origin<'_>,
    exposition: &Arc<Exposition>,
    registry: &MeterRegistry,
) -> Option<PushHandle> {
    let pace = Pace { rate: settings.push_rate, limit: LIMIT };
    let exporter = exporter::PushgatewayExporter::new(
        settings.clone(),
        origin.application,
        Arc::clone(exposition),
    );
    push::start(exporter, pace, registry)
}

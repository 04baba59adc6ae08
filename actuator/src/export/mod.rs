//! The edges that push meters to others.

#[cfg(not(feature = "otlp"))]
#[path = "no_otlp.rs"]
mod otlp;
#[cfg(feature = "otlp")]
mod otlp;
mod push;
mod pushgateway;
pub(crate) mod statsd;

use std::sync::Arc;

use crate::{exposition::Exposition, meter::MeterRegistry, settings::SettingsReader};

use otlp::OtlpSettings;
use push::PushHandle;
use pushgateway::PushgatewaySettings;

/// To whom meters are pushed over HTTP.
#[derive(Clone, Debug, Default)]
pub(crate) struct PushSettings {
    pushgateway: Option<PushgatewaySettings>,
    otlp: Option<OtlpSettings>,
}

impl PushSettings {
    /// Reads them.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Self {
        Self { pushgateway: PushgatewaySettings::read(reader), otlp: OtlpSettings::read(reader) }
    }

    /// Whether somebody is sent buckets of even relative width, so that meters have to keep them.
    pub(crate) fn need_exponential(&self) -> bool {
        self.otlp.as_ref().is_some_and(OtlpSettings::need_exponential)
    }

    /// Pushes from now on, on the current tokio runtime. Returns at once.
    pub(crate) fn start(
        &self,
        origin: &Origin<'_>,
        exposition: &Arc<Exposition>,
        registry: &Arc<MeterRegistry>,
    ) -> Pushes {
        let Origin { application, version, instance } = *origin;
        tracing::debug!(application, version, instance, "whose meters are pushed, if they are");
        let pushgateway = self.pushgateway.as_ref();
        let pushgateway = pushgateway
            .and_then(|settings| pushgateway::start(settings, origin, exposition, registry));
        let otlp = self.otlp.as_ref();
        let otlp = otlp.and_then(|settings| otlp::start(settings, origin, registry));
        Pushes { pushgateway, otlp }
    }
}

/// Whose meters they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin<'a> {
    /// The name of the application.
    pub(crate) application: &'a str,
    /// Its version.
    pub(crate) version: Option<&'a str>,
    /// Which of its instances: a host name and a port.
    pub(crate) instance: &'a str,
}

/// Holds on to what pushes. Dropping it does not end it.
#[derive(Debug)]
pub(crate) struct Pushes {
    pushgateway: Option<PushHandle>,
    otlp: Option<PushHandle>,
}

impl Pushes {
    /// Sends what is to be sent last, and ends them, in at most a second whatever the receivers
    /// do.
    pub(crate) async fn shutdown(self) {
        let end = async |handle: Option<PushHandle>| {
            if let Some(handle) = handle {
                handle.shutdown().await;
            }
        };
        tokio::join!(end(self.pushgateway), end(self.otlp));
    }
}

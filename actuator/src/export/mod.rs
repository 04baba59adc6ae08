//! The edges that send meters to others.

#[cfg(not(feature = "otlp"))]
#[path = "no_otlp.rs"]
mod otlp;
#[cfg(feature = "otlp")]
mod otlp;
mod push;
mod pushgateway;
mod statsd;

use std::{net::SocketAddr, sync::Arc};

use crate::{exposition::Exposition, meter::MeterRegistry, settings::SettingsReader};

use otlp::OtlpSettings;
use push::PushHandle;
use pushgateway::PushgatewaySettings;
use statsd::{StatsdHandle, StatsdSettings};

/// To whom meters are sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct ExportSettings {
    pushgateway: Option<PushgatewaySettings>,
    otlp: Option<OtlpSettings>,
    statsd: Option<StatsdSettings>,
}

impl ExportSettings {
    /// Reads them. `listeners` are the service's own addresses, to which nothing is sent.
    pub(crate) fn read(reader: &mut SettingsReader<'_>, listeners: &[SocketAddr]) -> Self {
        Self {
            pushgateway: PushgatewaySettings::read(reader),
            otlp: OtlpSettings::read(reader),
            statsd: StatsdSettings::read(reader, listeners),
        }
    }

    /// Whether somebody is sent buckets of even relative width, so that meters have to keep them.
    pub(crate) fn need_exponential(&self) -> bool {
        self.statsd.is_some() || self.otlp.as_ref().is_some_and(OtlpSettings::need_exponential)
    }

    /// Whether somebody is sent keys that hold the scheme and the port of calls.
    pub(crate) fn need_origins(&self) -> bool {
        self.statsd.as_ref().is_some_and(StatsdSettings::need_origins)
    }

    /// Exports from now on, on the current tokio runtime. Returns at once.
    pub(crate) fn start(
        &self,
        origin: &Origin<'_>,
        exposition: &Arc<Exposition>,
        registry: &Arc<MeterRegistry>,
    ) -> Exports {
        let Origin { application, version, instance } = *origin;
        tracing::debug!(application, version, instance, "whose meters are pushed, if they are");
        let pushgateway = self.pushgateway.as_ref();
        let pushgateway = pushgateway
            .and_then(|settings| pushgateway::start(settings, origin, exposition, registry));
        let otlp = self.otlp.as_ref();
        let otlp = otlp.and_then(|settings| otlp::start(settings, origin, registry));
        Exports { pushgateway, otlp, statsd: self.start_statsd(registry) }
    }

    /// Without a thread there is nothing to send with; the service goes on.
    fn start_statsd(&self, registry: &Arc<MeterRegistry>) -> Option<StatsdHandle> {
        let started = StatsdHandle::start(self.statsd.clone()?, Arc::clone(registry));
        started
            .inspect_err(|error| {
                tracing::error!(target: "actuator::export", %error, "no thread for statsd");
            })
            .ok()
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

/// Holds on to what sends. Dropping it does not end it.
#[derive(Debug)]
pub(crate) struct Exports {
    pushgateway: Option<PushHandle>,
    otlp: Option<PushHandle>,
    statsd: Option<StatsdHandle>,
}

impl Exports {
    /// Sends what is to be sent last, and ends them, in at most a second whatever the receivers
    /// do.
    pub(crate) async fn shutdown(self) {
        let end = async |handle: Option<PushHandle>| {
            if let Some(handle) = handle {
                handle.shutdown().await;
            }
        };
        let statsd = async {
            if let Some(statsd) = self.statsd {
                statsd.shutdown().await;
            }
        };
        tokio::join!(end(self.pushgateway), end(self.otlp), statsd);
    }
}

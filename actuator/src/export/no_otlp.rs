//! In place of `otlp` in a build without that feature: says so to who sets it.

use std::sync::Arc;

use super::{Origin, PushHandle};
use crate::{meter::MeterRegistry, settings::SettingsReader};

/// There are none.
#[derive(Clone, Debug)]
pub(crate) enum OtlpSettings {}

impl OtlpSettings {
    /// Refuses if metrics are to be sent.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Option<Self> {
        let name = "management.otlp.metrics.export.enabled";
        let url: Option<String> = reader.value("management.otlp.metrics.export.url");
        if reader.value_or(name, url.is_some_and(|url| !url.trim().is_empty())) {
            let remedy = "this build of actuator leaves the feature `otlp` out; add it to the \
                          dependency, or set this to false";
            reader.reject(name, remedy);
        }
        None
    }

    /// There are none.
    pub(crate) fn need_exponential(&self) -> bool {
        match *self {}
    }
}

/// There is nothing to start.
pub(super) fn start(
    settings: &OtlpSettings,
    _: &Origin<'_>,
    _: &Arc<MeterRegistry>,
) -> Option<PushHandle> {
    match *settings {}
}

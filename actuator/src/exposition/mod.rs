//! The registry in the formats that Prometheus reads: text 0.0.4, OpenMetrics 1.0 and protobuf.
//!
//! A scrape is a [`Renderer`] that writes some ten thousand bytes whenever it is asked: nobody
//! holds the whole text, no lock is held between two steps, and series that appear or vanish
//! meanwhile are in it or not. What the families are called is decided in `plan`, once for as long
//! as the families stay the same; `text` and `openmetrics` share `lines`.

mod lines;
mod naming;
mod number;
mod openmetrics;
mod plan;
mod protobuf;
mod reading;
mod renderer;
mod settings;
mod text;
mod wire;

#[cfg(test)]
mod protobuf_tests;
#[cfg(test)]
mod test_messages;
#[cfg(test)]
mod test_parser;
#[cfg(test)]
mod tests;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

pub(crate) use renderer::Renderer;
pub(crate) use settings::ExpositionSettings;

use self::{
    lines::LineWriter,
    plan::{LeftOut, Plan},
    protobuf::ProtobufWriter,
    renderer::Writer,
};
use crate::meter::MeterRegistry;

/// For fewer meters, names are decided in less than half a millisecond.
const MANY: usize = 500;

/// The forms of the same numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Delimited messages of the Prometheus client model; the only form with native histograms.
    Protobuf,
    /// OpenMetrics 1.0; the only text with exemplars.
    OpenMetrics,
    /// The text format of Prometheus.
    Text,
}

impl Format {
    /// What it is called where its scrapes are measured.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Protobuf => "protobuf",
            Self::OpenMetrics => "openmetrics",
            Self::Text => "text",
        }
    }

    /// The media type with its parameters, in Spring's spelling.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Protobuf => {
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"
            }
            Self::OpenMetrics => "application/openmetrics-text;version=1.0.0;charset=utf-8",
            Self::Text => "text/plain;version=0.0.4;charset=utf-8",
        }
    }
}

/// Shows a registry to Prometheus. One per registry, so that names are decided and complained
/// about once.
#[derive(Debug)]
pub(crate) struct Exposition {
    meters: Arc<MeterRegistry>,
    settings: ExpositionSettings,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    plan: Arc<Plan>,
    /// Meters that were left out, and told so.
    left_out: HashSet<String>,
}

impl Exposition {
    /// Shows this registry.
    pub(crate) fn new(meters: Arc<MeterRegistry>, settings: ExpositionSettings) -> Self {
        Self { meters, settings, known: Mutex::default() }
    }

    /// What was set.
    pub(crate) fn settings(&self) -> ExpositionSettings {
        self.settings
    }

    /// Begins to render everything, or only the families of these names: as in OpenMetrics,
    /// without `_total` and `_info`.
    pub(crate) fn render(&self, format: Format, included: Option<HashSet<String>>) -> Renderer {
        let writer: Box<dyn Writer> = match format {
            Format::Text => Box::new(LineWriter::text(self.settings)),
            Format::OpenMetrics => Box::new(LineWriter::openmetrics(self.settings)),
            Format::Protobuf => Box::new(ProtobufWriter::new(self.settings)),
        };
        Renderer::new(self.plan(), included, writer)
    }

    /// Decides beforehand what is shown under which names if that takes long, which it does for
    /// thousands of new ones: away from the workers, which have others to serve.
    pub(crate) async fn prepare(self: &Arc<Self>) {
        let families = self.meters.families();
        if families.len() < MANY || self.known().plan.is_of(&families) {
            return;
        }
        let exposition = Arc::clone(self);
        // Should there be no thread for it, it is done while it is shown.
        let _ = tokio::task::spawn_blocking(move || exposition.plan()).await;
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn plan(&self) -> Arc<Plan> {
        self.meters.advance();
        let families = self.meters.families();
        let mut known = self.known();
        let mut left_out = Vec::new();
        if !known.plan.is_of(&families) {
            let plan;
            (plan, left_out) = Plan::of(families);
            known.plan = Arc::new(plan);
            left_out.retain(|meter| known.left_out.insert(meter.name.clone()));
        }
        let plan = Arc::clone(&known.plan);
        drop(known);
        for LeftOut { name, sample, other } in left_out {
            tracing::warn!(
                target: "actuator::exposition",
                "meter {} is left out for Prometheus: its samples would be called {sample}, as those \
                 of the meter {} are. Give it another name",
                name.escape_debug(),
                other.escape_debug()
            );
        }
        plan
    }
}

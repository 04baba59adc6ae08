//! The recorder of the `metrics` crate, as the application meets it: installed at the start,
//! handing on to another one, or put beside others by hand.

use std::sync::Arc;

use super::{actuator::Actuator, app::App, builder::Builder};
use crate::{
    facade::{self, MetricsRecorder, Recorder, SharedRecorder},
    meter::MeterRegistry,
    settings::SettingsReader,
};

/// The recorder that the application hands over, if it does.
#[derive(Clone, Default)]
pub(super) struct ForwardTo(Option<SharedRecorder>);

/// `actuator.metrics.facade.enabled`: whether ours is installed.
pub(super) fn read_enabled(reader: &mut SettingsReader<'_>) -> bool {
    reader.value_or("actuator.metrics.facade.enabled", true)
}

/// Makes our recorder that of the process, where what the process has once is wanted: like the
/// declarations of macros, which a test that stands alone leaves out.
pub(super) fn install(builder: &Builder, is_enabled: bool, meters: &Arc<MeterRegistry>) {
    match (builder.forward_metrics_to.0.clone(), is_enabled) {
        (Some(theirs), false) => facade::install_alone(theirs),
        (None, false) => {}
        (theirs, true) => {
            if theirs.is_some() || builder.declarations {
                facade::install(meters, theirs);
            }
        }
    }
}

impl Builder {
    /// Hands everything that is recorded through the `metrics` crate on to another recorder too,
    /// which must not be installed itself: the crate has room for one.
    pub fn forward_metrics_to(mut self, recorder: impl Recorder + Send + Sync + 'static) -> Self {
        self.forward_metrics_to = ForwardTo(Some(Arc::new(recorder)));
        self
    }
}

impl App {
    /// A recorder of the `metrics` crate into [`Self::meters`], for a fan-out beside others. Ours
    /// is installed already by now; where the application installs the fan-out itself,
    /// `actuator.metrics.facade.enabled` has to be `false`.
    pub fn metrics_recorder(&self) -> MetricsRecorder {
        MetricsRecorder::new(self.meters())
    }
}

impl Actuator {
    /// A recorder of the `metrics` crate into [`Self::meters`], for a fan-out beside others: see
    /// [`App::metrics_recorder`].
    pub fn metrics_recorder(&self) -> MetricsRecorder {
        MetricsRecorder::new(self.meters())
    }
}

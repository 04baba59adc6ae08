//! Making our recorder that of the process, unless the application has one.

use std::sync::Arc;

use super::{
    MetricsRecorder,
    forward::{Forwarding, SharedRecorder},
};
use crate::meter::MeterRegistry;

/// Installs a recorder into `meters`; with `theirs`, one that hands everything on to that. A
/// recorder that is there already is never replaced: the `metrics` crate has one per process.
pub(crate) fn install(meters: &Arc<MeterRegistry>, theirs: Option<SharedRecorder>) {
    let ours = MetricsRecorder::new(Arc::clone(meters));
    let is_installed = match theirs {
        Some(theirs) => metrics::set_global_recorder(Forwarding { ours, theirs }).is_ok(),
        None => metrics::set_global_recorder(ours).is_ok(),
    };
    if !is_installed {
        say_that_another_is_there();
    }
}

/// Installs their recorder alone: what was handed over must not be lost when ours is switched off.
pub(crate) fn install_alone(theirs: SharedRecorder) {
    if metrics::set_global_recorder(theirs).is_err() {
        say_that_another_is_there();
    }
}

fn say_that_another_is_there() {
    tracing::warn!(
        target: "actuator::meter",
        "the process has a recorder of the `metrics` crate already (the application's own, or \
         that of an earlier service): what is recorded through it does not arrive in \
         /actuator/metrics of this service. Hand the other recorder to \
         Builder::forward_metrics_to instead of installing it, or put App::metrics_recorder() \
         into a fan-out beside it; actuator.metrics.facade.enabled=false ends this message"
    );
}

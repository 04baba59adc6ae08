//! In place of `recorder` in a build without the feature `metrics`: nothing is installed.

use std::sync::Arc;

use super::builder::Builder;
use crate::{meter::MeterRegistry, settings::SettingsReader};

/// Nothing can be handed over.
#[derive(Clone, Copy, Default)]
pub(super) struct ForwardTo(());

/// There is nothing to switch off.
pub(super) fn read_enabled(_: &mut SettingsReader<'_>) -> bool {
    false
}

/// Installs nothing.
pub(super) fn install(builder: &Builder, _: bool, _: &Arc<MeterRegistry>) {
    let ForwardTo(()) = builder.forward_metrics_to;
}

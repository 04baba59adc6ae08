//! `#[metrics]`: a struct whose fields are handles, resolved once.

use std::sync::Arc;

use super::{MeterDeclaration, MeterKind};
use crate::{
    meter::{
        Counter, DistributionSummary, Gauge, LongTaskTimer, MeterBuilder, MeterRegistry,
        MultiGauge, Timer,
    },
    model::source::Source,
    registry::Components,
};

/// A struct of handles on meters, made by the attribute `#[actuator::metrics]`. The set-up gets it
/// from [`App::metrics`](crate::App::metrics), checks and gauges as a component.
pub trait Metrics: Sized + Send + Sync + 'static {
    /// Registers the meters, and gives the handles on them.
    fn new(registry: &MeterRegistry) -> Self;
}

/// What a field of a struct of handles may be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a handle on a meter",
    label = "not a handle",
    note = "a field is `Arc<Counter>`, `Arc<Gauge>`, `Arc<Timer>`, `Arc<DistributionSummary>`, `Arc<LongTaskTimer>` or `MultiGauge`, all from `actuator::meter`"
)]
pub trait MeterHandle: Sized {
    /// The kind of its meter.
    const KIND: MeterKind;

    /// Registers the meter.
    fn register(builder: MeterBuilder<'_>) -> Self;
}

macro_rules! handles {
    ($($handle:ty => $kind:ident, $register:ident;)+) => {$(
        impl MeterHandle for $handle {
            const KIND: MeterKind = MeterKind::$kind;

            fn register(builder: MeterBuilder<'_>) -> Self {
                builder.$register()
            }
        }
    )+};
}

handles! {
    Arc<Counter> => Counter, counter;
    Arc<Gauge> => Gauge, gauge;
    Arc<Timer> => Timer, timer;
    Arc<DistributionSummary> => Summary, summary;
    Arc<LongTaskTimer> => LongTask, long_task_timer;
    MultiGauge => Gauge, multi_gauge;
}

/// A declared struct of handles.
#[derive(Debug)]
pub struct MetricsDeclaration {
    /// What it is about; may be empty.
    pub description: &'static str,
    /// Where it was declared.
    pub source: Source,
    /// The name of its type.
    pub type_name: fn() -> &'static str,
    /// The meters of its fields.
    pub meters: &'static [MeterDeclaration],
    /// Registers the meters, and makes the struct a component.
    pub make: fn(&MeterRegistry, &mut Components),
}

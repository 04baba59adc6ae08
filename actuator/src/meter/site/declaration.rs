//! What an attribute says about a meter, and how that becomes one.

use std::{fmt, sync::Arc};

use super::{Ending, MeterKind};
use crate::{
    meter::{MeterBuilder, MeterRegistry},
    model::source::Source,
};

/// A declared meter.
///
/// The macro has looked at every value: names and keys are lower-case words separated by dots, no
/// key stands twice, shares are from 0 to 1, bounds are more than 0 and sorted.
#[derive(Clone, Copy, Debug)]
pub struct MeterDeclaration {
    /// Its name: `orders.placed`.
    pub name: &'static str,
    /// Its kind, which all meters of its name share.
    pub kind: MeterKind,
    /// Where it was declared.
    pub source: Source,
    /// What it is; may be empty.
    pub description: &'static str,
    /// What one of it is. Timers are in seconds by themselves.
    pub base_unit: Option<&'static str>,
    /// Its fixed tags.
    pub tags: &'static [(&'static str, &'static str)],
    /// Shares of 1 whose percentiles are computed.
    pub percentiles: &'static [f64],
    /// Whether there are buckets to compute percentiles from.
    pub histogram: bool,
    /// Bounds of buckets in base units.
    pub objectives: &'static [f64],
}

/// A builder that knows what was declared.
pub fn describe<'r>(registry: &'r MeterRegistry, declared: &MeterDeclaration) -> MeterBuilder<'r> {
    let mut builder = registry.meter(declared.name).tags(declared.tags.iter().copied());
    if !declared.description.is_empty() {
        builder = builder.description(declared.description);
    }
    if let Some(unit) = declared.base_unit {
        builder = builder.base_unit(unit);
    }
    if !declared.percentiles.is_empty() {
        builder = builder.percentiles(declared.percentiles.iter().copied());
    }
    if !declared.objectives.is_empty() {
        builder = builder.service_level_objectives(declared.objectives.iter().copied());
    }
    if declared.histogram { builder.percentiles_histogram() } else { builder }
}

/// Where a function is measured: a static in its body.
pub trait Site: fmt::Debug + Sync {
    /// The meter.
    fn declaration(&self) -> &MeterDeclaration;

    /// From now on the registry shows what is measured here.
    fn bind(&self, registry: &Arc<MeterRegistry>);
}

/// A site, for the start of the program.
#[derive(Debug)]
pub struct MeterSite(pub &'static dyn Site);

/// What measures at a site.
pub(super) trait Instrument: Send + Sync + Sized + 'static {
    /// The tags that say how a call has ended.
    fn tags(ending: Ending) -> [(&'static str, String); 2];

    /// Registers it.
    fn register(builder: MeterBuilder<'_>) -> Arc<Self>;
}

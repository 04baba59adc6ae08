//! The meters that macros declare, put into the registry of a service.

use std::sync::Arc;

use crate::{
    error::Result,
    meter::{
        MeterRegistry,
        site::{GaugeDeclaration, GaugeFn, describe},
    },
    model::component::Components,
    registry::{Binder, Declarations, refuse_kinds},
};

/// Binds the sites in functions, and makes components of structs of handles.
pub(super) fn declare(
    declarations: &Declarations,
    registry: &Arc<MeterRegistry>,
    components: &mut Components,
) -> Result<()> {
    refuse_kinds(declarations.meters())?;
    for site in &declarations.sites {
        site.bind(registry);
    }
    for declared in &declarations.metrics {
        (declared.make)(registry, components);
    }
    Ok(())
}

/// A gauge whose components were found.
pub(super) type BoundGauge = (&'static GaugeDeclaration, GaugeFn);

/// Finds the components of all gauges; what is missing is remembered.
pub(super) fn bind_gauges(binder: &mut Binder<'_>, declarations: &Declarations) -> Vec<BoundGauge> {
    declarations
        .gauges
        .iter()
        .filter_map(|declared| {
            let value =
                binder.bind("gauge", declared.meter.name, &declared.meter.source, declared.bind)?;
            Some((*declared, value))
        })
        .collect()
}

/// Registers a gauge.
pub(super) fn add_gauge(registry: &MeterRegistry, declared: &GaugeDeclaration, value: GaugeFn) {
    describe(registry, &declared.meter).gauge_with(move || value());
}

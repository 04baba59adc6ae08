//! What the benches measure before an application is assembled. Not a public interface.

use std::sync::Arc;

use crate::{
    exchange::{ExchangeRepository, ExchangeSettings},
    meter::{MeterRegistry, MeterSettings, ServerRequestMeters},
    model::sanitizer::Sanitizer,
    support::clock::Clock,
    web::ActuatorLayer,
};

/// The layer with its default settings, with or without recording exchanges.
pub fn layer(has_exchanges: bool) -> ActuatorLayer {
    let clock = Clock::system();
    let registry = Arc::new(MeterRegistry::new(MeterSettings::default(), clock.clone()));
    let exchanges = has_exchanges.then(|| {
        let settings = ExchangeSettings::default();
        Arc::new(ExchangeRepository::new(settings, Sanitizer::default(), clock.clone()))
    });
    ActuatorLayer::new(ServerRequestMeters::new(registry), true, exchanges, clock, "/actuator")
}

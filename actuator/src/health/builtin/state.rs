//! Liveness and readiness as checks.

use std::future::ready;

use crate::{
    health::{
        Health, HealthIndicator,
        availability::{Availability, LivenessState, ReadinessState},
    },
    model::endpoint::BoxFuture,
};

/// `livenessState`: UP while the application is correct, else DOWN.
#[derive(Clone, Debug)]
pub struct Liveness {
    availability: Availability,
}

impl Liveness {
    /// The check of this handle's liveness.
    pub fn new(availability: Availability) -> Self {
        Self { availability }
    }
}

impl HealthIndicator for Liveness {
    fn check(&self) -> BoxFuture<'static, Health> {
        Box::pin(ready(match self.availability.liveness() {
            LivenessState::Correct => Health::up(),
            LivenessState::Broken => Health::down(),
        }))
    }

    fn is_immediate(&self) -> bool {
        true
    }
}

/// `readinessState`: UP while the application accepts traffic, else `OUT_OF_SERVICE`.
#[derive(Clone, Debug)]
pub struct Readiness {
    availability: Availability,
}

impl Readiness {
    /// The check of this handle's readiness.
    pub fn new(availability: Availability) -> Self {
        Self { availability }
    }
}

impl HealthIndicator for Readiness {
    fn check(&self) -> BoxFuture<'static, Health> {
        Box::pin(ready(match self.availability.readiness() {
            ReadinessState::AcceptingTraffic => Health::up(),
            ReadinessState::RefusingTraffic => Health::out_of_service(),
        }))
    }

    fn is_immediate(&self) -> bool {
        true
    }
}

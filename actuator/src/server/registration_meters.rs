//! The registration at admin servers as meters.

use crate::{admin::RegistrationStatus, meter::MeterRegistry};

/// For each admin server: whether we are registered there, and how the attempts went.
pub(super) fn bind(registry: &MeterRegistry, status: &RegistrationStatus) {
    for (index, server) in status.snapshot().into_iter().enumerate() {
        let of = status.clone();
        registry
            .meter("admin.registration.registered")
            .description("1 while the last registration at the admin server succeeded, else 0")
            .tag("server", &server.url)
            .gauge_with(move || if of.is_registered(index) { 1.0 } else { 0.0 });
        for (outcome, of_success) in [("success", true), ("failure", false)] {
            let of = status.clone();
            registry
                .meter("admin.registration.attempts")
                .description("Registrations that were sent to the admin server")
                .tag("server", &server.url)
                .tag("outcome", outcome)
                .counter_with(move || f64::from(of.attempts(index, of_success)));
        }
    }
}

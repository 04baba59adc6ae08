//! The connections of the listeners as meters.

use super::listener::Connections;
use crate::meter::{MeterRegistry, as_f64};

/// How many connections a listener has, and how many it has ended itself, by reason.
pub(super) fn bind(registry: &MeterRegistry, listener: &'static str, connections: &Connections) {
    let of = connections.clone();
    registry
        .meter("http.server.connections")
        .description("Connections that are open")
        .base_unit("connections")
        .tag("listener", listener)
        .gauge_with(move || as_f64(of.open()));
    for (index, (reason, _)) in connections.closed().into_iter().enumerate() {
        let of = connections.clone();
        registry
            .meter("http.server.connections.closed")
            .description("Connections that the service ended because of its limits")
            .base_unit("connections")
            .tag("listener", listener)
            .tag("reason", reason)
            .counter_with(move || as_f64(of.closed().get(index).map_or(0, |(_, count)| *count)));
    }
}

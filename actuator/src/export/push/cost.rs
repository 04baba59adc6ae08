//! What pushing costs, as meters: how often, how long, how much.

use std::{sync::Arc, time::Duration};

use crate::meter::{Counter, MeterRegistry, Timer};

/// The meters of one exporter.
#[derive(Debug)]
pub(super) struct Costs {
    taken: Arc<Timer>,
    failed: Arc<Timer>,
    bytes: Arc<Counter>,
}

impl Costs {
    /// Registers them; `exporter` is the value of their tag.
    pub(super) fn new(registry: &MeterRegistry, exporter: &'static str) -> Self {
        let timer = |outcome| {
            registry
                .meter("actuator.export.pushes")
                .description("Pushes of all metrics to somebody else")
                .tag("exporter", exporter)
                .tag("outcome", outcome)
                .timer()
        };
        Self {
            taken: timer("SUCCESS"),
            failed: timer("FAILURE"),
            bytes: registry
                .meter("actuator.export.sent")
                .description("Bytes of metrics that somebody else took")
                .base_unit("bytes")
                .tag("exporter", exporter)
                .counter(),
        }
    }

    /// A push that took so long was taken, with so many bytes, or not.
    pub(super) fn record(&self, took: Duration, sent: Option<u64>) {
        match sent {
            Some(bytes) => {
                self.taken.record(took);
                self.bytes.add(bytes);
            }
            None => self.failed.record(took),
        }
    }
}

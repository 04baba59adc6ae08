//! The tokio runtime as meters.

use std::time::{Duration, Instant};

use tokio::runtime::{Handle, RuntimeMetrics};

use super::{
    MeterRegistry, as_f64, runtime_unstable,
    sampled::{Sampled, Source},
};

/// Registers meters of a runtime under the tag `name`. Reading them asks the runtime, which is a
/// few atomic loads. `executor.*` are Micrometer's names, where what they say is true of tokio.
pub(crate) fn bind_runtime_meters(registry: &MeterRegistry, name: &str, runtime: &Handle) {
    for (meter, description) in [
        ("executor.pool.size", "The current number of threads in the pool"),
        ("executor.pool.core", "The core number of threads for the pool"),
        ("executor.pool.max", "The maximum allowed number of threads in the pool"),
        ("tokio.workers", "The number of worker threads of the runtime"),
    ] {
        let metrics = runtime.metrics();
        let builder = registry.meter(meter).description(description).base_unit("threads");
        builder.tag("name", name).gauge_with(move || count(metrics.num_workers()));
    }
    for (meter, description) in [
        ("executor.queued", "The approximate number of tasks that are queued for execution"),
        ("tokio.global.queue.depth", "The tasks in the queue that all workers share"),
    ] {
        let metrics = runtime.metrics();
        let builder = registry.meter(meter).description(description).base_unit("tasks");
        builder.tag("name", name).gauge_with(move || count(metrics.global_queue_depth()));
    }
    let metrics = runtime.metrics();
    registry
        .meter("tokio.tasks.alive")
        .description("The tasks that were spawned and have not ended")
        .base_unit("tasks")
        .tag("name", name)
        .gauge_with(move || count(metrics.num_alive_tasks()));
    bind_worker_totals(registry, name, runtime);
    runtime_unstable::bind(registry, name, runtime);
}

#[cfg(target_has_atomic = "64")]
fn bind_worker_totals(registry: &MeterRegistry, name: &str, runtime: &Handle) {
    let metrics = runtime.metrics();
    registry
        .meter("tokio.workers.busy")
        .description("The time that all workers of the runtime have been busy, together")
        .base_unit("seconds")
        .tag("name", name)
        .counter_with(move || busy(&metrics).unwrap_or_default().as_secs_f64());
    let metrics = runtime.metrics();
    registry
        .meter("tokio.workers.parks")
        .description("Times that a worker of the runtime found nothing to do and went to sleep")
        .base_unit("parks")
        .tag("name", name)
        .counter_with(move || {
            let parks = |worker| metrics.worker_park_count(worker);
            as_f64((0..metrics.num_workers()).map(parks).fold(0, u64::wrapping_add))
        });
}

#[cfg(not(target_has_atomic = "64"))]
fn bind_worker_totals(_: &MeterRegistry, _: &str, _: &Handle) {}

/// How much of the time the workers of a runtime are busy.
#[derive(Debug)]
pub(super) struct RuntimeLoad {
    name: String,
    metrics: RuntimeMetrics,
    last: Option<(Instant, Duration)>,
}

impl RuntimeLoad {
    /// Under the tag `name`.
    pub(super) fn new(name: &str, runtime: &Handle) -> Self {
        let metrics = runtime.metrics();
        let last = busy(&metrics).map(|busy| (Instant::now(), busy));
        Self { name: name.to_owned(), metrics, last }
    }
}

impl Source for RuntimeLoad {
    fn sample(&mut self, into: &mut Sampled) {
        let now = Instant::now();
        let Some(busy) = busy(&self.metrics) else { return };
        let Some((then, before)) = self.last.replace((now, busy)) else { return };
        let available =
            now.saturating_duration_since(then).as_secs_f64() * count(self.metrics.num_workers());
        let ratio = busy.saturating_sub(before).as_secs_f64() / available.max(1e-3);
        let description = "The share of the time since the last sample in which the workers of the \
                           runtime were busy; counted when a worker goes to sleep";
        let meter = into.meter("tokio.workers.busy.ratio", description, "");
        meter.tag("name", &self.name).gauge(Some(ratio.clamp(0.0, 1.0)));
    }
}

/// The time that all workers have been busy, together.
#[cfg(target_has_atomic = "64")]
#[expect(clippy::unnecessary_wraps, reason = "not every target tells it")]
fn busy(metrics: &RuntimeMetrics) -> Option<Duration> {
    Some((0..metrics.num_workers()).map(|worker| metrics.worker_total_busy_duration(worker)).sum())
}

#[cfg(not(target_has_atomic = "64"))]
fn busy(_: &RuntimeMetrics) -> Option<Duration> {
    None
}

/// The nearest `f64`.
pub(super) fn count(number: usize) -> f64 {
    as_f64(u64::try_from(number).unwrap_or(u64::MAX))
}

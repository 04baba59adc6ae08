//! The tokio runtime as meters.

use tokio::runtime::Handle;

use super::{MeterRegistry, instrument::as_f64};

/// Registers meters of a runtime under the tag `name`. Reading them asks the runtime, which is a
/// few atomic loads. `executor.*` are Micrometer's names, where what they say is true of tokio.
pub(crate) fn bind_runtime_meters(registry: &MeterRegistry, name: &str, runtime: &Handle) {
    let count = |number: usize| as_f64(u64::try_from(number).unwrap_or(u64::MAX));
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
    bind_busy_time(registry, name, runtime);
}

#[cfg(target_has_atomic = "64")]
fn bind_busy_time(registry: &MeterRegistry, name: &str, runtime: &Handle) {
    let metrics = runtime.metrics();
    registry
        .meter("tokio.workers.busy")
        .description("The time that all workers of the runtime have been busy, together")
        .base_unit("seconds")
        .tag("name", name)
        .counter_with(move || {
            (0..metrics.num_workers())
                .map(|worker| metrics.worker_total_busy_duration(worker).as_secs_f64())
                .sum()
        });
}

#[cfg(not(target_has_atomic = "64"))]
fn bind_busy_time(_: &MeterRegistry, _: &str, _: &Handle) {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{meter::MeterSettings, support::clock::Clock};

    #[tokio::test(flavor = "multi_thread", worker_threads = 3)]
    async fn the_workers_and_tasks_of_a_runtime_are_seen() {
        let registry = MeterRegistry::new(MeterSettings::default(), Clock::system());
        bind_runtime_meters(&registry, "application", &Handle::current());
        let value = |name| registry.read(name, &[]).unwrap().measurements[0].value;
        let alive = value("tokio.tasks.alive");
        let task = tokio::spawn(std::future::pending::<()>());
        assert!((value("executor.pool.size") - 3.0).abs() < f64::EPSILON);
        assert!(value("tokio.tasks.alive") > alive);
        assert!(value("tokio.workers.busy") >= 0.0 && value("executor.queued") >= 0.0);
        task.abort();
    }
}

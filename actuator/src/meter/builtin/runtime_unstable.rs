//! What a runtime tells only to builds with `--cfg tokio_unstable`: the blocking pool, the queues
//! of single workers, how tasks are moved, and, where the runtime was built with it, how long polls
//! take.

use std::time::Duration;

use tokio::runtime::{Handle, RuntimeMetrics};

use super::{MeterRegistry, as_f64, runtime::count};

type Gauge = (&'static str, &'static str, &'static str, fn(&RuntimeMetrics) -> f64);

const GAUGES: &[Gauge] = &[
    ("tokio.blocking.threads", "The threads for blocking work", "threads", |runtime| {
        count(runtime.num_blocking_threads())
    }),
    ("tokio.blocking.threads.idle", "Those that have nothing to do", "threads", |runtime| {
        count(runtime.num_idle_blocking_threads())
    }),
    ("tokio.blocking.queue.depth", "Blocking work that waits for a thread", "tasks", |runtime| {
        count(runtime.blocking_queue_depth())
    }),
    ("tokio.local.queue.depth", "The tasks in the queues of single workers", "tasks", |runtime| {
        let depth = |worker| runtime.worker_local_queue_depth(worker);
        count((0..runtime.num_workers()).map(depth).sum())
    }),
    ("tokio.poll.time.mean", "The slowest worker's mean of a poll", "seconds", |runtime| {
        let mean = |worker| runtime.worker_mean_poll_time(worker);
        let slowest = (0..runtime.num_workers()).map(mean).max();
        slowest.unwrap_or_default().as_secs_f64()
    }),
];

type Counter = (&'static str, &'static str, &'static str, fn(&RuntimeMetrics) -> u64);

const COUNTERS: &[Counter] = &[
    ("tokio.tasks.spawned", "The tasks that were ever spawned", "tasks", |runtime| {
        runtime.spawned_tasks_count()
    }),
    ("tokio.polls", "How often a task was polled", "polls", |runtime| {
        of_workers(runtime, RuntimeMetrics::worker_poll_count)
    }),
    ("tokio.steals", "How often a worker took tasks of another", "steals", |runtime| {
        of_workers(runtime, RuntimeMetrics::worker_steal_operations)
    }),
    ("tokio.overflows", "How often a worker's own queue was full", "overflows", |runtime| {
        of_workers(runtime, RuntimeMetrics::worker_overflow_count)
    }),
    ("tokio.remote.schedules", "Tasks woken from outside of the runtime", "tasks", |runtime| {
        runtime.remote_schedule_count()
    }),
    ("tokio.forced.yields", "Tasks that had used up their budget", "yields", |runtime| {
        runtime.budget_forced_yield_count()
    }),
];

/// Registers all of them under the tag `name`.
pub(super) fn bind(registry: &MeterRegistry, name: &str, runtime: &Handle) {
    for &(meter, description, unit, read) in GAUGES {
        let metrics = runtime.metrics();
        let builder = registry.meter(meter).description(description).base_unit(unit);
        builder.tag("name", name).gauge_with(move || read(&metrics));
    }
    for &(meter, description, unit, read) in COUNTERS {
        let metrics = runtime.metrics();
        let builder = registry.meter(meter).description(description).base_unit(unit);
        builder.tag("name", name).counter_with(move || as_f64(read(&metrics)));
    }
    let metrics = runtime.metrics();
    if metrics.poll_time_histogram_enabled() {
        bind_poll_times(registry, name, &metrics);
    }
}

/// One counter for each bucket of the runtime's histogram, told apart by `below`: the end of its
/// range in seconds. They are not cumulative, so that their sum is the number of polls.
fn bind_poll_times(registry: &MeterRegistry, name: &str, runtime: &RuntimeMetrics) {
    for bucket in 0..runtime.poll_time_histogram_num_buckets() {
        let end = runtime.poll_time_histogram_bucket_range(bucket).end;
        // The last has no end but that of the type.
        let is_last = end > Duration::from_hours(24);
        let below = if is_last { "+Inf".to_owned() } else { end.as_secs_f64().to_string() };
        let metrics = runtime.clone();
        registry
            .meter("tokio.poll.times")
            .description("How many polls took less than this, and not less than the next smaller")
            .base_unit("polls")
            .tag("name", name)
            .tag("below", below)
            .counter_with(move || {
                let of = |worker| metrics.poll_time_histogram_bucket_count(worker, bucket);
                as_f64((0..metrics.num_workers()).map(of).fold(0, u64::wrapping_add))
            });
    }
}

fn of_workers(runtime: &RuntimeMetrics, read: fn(&RuntimeMetrics, usize) -> u64) -> u64 {
    (0..runtime.num_workers()).map(|worker| read(runtime, worker)).fold(0, u64::wrapping_add)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::{meter::MeterSettings, support::clock::Clock};

    #[test]
    fn a_runtime_tells_of_its_blocking_threads_and_polls() {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_metrics_poll_time_histogram()
            .build()
            .unwrap();
        let registry = MeterRegistry::new(MeterSettings::default(), Clock::system());
        bind(&registry, "tokio", runtime.handle());
        let value = |name| registry.read(name, &[]).unwrap().measurements[0].value;
        runtime.block_on(async {
            tokio::task::spawn_blocking(|| ()).await.unwrap();
            tokio::spawn(async {}).await.unwrap();
        });
        assert!(value("tokio.blocking.threads") >= 1.0);
        assert!(value("tokio.tasks.spawned") >= 1.0);
        assert!(value("tokio.remote.schedules") >= 1.0);
        assert!(registry.read("tokio.poll.times", &[]).unwrap().available_tags["below"].len() > 3);
        let names = GAUGES.iter().map(|gauge| gauge.0).chain(COUNTERS.iter().map(|c| c.0));
        for name in names {
            assert!(value(name).is_finite(), "{name}");
            assert_eq!(registry.read(name, &[]).unwrap().available_tags["name"].len(), 1, "{name}");
        }
        // Workers tell how often they polled once they rest.
        let began = Instant::now();
        while value("tokio.polls") < 1.0 || value("tokio.poll.times") < 1.0 {
            assert!(began.elapsed() < Duration::from_secs(20));
            std::thread::yield_now();
        }
    }
}

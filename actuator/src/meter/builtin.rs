//! The meters of the process and the machine.

pub mod cache;
pub mod client;
pub mod pool;

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant, SystemTime},
};

use super::{Gauge, MeterRegistry, instrument::as_f64};
use crate::support::host::{self, ProcessIdentity, ProcessUsage, SystemUsage};

/// Registers what needs no sampling: uptime, start, processors.
pub(crate) fn bind_process_meters(registry: &MeterRegistry, identity: &ProcessIdentity) {
    let (clock, started) = (registry.clock().clone(), identity.started);
    registry
        .meter("process.uptime")
        .description("The uptime of the process")
        .base_unit("seconds")
        .gauge_with(move || clock.instant().saturating_duration_since(started).as_secs_f64());
    let since_epoch = identity.started_at.duration_since(SystemTime::UNIX_EPOCH);
    registry
        .meter("process.start.time")
        .description("Start time of the process since unix epoch.")
        .base_unit("seconds")
        .gauge()
        .set(since_epoch.unwrap_or_default().as_secs_f64());
    registry
        .meter("system.cpu.count")
        .description("The number of processors available to the process")
        .gauge()
        .set(as_f64(u64::try_from(host::cpu_count()).unwrap_or(u64::MAX)));
}

/// How long the application took to start; told by whoever starts it.
#[derive(Debug)]
pub(crate) struct ApplicationTimes<'r> {
    registry: &'r MeterRegistry,
}

impl<'r> ApplicationTimes<'r> {
    /// For this registry.
    pub(crate) fn new(registry: &'r MeterRegistry) -> Self {
        Self { registry }
    }

    /// `application.started.time`: everything is assembled.
    pub(crate) fn started(&self, after: Duration) {
        self.set("application.started.time", "Time taken to start the application", after);
    }

    /// `application.ready.time`: requests are accepted.
    pub(crate) fn ready(&self, after: Duration) {
        let description = "Time taken for the application to be ready to service requests";
        self.set("application.ready.time", description, after);
    }

    fn set(&self, name: &str, description: &str, after: Duration) {
        let builder = self.registry.meter(name).description(description).base_unit("seconds");
        builder.gauge().set(after.as_secs_f64());
    }
}

/// The meters that have to be sampled. One appears with its first value, so that what the system
/// does not tell is absent rather than 0.
#[derive(Debug)]
pub(super) struct SampledMeters {
    registry: Arc<MeterRegistry>,
    gauges: HashMap<(&'static str, String), Arc<Gauge>>,
    cpu_time_nanos: Option<Arc<AtomicU64>>,
    system: SystemUsage,
    last: Option<(Instant, Duration)>,
    started: Instant,
    peak_threads: u64,
}

impl SampledMeters {
    pub(super) fn new(registry: Arc<MeterRegistry>, identity: &ProcessIdentity) -> Self {
        Self {
            registry,
            gauges: HashMap::new(),
            cpu_time_nanos: None,
            system: SystemUsage::new(),
            last: None,
            started: identity.started,
            peak_threads: 0,
        }
    }

    /// Everything but the disks.
    pub(super) fn sample(&mut self) {
        let usage = ProcessUsage::read();
        let system = self.system.cpu_usage();
        let name = "system.cpu.usage";
        self.set(name, "The recent cpu usage of the system the process runs on", "", system);
        let name = "system.load.average.1m";
        let description = "The runnable and running tasks, averaged over a minute";
        self.set(name, description, "", SystemUsage::load_average_1m());
        self.cpu(usage.cpu_time);
        let files = [
            ("process.files.open", "The open file descriptor count", usage.files_open),
            ("process.files.max", "The maximum file descriptor count", usage.files_max),
        ];
        for (name, description, value) in files {
            self.set(name, description, "files", value.map(as_f64));
        }
        self.memory(&usage);
        self.threads(usage.threads);
    }

    /// The disks, which can take long when a file system does not answer.
    pub(super) fn sample_disks(&mut self, paths: &[PathBuf]) {
        for path in paths {
            let Some(space) = host::disk_space(path) else { continue };
            // Spring shows the absolute path as it was given, not where it leads.
            let shown = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            let tag = Some(shown.display().to_string());
            let values = [
                ("disk.free", "Usable space for path", space.usable),
                ("disk.total", "Total space for path", space.total),
            ];
            for (name, description, value) in values {
                self.set_tagged(name, description, "bytes", tag.clone(), as_f64(value));
            }
        }
    }

    /// The share of all processors since the last sample; at the first, since the start.
    fn cpu(&mut self, cpu_time: Option<Duration>) {
        let Some(cpu_time) = cpu_time else { return };
        let now = Instant::now();
        let (then, before) =
            self.last.replace((now, cpu_time)).unwrap_or((self.started, Duration::ZERO));
        let wall = now.saturating_duration_since(then).as_secs_f64();
        let processors = as_f64(u64::try_from(host::cpu_count()).unwrap_or(1));
        let usage = cpu_time.saturating_sub(before).as_secs_f64() / wall.max(1e-3) / processors;
        let description = "The recent cpu usage of the process, as a share of all processors";
        self.set("process.cpu.usage", description, "", Some(usage.clamp(0.0, 1.0)));
        let nanos = u64::try_from(cpu_time.as_nanos()).unwrap_or(u64::MAX);
        let registry = &self.registry;
        let cell = self.cpu_time_nanos.get_or_insert_with(|| {
            let cell = Arc::new(AtomicU64::new(nanos));
            let seen = Arc::clone(&cell);
            registry
                .meter("process.cpu.time")
                .description("The cpu time used by the process")
                .base_unit("ns")
                .counter_with(move || as_f64(seen.load(Relaxed)));
            cell
        });
        cell.fetch_max(nanos, Relaxed);
    }

    /// `memory.*` are pyctuator's names.
    fn memory(&mut self, usage: &ProcessUsage) {
        for (name, description, value) in [
            ("process.memory.rss", "The resident memory of the process", usage.memory_resident),
            ("memory.rss", "The resident memory of the process", usage.memory_resident),
            ("memory.vms", "The address space of the process", usage.memory_virtual),
            ("memory.shared", "The resident memory that can be shared", usage.memory_shared),
            ("memory.data", "The data and stack segments of the process", usage.memory_data),
        ] {
            self.set(name, description, "bytes", value.map(as_f64));
        }
    }

    fn threads(&mut self, threads: Option<u64>) {
        let Some(live) = threads else { return };
        self.set("thread.count", "The live threads of the process", "threads", Some(as_f64(live)));
        self.peak_threads = self.peak_threads.max(live);
        if !self.registry.settings().jvm_aliases {
            return;
        }
        // Only the main thread keeps a Rust process alive: all others are daemons in Java's sense.
        for (name, description, value) in [
            ("jvm.threads.live", "The live threads of the process (not of a JVM)", live),
            ("jvm.threads.daemon", "The threads that do not keep the process alive", live - 1),
            ("jvm.threads.peak", "The most threads that were seen at once", self.peak_threads),
        ] {
            self.set(name, description, "threads", Some(as_f64(value)));
        }
    }

    fn set(&mut self, name: &'static str, description: &str, unit: &str, value: Option<f64>) {
        if let Some(value) = value {
            self.set_tagged(name, description, unit, None, value);
        }
    }

    fn set_tagged(
        &mut self,
        name: &'static str,
        description: &str,
        unit: &str,
        path: Option<String>,
        value: f64,
    ) {
        let registry = &self.registry;
        let key = (name, path.clone().unwrap_or_default());
        let gauge = self.gauges.entry(key).or_insert_with(|| {
            let mut builder = registry.meter(name).description(description);
            if !unit.is_empty() {
                builder = builder.base_unit(unit);
            }
            match path {
                Some(path) => builder.tag("path", path).gauge(),
                None => builder.gauge(),
            }
        });
        gauge.set(value);
    }
}

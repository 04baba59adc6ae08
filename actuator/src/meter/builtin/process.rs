//! The process: its age, processor time, files, memory and what it reads and writes.

use std::time::{Duration, Instant, SystemTime};

use super::{
    MeterRegistry, as_f64,
    sampled::{Pace, Sampled, Source},
};
use crate::support::host::{self, HostRoot, ProcessIdentity, ProcessIo, ProcessUsage};

/// Registers what needs no sampling: uptime, start, processors.
pub(crate) fn bind_process_meters(registry: &MeterRegistry, identity: &ProcessIdentity) {
    let (clock, started) = (registry.clock().clone(), identity.started);
    registry
        .meter("process.uptime")
        .description("The uptime of the process")
        .base_unit("seconds")
        .gauge_with(move || clock.instant().saturating_duration_since(started).as_secs_f64());
    // By functions, which are never idle: what is set once would be dropped as unused.
    let since_epoch = identity.started_at.duration_since(SystemTime::UNIX_EPOCH);
    let since_epoch = since_epoch.unwrap_or_default().as_secs_f64();
    let processors = as_f64(u64::try_from(host::cpu_count()).unwrap_or(u64::MAX));
    registry
        .meter("process.start.time")
        .description("Start time of the process since unix epoch.")
        .base_unit("seconds")
        .gauge_with(move || since_epoch);
    registry
        .meter("system.cpu.count")
        .description("The number of processors available to the process")
        .gauge_with(move || processors);
}

/// What the process uses. `memory.*` are pyctuator's names.
#[derive(Debug)]
pub(super) struct Process {
    root: HostRoot,
    started: Instant,
    /// When the processor time was seen last, and what it was.
    last: Option<(Instant, Duration)>,
}

impl Process {
    pub(super) fn new(identity: &ProcessIdentity, root: &HostRoot) -> Self {
        Self { root: root.clone(), started: identity.started, last: None }
    }

    /// The share of all processors since the last look; at the first, since the start.
    fn cpu(&mut self, into: &mut Sampled, cpu_time: Option<Duration>) {
        let Some(cpu_time) = cpu_time else { return };
        let now = Instant::now();
        let (then, before) =
            self.last.replace((now, cpu_time)).unwrap_or((self.started, Duration::ZERO));
        let wall = now.saturating_duration_since(then).as_secs_f64();
        let processors = as_f64(u64::try_from(host::cpu_count()).unwrap_or(1));
        let usage = cpu_time.saturating_sub(before).as_secs_f64() / wall.max(1e-3) / processors;
        let description = "The recent cpu usage of the process, as a share of all processors";
        into.meter("process.cpu.usage", description, "").gauge(Some(usage.clamp(0.0, 1.0)));
        let nanos = as_f64(u64::try_from(cpu_time.as_nanos()).unwrap_or(u64::MAX));
        into.meter("process.cpu.time", "The cpu time used by the process", "ns")
            .counter(Some(nanos));
    }
}

impl Source for Process {
    fn sample(&mut self, into: &mut Sampled) {
        let usage = ProcessUsage::read(&self.root);
        self.cpu(into, usage.cpu_time);
        into.meter("process.files.open", "The open file descriptor count", "files")
            .number(usage.files_open);
        into.meter("process.files.max", "The maximum file descriptor count", "files")
            .number(usage.files_max);
        into.meter("thread.count", "The live threads of the process", "threads")
            .number(usage.threads);
        memory(into, &usage);
        faults(into, &usage);
        io(into, &ProcessIo::read(&self.root));
    }

    fn pace(&self) -> Pace {
        Pace::AtOnce
    }
}

fn memory(into: &mut Sampled, usage: &ProcessUsage) {
    for (name, description, value) in [
        ("process.memory.rss", "The resident memory of the process", usage.memory_resident),
        ("process.memory.rss.peak", "The most that was ever resident", usage.memory_peak),
        ("process.memory.anonymous", "Resident memory of no file", usage.memory_anonymous),
        ("process.memory.swap", "Memory that is swapped out", usage.memory_swap),
        ("process.memory.vss", "The address space of the process", usage.memory_virtual),
        ("memory.rss", "The resident memory of the process", usage.memory_resident),
        ("memory.vms", "The address space of the process", usage.memory_virtual),
        ("memory.shared", "The resident memory that can be shared", usage.memory_shared),
        ("memory.text", "The code of the executable", usage.memory_text),
        ("memory.lib", "The code of shared libraries", usage.memory_libraries),
        ("memory.data", "The data and stack segments of the process", usage.memory_data),
    ] {
        into.meter(name, description, "bytes").number(value);
    }
}

fn faults(into: &mut Sampled, usage: &ProcessUsage) {
    let description = "The page faults of the process; major ones had to read from storage";
    for (kind, count) in [("minor", usage.minor_faults), ("major", usage.major_faults)] {
        let meter = into.meter("process.page.faults", description, "faults").tag("type", kind);
        meter.counter(count.map(as_f64));
    }
}

fn io(into: &mut Sampled, io: &ProcessIo) {
    for (name, description, unit, total) in [
        ("process.io.read", "Given by system calls that read", "bytes", io.read),
        ("process.io.write", "Taken by system calls that write", "bytes", io.written),
        ("process.io.read.calls", "System calls that read", "calls", io.read_calls),
        ("process.io.write.calls", "System calls that write", "calls", io.write_calls),
        ("process.disk.read", "Fetched from storage for the process", "bytes", io.fetched),
        ("process.disk.write", "Sent to storage by the process", "bytes", io.stored),
    ] {
        into.meter(name, description, unit).counter(total.map(as_f64));
    }
}

//! The built-in meters, of this process and of fixtures.

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use super::*;
use crate::{
    meter::Tag,
    support::{clock::Clock, host::Fixture},
};

fn sampled(settings: MeterSettings) -> (Arc<MeterRegistry>, MetricsSampler) {
    let registry = Arc::new(MeterRegistry::new(settings, Clock::system()));
    let identity = ProcessIdentity::read();
    bind_process_meters(&registry, &identity);
    let sampler = MetricsSampler::start(Arc::clone(&registry), &identity).unwrap();
    (registry, sampler)
}

/// With the files of a fixture, sampled as often as can be.
fn sampled_at(fixture: &Fixture) -> (Arc<MeterRegistry>, MetricsSampler) {
    let settings = MeterSettings {
        jvm_aliases: true,
        sample_interval: Duration::from_millis(1),
        smaps_interval: Duration::from_millis(1),
        ..MeterSettings::default()
    };
    let registry = Arc::new(MeterRegistry::new(settings, Clock::system()));
    let identity = ProcessIdentity::read();
    let root = fixture.root();
    let sampler = MetricsSampler::start_at(Arc::clone(&registry), &identity, root).unwrap();
    (registry, sampler)
}

fn value(registry: &MeterRegistry, name: &str, tags: &[Tag]) -> Option<f64> {
    let reading = registry.read(name, tags)?;
    reading.measurements.first().map(|measurement| measurement.value)
}

/// After this the value will not come any more.
const PATIENCE: Duration = Duration::from_secs(20);

/// Waits until a value is what it will be.
fn await_value(registry: &MeterRegistry, name: &str, tags: &[Tag], expected: f64) {
    let began = Instant::now();
    loop {
        let seen = value(registry, name, tags);
        if seen.is_some_and(|value| value.to_bits() == expected.to_bits()) {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{name}: {seen:?}, not {expected}");
        thread::yield_now();
    }
}

#[test]
fn the_meters_that_the_admin_cards_ask_for_are_there_at_once_and_finite() {
    let (registry, _sampler) = sampled(MeterSettings::default());
    for name in [
        "process.uptime",
        "process.start.time",
        "process.cpu.usage",
        "process.cpu.time",
        "process.files.open",
        "process.files.max",
        "process.memory.rss",
        "process.page.faults",
        "memory.rss",
        "memory.text",
        "memory.lib",
        "thread.count",
        "system.cpu.count",
        "system.cpu.usage",
        "system.load.average.1m",
        "system.load.average.15m",
        "system.memory.total",
        "disk.free",
        "disk.total",
    ] {
        let value = value(&registry, name, &[]).unwrap_or_else(|| panic!("{name} is missing"));
        assert!(value.is_finite(), "{name}: {value}");
    }
    let usage = value(&registry, "system.cpu.usage", &[]).unwrap();
    assert!((0.0..=1.0).contains(&usage));
}

#[test]
fn what_costs_or_may_block_follows_in_the_background() {
    let (registry, _sampler) = sampled(MeterSettings::default());
    for name in ["process.memory.pss", "process.threads", "process.context.switches"] {
        while value(&registry, name, &[]).is_none() {
            thread::yield_now();
        }
    }
    assert!(value(&registry, "process.threads", &[]).unwrap() >= 1.0);
}

#[test]
fn the_memory_map_is_left_alone_where_that_is_set() {
    let settings = MeterSettings { smaps_interval: Duration::ZERO, ..MeterSettings::default() };
    let (registry, sampler) = sampled(settings);
    sampler.watch_allocator(Box::new(|| AllocatorStatistics::default().allocated(1)));
    await_value(&registry, "allocator.allocated", &[], 1.0);
    assert_eq!(value(&registry, "process.memory.pss", &[]), None);
}

#[test]
fn jvm_names_are_there_only_when_asked_for() {
    let (registry, _sampler) = sampled(MeterSettings::default());
    assert!(!registry.names().iter().any(|name| name.starts_with("jvm.")));
    let (registry, _sampler) =
        sampled(MeterSettings { jvm_aliases: true, ..MeterSettings::default() });
    let value = |name| value(&registry, name, &[]).unwrap();
    assert!((value("jvm.threads.live") - value("jvm.threads.daemon") - 1.0).abs() < 1e-9);
    assert!(value("jvm.threads.peak") >= value("jvm.threads.live"));
    assert!(!registry.names().iter().any(|name| name.starts_with("jvm.memory")));
}

#[test]
fn a_dropped_sampler_lets_go_of_the_registry() {
    let (registry, sampler) = sampled(MeterSettings::default());
    drop(sampler);
    while Arc::strong_count(&registry) > 1 {
        thread::yield_now();
    }
}

/// Files of a process in a container, with all that is read of them.
const FILES: &[(&str, &str)] = &[
    ("/proc/self/status", "Name:\tx\nVmSize:\t90 kB\nVmRSS:\t50 kB\nVmSwap:\t2 kB\nThreads:\t3\n"),
    ("/proc/self/stat", "7 (x) S 1 7 7 0 -1 4194304 11 2 13 4 150 50 0 0 20 0 1 0 12345 0 0"),
    ("/proc/self/io", "rchar: 7\nwrite_bytes: 8\n"),
    ("/proc/self/smaps_rollup", "Pss: 40 kB\nPrivate_Dirty: 3 kB\nShared_Dirty: 1 kB\n"),
    ("/proc/self/task/7/status", "State:\tS (sleeping)\nvoluntary_ctxt_switches:\t5\n"),
    ("/proc/self/net/dev", "eth0: 10 1 0 0 0 0 0 0 20 1 0 0 0 0 0 0\n"),
    ("/proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 600 kB\n"),
    ("/proc/pressure/io", "some avg10=0.06 total=2500000\nfull total=1000000\n"),
    ("/proc/self/cgroup", "0::/app\n"),
    ("/proc/self/mountinfo", "3 1 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"),
    ("/sys/fs/cgroup/app/memory.current", "30000\n"),
    ("/sys/fs/cgroup/app/memory.max", "200000\n"),
    ("/sys/fs/cgroup/app/cpu.max", "150000 100000\n"),
    ("/sys/fs/cgroup/app/cpu.stat", "usage_usec 2500000\nnr_throttled 4\n"),
    ("/sys/fs/cgroup/app/pids.current", "12\n"),
    ("/sys/fs/cgroup/app/cpu.pressure", "some avg10=0.06 total=2500000\n"),
];

type Expected = (&'static str, Option<(&'static str, &'static str)>, f64);

/// A meter, its drill-down and its value, of each of the files above.
const VALUES: &[Expected] = &[
    ("process.memory.rss", None, 51_200.0),
    ("process.memory.swap", None, 2_048.0),
    ("memory.vms", None, 92_160.0),
    ("thread.count", None, 3.0),
    ("jvm.threads.daemon", None, 2.0),
    ("process.cpu.time", None, 2e9),
    ("process.page.faults", Some(("type", "major")), 13.0),
    ("process.io.read", None, 7.0),
    ("process.disk.write", None, 8.0),
    ("process.memory.pss", None, 40_960.0),
    ("process.memory.private", Some(("pages", "dirty")), 3_072.0),
    ("memory.dirty", None, 4_096.0),
    ("process.threads", Some(("state", "sleeping")), 1.0),
    ("process.context.switches", Some(("type", "voluntary")), 5.0),
    ("system.network.transmit", None, 20.0),
    ("system.memory.available", None, 614_400.0),
    ("system.pressure.stalled", Some(("resource", "io")), 1.0),
    ("cgroup.memory.usage", None, 30_000.0),
    ("cgroup.memory.limit", None, 200_000.0),
    ("cgroup.cpu.limit", None, 1.5),
    ("cgroup.cpu.throttled", None, 4.0),
    ("cgroup.pids", None, 12.0),
    ("cgroup.pressure.waiting", Some(("resource", "cpu")), 2.5),
];

fn tags(tag: Option<(&str, &str)>) -> Vec<Tag> {
    tag.into_iter().map(|(key, value)| Tag::new(key, value)).collect()
}

#[test]
fn what_the_kernel_says_is_what_the_meters_show() {
    let fixture = Fixture::new("meters", FILES);
    let (registry, _sampler) = sampled_at(&fixture);
    for (name, tag, expected) in VALUES {
        await_value(&registry, name, &tags(*tag), *expected);
    }
    for absent in ["memory.text", "cgroup.memory.peak", "cgroup.pids.limit", "process.io.write"] {
        assert_eq!(value(&registry, absent, &[]), None, "{absent}");
    }
}

#[test]
fn trap_seed_15_unreadable_proc_entries_leave_their_meters_out_and_never_fail_a_scrape() {
    let nothing = Fixture::new("meters-nothing", &[]);
    let garbage: Vec<_> = FILES.iter().map(|(file, _)| (*file, "\u{0}(x\n:: =9 max")).collect();
    let garbage = Fixture::new("meters-garbage", &garbage);
    let spoiled = Fixture::new("meters-spoiled", &[]);
    for (file, _) in FILES {
        spoiled.spoil(file);
    }
    for fixture in [nothing, garbage, spoiled] {
        let (registry, sampler) = sampled_at(&fixture);
        // Looked at on the same thread as everything else, and after it.
        sampler.watch_allocator(Box::new(|| AllocatorStatistics::default().allocated(1)));
        await_value(&registry, "allocator.allocated", &[], 1.0);
        for (name, ..) in VALUES {
            assert_eq!(value(&registry, name, &[]), None, "{name}");
        }
        for name in registry.names() {
            assert!(registry.read(&name, &[]).is_some(), "{name}");
        }
    }
}

#[test]
fn trap_seed_15_what_can_no_longer_be_read_is_no_number_and_what_comes_back_is_one() {
    let fixture = Fixture::new("meters-later", FILES);
    let (registry, _sampler) = sampled_at(&fixture);
    let limit = "/sys/fs/cgroup/app/memory.max";
    await_value(&registry, "cgroup.memory.limit", &[], 200_000.0);
    fixture.write(limit, "max\n");
    await_value(&registry, "cgroup.memory.limit", &[], f64::NAN);
    fixture.spoil(limit);
    fixture.spoil("/proc/self/status");
    await_value(&registry, "process.memory.rss", &[], f64::NAN);
    // What only grows stays what it was.
    assert_eq!(value(&registry, "process.cpu.time", &[]), Some(2e9));
    fixture.remove("/proc/self/status");
    fixture.write("/proc/self/status", "VmRSS:\t60 kB\n");
    await_value(&registry, "process.memory.rss", &[], 61_440.0);
}

#[test]
fn an_allocator_is_shown_as_it_tells_and_as_heap_where_that_is_asked_for() {
    let fixture = Fixture::new("meters-allocator", FILES);
    let (registry, sampler) = sampled_at(&fixture);
    let told = AllocatorStatistics::default().allocated(10_000).resident(20_000);
    sampler.watch_allocator(Box::new(move || told));
    await_value(&registry, "allocator.resident", &[], 20_000.0);
    assert_eq!(value(&registry, "allocator.mapped", &[]), None);
    for (name, area, expected) in [
        ("jvm.memory.used", "heap", 10_000.0),
        ("jvm.memory.committed", "heap", 20_000.0),
        ("jvm.memory.max", "heap", 200_000.0),
        ("jvm.memory.used", "nonheap", 31_200.0),
        ("jvm.memory.committed", "nonheap", 31_200.0),
        ("jvm.memory.max", "nonheap", -1.0),
    ] {
        await_value(&registry, name, &[Tag::new("area", area)], expected);
    }
    assert!(!registry.names().iter().any(|name| name.starts_with("jvm.gc")));
}

#[test]
fn an_allocator_that_panics_stops_nothing() {
    let fixture = Fixture::new("meters-panic", FILES);
    let (registry, sampler) = sampled_at(&fixture);
    sampler.watch_allocator(Box::new(|| panic!("told by a test")));
    await_value(&registry, "process.memory.rss", &[], 51_200.0);
    fixture.write("/proc/self/status", "VmRSS:\t60 kB\n");
    await_value(&registry, "process.memory.rss", &[], 61_440.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn the_workers_and_tasks_of_a_runtime_are_seen() {
    let (registry, sampler) = sampled(MeterSettings::default());
    let runtime = tokio::runtime::Handle::current();
    sampler.watch_runtime("application", &runtime);
    let value = |name| value(&registry, name, &[]).unwrap();
    let alive = value("tokio.tasks.alive");
    let task = tokio::spawn(std::future::pending::<()>());
    assert!((value("executor.pool.size") - 3.0).abs() < f64::EPSILON);
    assert!(value("tokio.tasks.alive") > alive);
    assert!(value("tokio.workers.busy") >= 0.0 && value("executor.queued") >= 0.0);
    assert!(value("tokio.workers.parks") >= 0.0);
    while registry.read("tokio.workers.busy.ratio", &[]).is_none() {
        tokio::task::yield_now().await;
    }
    assert!((0.0..=1.0).contains(&value("tokio.workers.busy.ratio")));
    task.abort();
}

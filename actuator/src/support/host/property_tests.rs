//! Whatever stands in the files of the kernel: they are read, and never fail.

use proptest::prelude::*;

use super::*;

/// What is read, each with a line that has all that is looked for.
const FILES: [(&str, &str); 22] = [
    ("/proc/meminfo", "MemTotal: {} kB\nMemAvailable: {} kB\nSwapTotal: {} kB\nSwapFree: {} kB"),
    ("/proc/self/smaps_rollup", "Pss: {} kB\nPrivate_Dirty: {} kB\nShared_Dirty: {} kB"),
    ("/proc/self/io", "rchar: {}\nwchar: {}\nsyscr: {}\nread_bytes: {}"),
    ("/proc/self/net/dev", "eth0: {} 1 1 1 1 1 1 1 {} 1 1\neth1: {} 1 1 1 1 1 1 1 {} 1 1"),
    ("/proc/self/status", "VmRSS: {} kB\nVmSize: {} kB\nVmSwap: {} kB\nThreads: {}"),
    ("/proc/self/stat", "1 (a b) S {} 1 1 1 1 1 1 {} {} {} {} {} 1 1 1 1 1 {} {} {}"),
    (
        "/proc/self/maps",
        "{}-{} r-xp {} 08:01 {} /srv/{}\n7f00-7f01 rwxp {} 00:00 {} [{}]\n-{} --xp {} {}",
    ),
    (
        "/proc/self/smaps",
        "55d0-55d1 r-xp {} 08:01 {} /srv/{}\nSize: {} kB\nRss: {} kB\nPss: {} kB\nSwap: {} kB\n\
         7f00-7f01 rw-p 00000000 00:00 0 \nPss: {} kB\nPss: {} kB",
    ),
    ("/proc/loadavg", "0.20 {} 0.12 {}/{} {}"),
    ("/proc/sys/fs/file-nr", "{}\t{}\t{}"),
    ("/proc/sys/fs/file-max", "{}"),
    ("/proc/sys/kernel/threads-max", "{}"),
    ("/proc/sys/vm/max_map_count", "{}"),
    ("/cg/pids.max", "{}"),
    ("/proc/pressure/memory", "some avg10=0.00 total={}\nfull avg10=0.00 total={}"),
    ("/proc/self/cgroup", "0::/a{}\n4:memory,cpu:/b{}"),
    (
        "/proc/self/mountinfo",
        "30 1 0:26 / /cg rw - cgroup2 cgroup2 rw{}\n31 1 0:27 / /c rw - cgroup c rw,memory",
    ),
    ("/cg/memory.max", "{}"),
    ("/cg/memory.stat", "inactive_file {}\nanon {}"),
    ("/cg/memory.current", "{}"),
    ("/cg/cpu.max", "{} {}"),
    ("/cg/cpu.stat", "usage_usec {}\nnr_periods {}\nnr_throttled {}\nthrottled_usec {}"),
];

fn content() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..60),
        "[a-zA-Z0-9_:=(){}/. \n\t-]{0,80}".prop_map(String::into_bytes),
    ]
}

/// Numbers as large as there are, and what is none.
fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<u64>().prop_map(|number| number.to_string()),
        Just(u64::MAX.to_string()),
        Just("0".to_owned()),
        "\\PC{0,8}|max|-1|[0-9]{1,30}(\\.[0-9]{1,3})?",
    ]
}

fn read_all(root: &HostRoot) {
    let _ = MachineMemory::read(root);
    let _ = NetworkTraffic::read(root);
    let _ = MemoryMap::read(root).dirty();
    let _ = ProcessIo::read(root);
    let _ = ProcessUsage::read(root);
    let _ = Pressure::of_machine(root);
    let _ = Cgroup::read(root);
    let _ = memory_limits_of(root);
    read_limits(root);
    read_mappings(root);
    let mut activity = ThreadActivity::default();
    let _ = activity.look(root);
}

fn read_limits(root: &HostRoot) {
    let limits = ProcessLimits::read(root);
    let machines = [limits.machine_files, limits.machine_threads, limits.machine_memory];
    for limit in machines.into_iter().chain([limits.address_space, limits.memory_maps]).flatten() {
        assert!(!limit.source.is_empty(), "{limit:?}");
    }
}

/// There are no more than lines.
fn read_mappings(root: &HostRoot) {
    let lines = root.read("/proc/self/smaps").unwrap_or_default().lines().count();
    let found = Mappings::read(root).unwrap();
    assert!(found.mappings.len() + found.without_pages <= lines, "{found:?}");
}

fn memory_limits_of(root: &HostRoot) -> usize {
    super::cgroup::memory_limits(root).len()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn files_that_hold_anything_are_read(contents in prop::collection::vec(content(), FILES.len())) {
        let tree = Fixture::new("any-host", &[]);
        for ((file, _), content) in FILES.iter().zip(&contents) {
            tree.write_bytes(file, content);
        }
        tree.write_bytes("/proc/self/task/1/status", contents.first().unwrap());
        tree.write_bytes("/proc/self/task/1/stat", contents.last().unwrap());
        read_all(&tree.root());
    }

    #[test]
    fn numbers_of_any_size_are_read(numbers in prop::collection::vec(number(), 8)) {
        let tree = Fixture::new("large-host", &[]);
        for (file, form) in FILES {
            let mut next = numbers.iter().cycle();
            let parts: Vec<&str> = form.split("{}").collect();
            let mut text = parts[0].to_owned();
            for part in &parts[1..] {
                text.push_str(next.next().unwrap());
                text.push_str(part);
            }
            tree.write(file, &text);
        }
        read_all(&tree.root());
    }
}

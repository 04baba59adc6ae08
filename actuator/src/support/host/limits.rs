//! What the system lets this process and its machine have, beside control groups.
//! Source of the formats: `proc_loadavg(5)`, `proc_sys_fs(5)`, `proc_sys_kernel(5)`,
//! `proc_sys_vm(5)`.

use super::{
    HostRoot, MachineMemory, files,
    process::{field, first_number},
};

/// What is used of something, what may be, and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Allowance {
    /// What is used.
    pub used: u64,
    /// What may be used; `None` for no limit.
    pub allowed: Option<u64>,
    /// Who sets the limit: a file, or the name of a limit of processes.
    pub source: String,
}

/// Those of the process and of the machine; `None` for what the system does not tell.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProcessLimits {
    /// Open file descriptors of the process.
    pub files: Option<Allowance>,
    /// Its address space, in bytes.
    pub address_space: Option<Allowance>,
    /// Its mappings.
    pub memory_maps: Option<Allowance>,
    /// Open files of the machine.
    pub machine_files: Option<Allowance>,
    /// Threads of the machine.
    pub machine_threads: Option<Allowance>,
    /// Memory of the machine, in bytes.
    pub machine_memory: Option<Allowance>,
    /// Swap space of the machine, in bytes; `None` also where there is none.
    pub machine_swap: Option<Allowance>,
}

impl ProcessLimits {
    /// Reads them all; some ten files, of which the list of mappings is the longest.
    pub(crate) fn read(root: &HostRoot) -> Self {
        let memory = MachineMemory::read(root);
        let swap = memory.swap_total.filter(|total| *total > 0);
        Self {
            files: files::open_files_in(root).map(|used| Allowance {
                used,
                allowed: files::max_files(),
                source: "RLIMIT_NOFILE".to_owned(),
            }),
            address_space: address_space(root),
            memory_maps: memory_maps(root),
            machine_files: machine_files(root),
            machine_threads: machine_threads(root),
            machine_memory: part_of(memory.total, memory.available),
            machine_swap: part_of(swap, memory.swap_free),
        }
    }
}

/// What is not free of a size that `meminfo` tells.
fn part_of(total: Option<u64>, free: Option<u64>) -> Option<Allowance> {
    let (total, free) = (total?, free?);
    let source = "/proc/meminfo".to_owned();
    Some(Allowance { used: total.saturating_sub(free), allowed: Some(total), source })
}

fn address_space(root: &HostRoot) -> Option<Allowance> {
    let status = root.read("/proc/self/status")?;
    let used = field(&status, "VmSize").and_then(first_number)?.checked_mul(1024)?;
    let allowed = super::memory::address_space_limit();
    Some(Allowance { used, allowed, source: "RLIMIT_AS".to_owned() })
}

fn memory_maps(root: &HostRoot) -> Option<Allowance> {
    let used = root.read("/proc/self/maps")?.lines().count();
    Some(Allowance { used: u64::try_from(used).ok()?, ..setting(root, "vm/max_map_count")? })
}

/// `fs.file-nr` is three numbers: open, free (0 since Linux 2.6), the most.
fn machine_files(root: &HostRoot) -> Option<Allowance> {
    let used = first_number(&root.read("/proc/sys/fs/file-nr")?)?;
    let limit = setting(root, "fs/file-max")?;
    // Systems without a limit have the largest number there is.
    let allowed = limit.allowed.filter(|most| *most < 1 << 62);
    Some(Allowance { used, allowed, ..limit })
}

/// The fourth field of the load is `running/all`: threads, those of the kernel too.
fn machine_threads(root: &HostRoot) -> Option<Allowance> {
    let load = root.read("/proc/loadavg")?;
    let (_, all) = load.split_ascii_whitespace().nth(3)?.split_once('/')?;
    Some(Allowance { used: all.parse().ok()?, ..setting(root, "kernel/threads-max")? })
}

/// A limit that is a setting of the kernel; nothing is used of it yet.
fn setting(root: &HostRoot, name: &str) -> Option<Allowance> {
    let source = format!("/proc/sys/{name}");
    let allowed = root.read(&source).as_deref().and_then(first_number);
    Some(Allowance { used: 0, allowed: Some(allowed?), source })
}

#[cfg(test)]
mod tests {
    use super::{super::root::Fixture, *};

    #[test]
    fn each_limit_is_read_with_its_use_and_its_place() {
        let tree = Fixture::new(
            "limits",
            &[
                ("/proc/loadavg", "0.20 0.18 0.12 3/1234 11206\n"),
                ("/proc/sys/kernel/threads-max", "192000\n"),
                ("/proc/sys/fs/file-nr", "9984\t0\t9223372036854775807\n"),
                ("/proc/sys/fs/file-max", "9223372036854775807\n"),
                ("/proc/sys/vm/max_map_count", "65530\n"),
                ("/proc/self/maps", "1-2 r--p 0 00:00 0\n2-3 r--p 0 00:00 0 /a\n"),
                ("/proc/self/status", "VmSize:\t     100 kB\n"),
                ("/proc/meminfo", "MemTotal: 4 kB\nMemAvailable: 1 kB\nSwapTotal: 0 kB\n"),
            ],
        );
        let limits = ProcessLimits::read(&tree.root());
        let read = |limit: &Option<Allowance>| limit.clone().map(|it| (it.used, it.allowed));
        assert_eq!(read(&limits.machine_threads), Some((1234, Some(192_000))));
        assert_eq!(read(&limits.machine_files), Some((9984, None)));
        assert_eq!(read(&limits.memory_maps), Some((2, Some(65_530))));
        assert_eq!(read(&limits.machine_memory), Some((3 * 1024, Some(4 * 1024))));
        assert_eq!(limits.machine_swap, None);
        assert_eq!(limits.address_space.unwrap().used, 100 * 1024);
        assert_eq!(limits.memory_maps.unwrap().source, "/proc/sys/vm/max_map_count");
    }

    #[test]
    fn what_cannot_be_read_is_not_there_and_this_process_has_limits() {
        let nothing = ProcessLimits::read(&HostRoot::at("/does/not/exist"));
        assert!(nothing.machine_threads.is_none() && nothing.memory_maps.is_none());
        let here = ProcessLimits::read(&HostRoot::default());
        assert!(here.memory_maps.is_some_and(|maps| maps.used > 5));
        assert!(here.files.is_some_and(|files| files.used > 2));
    }
}

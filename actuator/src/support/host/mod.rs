//! What the operating system says about this process and its machine.
//!
//! The only place that reads `/proc` and control groups, or names `sysinfo` or `rustix`. Everything that cannot be read is `None`
//! or left out: an unreadable entry never fails a caller.

mod cgroup;
#[cfg(all(feature = "stacks", target_os = "linux"))]
mod code_mapping;
mod disk;
mod files;
mod io;
mod limits;
mod machine;
mod mappings;
mod memory;
#[cfg(all(feature = "heap-profile", target_os = "linux"))]
mod memory_file;
mod monotonic;
mod mount;
mod pressure;
mod process;
#[cfg(test)]
mod property_tests;
mod regular_file;
mod root;
mod smaps;
mod system;
mod thread;
#[cfg(all(feature = "stacks", target_os = "linux"))]
mod thread_signals;

pub(crate) use cgroup::{Cgroup, CgroupCpu, CgroupLimits, CgroupMemory, CgroupPids};
#[cfg(all(feature = "stacks", target_os = "linux"))]
pub(crate) use code_mapping::CodeMapping;
pub(crate) use disk::disk_space;
pub(crate) use files::{max_files, open_files};
pub(crate) use io::ProcessIo;
pub(crate) use limits::{Allowance, ProcessLimits};
pub(crate) use machine::{MachineMemory, NetworkTraffic};
pub(crate) use mappings::{Mapping, Mappings};
pub(crate) use memory::{MemoryLimit, MemoryUse, nearest_memory_limit};
#[cfg(all(feature = "heap-profile", target_os = "linux"))]
pub(crate) use memory_file::MemoryFile;
pub(crate) use monotonic::monotonic_micros;
pub(crate) use mount::is_mount_point;
pub(crate) use pressure::{Averages, Pressure, Stall};
pub(crate) use process::{ProcessIdentity, ProcessUsage};
pub(crate) use regular_file::open_regular;
#[cfg(test)]
pub(crate) use root::Fixture;
pub(crate) use root::HostRoot;
pub(crate) use smaps::MemoryMap;
pub(crate) use system::SystemUsage;
pub(crate) use thread::{OsThread, OsThreadState, ThreadActivity, os_threads};
#[cfg(all(feature = "stacks", target_os = "linux"))]
pub(crate) use thread_signals::{ThreadSignals, thread_exists, thread_ids, thread_name};

/// The processors that this process may use, by affinity and cgroup quota; at least 1.
pub(crate) fn cpu_count() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// The kernel's clock ticks per second in `/proc` (`USER_HZ`), fixed for every architecture that
/// Rust's Linux targets have.
const TICKS_PER_SECOND: u32 = 100;

/// A duration from a number of clock ticks.
fn ticks(count: u64) -> std::time::Duration {
    let per_second = u64::from(TICKS_PER_SECOND);
    std::time::Duration::from_secs(count / per_second)
        + std::time::Duration::from_millis(count % per_second * 1_000 / per_second)
}

/// The name of the operating system: `Linux`.
pub(crate) fn os_name() -> Option<String> {
    let mut name = std::env::consts::OS.to_owned();
    name.get_mut(..1)?.make_ascii_uppercase();
    Some(name)
}

/// The version of its kernel, as Java's `os.version` gives it.
pub(crate) fn os_version() -> Option<String> {
    sysinfo::System::kernel_version().ok()
}

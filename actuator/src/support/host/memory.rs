//! Which limit of memory this process is nearest to.

use std::{cmp::Ordering, fs};

use super::{HostRoot, cgroup, process::bytes};

/// Memory in use, and the limit that it counts against, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MemoryUse {
    /// What counts against this limit.
    pub used: u64,
    /// The limit; never 0.
    pub limit: u64,
    /// Who sets it.
    pub source: MemoryLimit,
}

/// Who sets a limit of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MemoryLimit {
    /// The control group of the process, or one above it, as containers have it. All processes of
    /// the group count, without file pages that the kernel can drop: at the limit it kills.
    Cgroup,
    /// `RLIMIT_AS`. The address space of the process counts: at the limit allocations fail.
    AddressSpace,
    /// The memory of the machine. The resident memory of the process counts.
    Physical,
}

/// The limit of which the greatest share is used; `None` where the system does not tell.
pub(crate) fn nearest_memory_limit() -> Option<MemoryUse> {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let machine = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let of_process = [
        (bytes(&status, "VmSize"), address_space_limit(), MemoryLimit::AddressSpace),
        (bytes(&status, "VmRSS"), bytes(&machine, "MemTotal"), MemoryLimit::Physical),
    ];
    let of_process = of_process
        .into_iter()
        .filter_map(|(used, limit, source)| Some(MemoryUse { used: used?, limit: limit?, source }));
    let of_groups = cgroup::memory_limits(&HostRoot::default());
    let of_groups = of_groups.into_iter().filter_map(|group| {
        let (used, limit) = (group.working_set, group.limit?);
        Some(MemoryUse { used, limit, source: MemoryLimit::Cgroup })
    });
    nearest(of_groups.chain(of_process))
}

/// The first of those with the greatest share.
fn nearest(uses: impl Iterator<Item = MemoryUse>) -> Option<MemoryUse> {
    uses.filter(|memory| memory.limit > 0).reduce(|nearest, other| {
        if share(&other, &nearest) == Ordering::Greater { other } else { nearest }
    })
}

/// Compares `used / limit` without dividing.
fn share(one: &MemoryUse, other: &MemoryUse) -> Ordering {
    let product = |a: u64, b: u64| u128::from(a) * u128::from(b);
    product(one.used, other.limit).cmp(&product(other.used, one.limit))
}

#[cfg(unix)]
fn address_space_limit() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::As).current
}

#[cfg(not(unix))]
fn address_space_limit() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_of_which_most_is_used_is_the_nearest() {
        let of = |used, limit, source| MemoryUse { used, limit, source };
        let machine = of(100, 1_000, MemoryLimit::Physical);
        let container = of(150, 200, MemoryLimit::Cgroup);
        let broken = of(5, 0, MemoryLimit::AddressSpace);
        assert_eq!(nearest([broken, machine, container].into_iter()), Some(container));
        assert_eq!(nearest([container, machine].into_iter()), Some(container));
        assert_eq!(nearest([broken].into_iter()), None);
    }

    #[test]
    fn this_process_is_below_some_limit() {
        let memory = nearest_memory_limit().unwrap();
        assert!(memory.used > 0 && memory.used < memory.limit, "{memory:?}");
    }
}

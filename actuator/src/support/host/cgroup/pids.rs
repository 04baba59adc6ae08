//! The processes and threads of a control group.

use std::path::PathBuf;

use super::{super::HostRoot, levels::Levels};

/// How many processes and threads a control group has and may have. The files are called the same
/// in both versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CgroupPids {
    /// How many there are.
    pub current: u64,
    /// How many there may be; `None` for no limit.
    pub limit: Option<u64>,
}

/// The group with the lowest limit; where there is none, the own group.
pub(super) fn read(root: &HostRoot, levels: &Levels) -> Option<CgroupPids> {
    find(root, levels).map(|(group, _)| group)
}

/// The same, and the file of its limit.
pub(super) fn find(root: &HostRoot, levels: &Levels) -> Option<(CgroupPids, PathBuf)> {
    let levels = levels.of_controller("pids");
    let all: Vec<_> = levels
        .iter()
        .filter_map(|level| {
            let current = level.number(root, "pids.current")?;
            let group = CgroupPids { current, limit: level.number(root, "pids.max") };
            Some((group, level.folder.join("pids.max")))
        })
        .collect();
    let limited = all.iter().filter(|(group, _)| group.limit.is_some());
    limited.min_by_key(|(group, _)| group.limit).or_else(|| all.first()).cloned()
}

#[cfg(test)]
mod tests {
    use super::{super::super::root::Fixture, *};
    use crate::support::host::Cgroup;

    #[test]
    fn the_lowest_limit_counts_and_max_is_none() {
        let tree = Fixture::new(
            "cgroup-pids",
            &[
                ("/proc/self/cgroup", "0::/pod/app\n"),
                ("/proc/self/mountinfo", "3 1 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"),
                ("/sys/fs/cgroup/pod/pids.current", "30\n"),
                ("/sys/fs/cgroup/pod/pids.max", "100\n"),
                ("/sys/fs/cgroup/pod/app/pids.current", "12\n"),
                ("/sys/fs/cgroup/pod/app/pids.max", "max\n"),
            ],
        );
        let pids = |tree: &Fixture| Cgroup::read(&tree.root()).pids;
        assert_eq!(pids(&tree), Some(CgroupPids { current: 30, limit: Some(100) }));
        tree.write("/sys/fs/cgroup/pod/pids.max", "max\n");
        assert_eq!(pids(&tree), Some(CgroupPids { current: 12, limit: None }));
    }
}

//! The memory of a control group.

use std::path::PathBuf;

use super::{
    super::HostRoot,
    levels::{Level, Levels, Version, keyed},
};

/// What a control group may use of memory, and what it does use, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CgroupMemory {
    /// What counts against the limit.
    pub usage: u64,
    /// The same without inactive file pages, which the kernel takes back before it kills.
    pub working_set: u64,
    /// The limit at which the kernel kills; `None` for none.
    pub limit: Option<u64>,
    /// The most that was ever in use.
    pub peak: Option<u64>,
    /// How many processes of the group the kernel has killed for want of memory.
    pub oom_kills: Option<u64>,
}

/// How a version of control groups calls its files.
#[derive(Debug)]
struct Files {
    usage: &'static str,
    limit: &'static str,
    peak: &'static str,
    /// Where `oom_kill` is counted.
    events: &'static str,
    /// The key in `memory.stat`, of the group and all below it.
    inactive_file: &'static str,
}

const V1: Files = Files {
    usage: "memory.usage_in_bytes",
    limit: "memory.limit_in_bytes",
    peak: "memory.max_usage_in_bytes",
    events: "memory.oom_control",
    inactive_file: "total_inactive_file",
};
const V2: Files = Files {
    usage: "memory.current",
    limit: "memory.max",
    peak: "memory.peak",
    events: "memory.events",
    inactive_file: "inactive_file",
};

/// The group with the lowest limit; where there is none, the own group.
pub(super) fn read(root: &HostRoot, levels: &Levels) -> Option<CgroupMemory> {
    find(root, levels).map(|(group, _)| group)
}

/// The same, and the file of its limit.
pub(super) fn find(root: &HostRoot, levels: &Levels) -> Option<(CgroupMemory, PathBuf)> {
    let mut all = all(root, levels);
    let limited = all.iter().enumerate().filter(|(_, (group, _))| group.limit.is_some());
    let tightest = limited.min_by_key(|(_, (group, _))| group.limit).map_or(0, |(at, _)| at);
    (tightest < all.len()).then(|| all.swap_remove(tightest))
}

/// All groups that have a limit.
pub(super) fn limits(root: &HostRoot, levels: &Levels) -> Vec<CgroupMemory> {
    let all = all(root, levels).into_iter().map(|(group, _)| group);
    all.filter(|group| group.limit.is_some()).collect()
}

/// The swap space of the group with the lowest limit of it, or of the own group; what is used, the
/// limit, and its file. Only version 2 keeps it apart from memory.
pub(super) fn swap(root: &HostRoot, levels: &Levels) -> Option<(u64, Option<u64>, PathBuf)> {
    let levels = levels.of_controller("memory");
    let all: Vec<_> = levels
        .iter()
        .filter(|level| level.version == Version::V2)
        .filter_map(|level| {
            let used = level.number(root, "memory.swap.current")?;
            let limit = level.number(root, "memory.swap.max");
            Some((used, limit, level.folder.join("memory.swap.max")))
        })
        .collect();
    let limited = all.iter().filter(|(_, limit, _)| limit.is_some());
    limited.min_by_key(|(_, limit, _)| *limit).or_else(|| all.first()).cloned()
}

fn all(root: &HostRoot, levels: &Levels) -> Vec<(CgroupMemory, PathBuf)> {
    let levels = levels.of_controller("memory");
    let read = |level| {
        let files = files(level);
        Some((read_level(root, level, files)?, level.folder.join(files.limit)))
    };
    levels.iter().filter_map(read).collect()
}

fn files(level: &Level) -> &'static Files {
    match level.version {
        Version::V1 => &V1,
        Version::V2 => &V2,
    }
}

fn read_level(root: &HostRoot, level: &Level, files: &Files) -> Option<CgroupMemory> {
    let usage = level.number(root, files.usage)?;
    // Version 2 has the word `max` for no limit, version 1 the largest number of whole pages.
    let limit = level.number(root, files.limit).filter(|limit| (1..1 << 62).contains(limit));
    let inactive = level.text(root, "memory.stat").and_then(|s| keyed(&s, files.inactive_file));
    Some(CgroupMemory {
        usage,
        working_set: usage.saturating_sub(inactive.unwrap_or(0)),
        limit,
        peak: level.number(root, files.peak),
        oom_kills: level.text(root, files.events).and_then(|text| keyed(&text, "oom_kill")),
    })
}

#[cfg(test)]
mod tests {
    use super::{
        super::super::{mount::Mount, root::Fixture},
        *,
    };

    fn mount(root: &str, kind: &str, options: &str) -> Mount {
        Mount {
            root: root.into(),
            point: "/cg".into(),
            kind: kind.to_owned(),
            options: options.to_owned(),
        }
    }

    fn limits_of(tree: &Fixture, groups: &str, mount: Mount) -> Vec<(u64, u64)> {
        let found = limits(&tree.root(), &Levels::of(groups, vec![mount]));
        found.iter().map(|group| (group.working_set, group.limit.unwrap())).collect()
    }

    #[test]
    fn version_2_gives_the_working_set_of_each_level_that_has_a_limit() {
        let tree = Fixture::new(
            "cgroup2",
            &[
                ("/cg/pod/memory.max", "1000\n"),
                ("/cg/pod/memory.current", "700\n"),
                ("/cg/pod/memory.stat", "anon 400\nfile 300\ninactive_file 200\n"),
                ("/cg/pod/app/memory.max", "max\n"),
                ("/cg/pod/app/memory.current", "600\n"),
                ("/cg/pod/app/worker/memory.max", "500\n"),
                ("/cg/pod/app/worker/memory.current", "100\n"),
                ("/cg/pod/app/worker/memory.peak", "450\n"),
                ("/cg/pod/app/worker/memory.stat", "slab 3\n"),
                ("/cg/pod/app/worker/memory.events", "low 0\noom 3\noom_kill 2\n"),
            ],
        );
        let all = mount("/", "cgroup2", "rw");
        assert_eq!(
            limits_of(&tree, "0::/pod/app/worker\n", all.clone()),
            [(100, 500), (500, 1000)]
        );
        let tightest = read(&tree.root(), &Levels::of("0::/pod/app/worker\n", vec![all.clone()]));
        let expected = CgroupMemory {
            usage: 100,
            working_set: 100,
            limit: Some(500),
            peak: Some(450),
            oom_kills: Some(2),
        };
        assert_eq!(tightest, Some(expected));
        let of_pod = read(&tree.root(), &Levels::of("0::/pod/app\n", vec![all])).unwrap();
        assert_eq!((of_pod.usage, of_pod.limit, of_pod.peak), (700, Some(1000), None));
    }

    #[test]
    fn version_1_is_read_where_a_container_mounts_its_own_part() {
        let tree = Fixture::new(
            "cgroup1",
            &[
                ("/cg/memory.limit_in_bytes", "4096\n"),
                ("/cg/memory.usage_in_bytes", "2000\n"),
                ("/cg/memory.max_usage_in_bytes", "3000\n"),
                ("/cg/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n"),
                ("/cg/memory.stat", "inactive_file 1\ntotal_inactive_file 500\n"),
            ],
        );
        let groups = "5:cpu,cpuacct:/docker/7\n4:memory:/docker/7\n0::/\n";
        for root in ["/docker/7", "/docker/8"] {
            let own = mount(root, "cgroup", "rw,memory");
            assert_eq!(limits_of(&tree, groups, own.clone()), [(1500, 4096)]);
            let memory = read(&tree.root(), &Levels::of(groups, vec![own])).unwrap();
            assert_eq!((memory.peak, memory.oom_kills), (Some(3000), Some(1)));
        }
        assert_eq!(limits_of(&tree, groups, mount("/docker/7", "cgroup", "rw,cpu")), []);
    }

    #[test]
    fn a_group_outside_of_what_is_seen_is_not_looked_for() {
        let files = [("/cg/memory.max", "9\n"), ("/cg/memory.current", "3\n")];
        let tree = Fixture::new("cgroup-ns", &files);
        let all = mount("/", "cgroup2", "rw");
        assert_eq!(limits_of(&tree, "0::/../../other", all.clone()), [(3, 9)]);
        assert_eq!(limits_of(&tree, "garbage\n\n7:x", all), []);
    }

    #[test]
    fn no_limit_is_no_limit_in_either_version_and_the_use_is_known_all_the_same() {
        for (kind, groups, files) in [
            ("cgroup2", "0::/", [("/cg/memory.max", "max"), ("/cg/memory.current", "5")]),
            (
                "cgroup",
                "1:memory:/",
                [
                    ("/cg/memory.limit_in_bytes", "9223372036854771712"),
                    ("/cg/memory.usage_in_bytes", "5"),
                ],
            ),
        ] {
            let tree = Fixture::new(&format!("{kind}-none"), &files);
            let all = mount("/", kind, "memory");
            assert_eq!(limits_of(&tree, groups, all.clone()), [], "{kind}");
            let memory = read(&tree.root(), &Levels::of(groups, vec![all])).unwrap();
            assert_eq!((memory.usage, memory.limit), (5, None), "{kind}");
        }
    }
}

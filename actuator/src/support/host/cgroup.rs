//! The memory limits of the control groups that hold this process: version 2, and the older 1.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::mount::{self, Mount};

/// What a control group may use of memory, and what it does use, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CgroupMemory {
    /// What counts against the limit and cannot be dropped at will: without inactive file pages,
    /// which the kernel takes back before it kills.
    pub used: u64,
    /// The limit at which the kernel kills.
    pub limit: u64,
}

/// How a version of control groups calls its files.
#[derive(Debug, PartialEq, Eq)]
struct Files {
    usage: &'static str,
    limit: &'static str,
    /// The key in `memory.stat`, of the group and all below it.
    inactive_file: &'static str,
}

const V1: Files = Files {
    usage: "memory.usage_in_bytes",
    limit: "memory.limit_in_bytes",
    inactive_file: "total_inactive_file",
};
const V2: Files =
    Files { usage: "memory.current", limit: "memory.max", inactive_file: "inactive_file" };

/// The group of this process and those above it, as far as they can be seen and have a limit.
pub(super) fn memory() -> Vec<CgroupMemory> {
    let Ok(groups) = fs::read_to_string("/proc/self/cgroup") else { return Vec::new() };
    memory_in(&groups, &mount::mounts().unwrap_or_default())
}

fn memory_in(groups: &str, mounts: &[Mount]) -> Vec<CgroupMemory> {
    mounts
        .iter()
        .filter_map(|mount| {
            let (files, group) = match mount.kind.as_str() {
                "cgroup2" => (&V2, group(groups, str::is_empty)?),
                "cgroup" if has(&mount.options, "memory") => {
                    (&V1, group(groups, |controllers| has(controllers, "memory"))?)
                }
                _ => return None,
            };
            Some((files, folder(mount, Path::new(group)), &mount.point))
        })
        .flat_map(|(files, folder, top)| {
            let levels: Vec<_> = folder
                .ancestors()
                .take_while(|level| level.starts_with(top))
                .filter_map(|level| read(level, files))
                .collect();
            levels
        })
        .collect()
}

/// The path of the group whose controllers are wanted, in lines such as `4:memory:/docker/7`; in
/// version 2 there is one line, without controllers.
fn group(groups: &str, is_wanted: impl Fn(&str) -> bool) -> Option<&str> {
    groups.lines().find_map(|line| {
        let mut fields = line.splitn(3, ':').skip(1);
        is_wanted(fields.next()?).then(|| fields.next())?
    })
}

/// Where the group is seen. In a container often a part of the tree is mounted, whose root is the
/// container's group; what lies outside of it cannot be seen.
fn folder(mount: &Mount, group: &Path) -> PathBuf {
    match group.strip_prefix(&mount.root) {
        Ok(below) if !group.components().any(|part| part.as_os_str() == "..") => {
            mount.point.join(below)
        }
        _ => mount.point.clone(),
    }
}

/// A limit of one group; `None` where it has none.
fn read(folder: &Path, files: &Files) -> Option<CgroupMemory> {
    let number = |file: &str| -> Option<u64> {
        fs::read_to_string(folder.join(file)).ok()?.trim().parse().ok()
    };
    // Version 2 has the word `max` for no limit, version 1 the largest number of whole pages.
    let limit = number(files.limit).filter(|limit| (1..1 << 62).contains(limit))?;
    let usage = number(files.usage)?;
    let stat = fs::read_to_string(folder.join("memory.stat")).unwrap_or_default();
    let inactive = stat
        .lines()
        .find_map(|line| line.strip_prefix(files.inactive_file)?.strip_prefix(' ')?.parse().ok());
    Some(CgroupMemory { used: usage.saturating_sub(inactive.unwrap_or(0)), limit })
}

fn has(list: &str, wanted: &str) -> bool {
    list.split(',').any(|item| item == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of files, removed at its end.
    struct Tree(PathBuf);

    impl Tree {
        fn new(name: &str, files: &[(&str, &str)]) -> Self {
            let root = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
            for (file, content) in files {
                let path = root.join(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, content).unwrap();
            }
            Self(root)
        }

        fn mount(&self, root: &str, kind: &str, options: &str) -> Mount {
            Mount {
                root: root.into(),
                point: self.0.clone(),
                kind: kind.to_owned(),
                options: options.to_owned(),
            }
        }
    }

    impl Drop for Tree {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn version_2_gives_the_working_set_of_each_level_that_has_a_limit() {
        let tree = Tree::new(
            "cgroup2",
            &[
                ("pod/memory.max", "1000\n"),
                ("pod/memory.current", "700\n"),
                ("pod/memory.stat", "anon 400\nfile 300\ninactive_file 200\n"),
                ("pod/app/memory.max", "max\n"),
                ("pod/app/memory.current", "600\n"),
                ("pod/app/worker/memory.max", "500\n"),
                ("pod/app/worker/memory.current", "100\n"),
                ("pod/app/worker/memory.stat", "slab 3\n"),
            ],
        );
        let found = memory_in("0::/pod/app/worker\n", &[tree.mount("/", "cgroup2", "rw")]);
        assert_eq!(
            found,
            [CgroupMemory { used: 100, limit: 500 }, CgroupMemory { used: 500, limit: 1000 }]
        );
    }

    #[test]
    fn version_1_is_read_where_a_container_mounts_its_own_part() {
        let tree = Tree::new(
            "cgroup1",
            &[
                ("memory.limit_in_bytes", "4096\n"),
                ("memory.usage_in_bytes", "2000\n"),
                ("memory.stat", "inactive_file 1\ntotal_inactive_file 500\n"),
            ],
        );
        let groups = "5:cpu,cpuacct:/docker/7\n4:memory:/docker/7\n0::/\n";
        let expected = [CgroupMemory { used: 1500, limit: 4096 }];
        for root in ["/docker/7", "/docker/8"] {
            assert_eq!(memory_in(groups, &[tree.mount(root, "cgroup", "rw,memory")]), expected);
        }
        assert_eq!(memory_in(groups, &[tree.mount("/docker/7", "cgroup", "rw,cpu")]), []);
    }

    #[test]
    fn a_group_outside_of_what_is_seen_is_not_looked_for() {
        let tree = Tree::new("cgroup-ns", &[("memory.max", "9\n"), ("memory.current", "3\n")]);
        let mounts = [tree.mount("/", "cgroup2", "rw")];
        let expected = [CgroupMemory { used: 3, limit: 9 }];
        assert_eq!(memory_in("0::/../../other", &mounts), expected);
        assert_eq!(memory_in("garbage\n\n7:x", &mounts), []);
    }

    #[test]
    fn no_limit_is_no_limit_in_either_version() {
        for (kind, groups, files) in [
            ("cgroup2", "0::/", [("memory.max", "max"), ("memory.current", "5")]),
            (
                "cgroup",
                "1:memory:/",
                [("memory.limit_in_bytes", "9223372036854771712"), ("memory.usage_in_bytes", "5")],
            ),
        ] {
            let tree = Tree::new(&format!("{kind}-none"), &files);
            assert_eq!(memory_in(groups, &[tree.mount("/", kind, "memory")]), [], "{kind}");
        }
    }
}

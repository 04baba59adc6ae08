//! Where the files of the control groups of this process are.

use std::path::{Path, PathBuf};

use super::super::{
    HostRoot,
    mount::{self, Mount},
};

/// The versions differ in the names of their files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// One tree for each controller.
    V1,
    /// One tree for all.
    V2,
}

/// The folder of one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Level {
    pub(super) version: Version,
    pub(super) folder: PathBuf,
}

impl Level {
    /// One of its files as text, without the white space around it.
    pub(super) fn text(&self, root: &HostRoot, file: &str) -> Option<String> {
        root.read(self.folder.join(file)).map(|text| text.trim().to_owned())
    }

    /// One of its files as a number; the word `max`, which is no limit, is none.
    pub(super) fn number(&self, root: &HostRoot, file: &str) -> Option<u64> {
        self.text(root, file)?.parse().ok()
    }
}

/// The value of a key in files such as `memory.stat`: `key 123` on a line of its own.
pub(super) fn keyed(text: &str, key: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' ')?.trim().parse().ok())
}

/// The groups of this process, and what is mounted of them.
#[derive(Debug)]
pub(super) struct Levels {
    groups: String,
    mounts: Vec<Mount>,
}

impl Levels {
    /// Asks for both.
    pub(super) fn find(root: &HostRoot) -> Self {
        Self {
            groups: root.read("/proc/self/cgroup").unwrap_or_default(),
            mounts: mount::mounts(root).unwrap_or_default(),
        }
    }

    #[cfg(test)]
    pub(super) fn of(groups: &str, mounts: Vec<Mount>) -> Self {
        Self { groups: groups.to_owned(), mounts }
    }

    /// The group of this process under a controller, then those above it, as far as they are seen.
    pub(super) fn of_controller(&self, controller: &str) -> Vec<Level> {
        self.mounts
            .iter()
            .filter_map(|mount| {
                let (version, group) = match mount.kind.as_str() {
                    "cgroup2" => (Version::V2, group(&self.groups, str::is_empty)?),
                    "cgroup" if has(&mount.options, controller) => {
                        (Version::V1, group(&self.groups, |list| has(list, controller))?)
                    }
                    _ => return None,
                };
                Some((version, folder(mount, Path::new(group)), &mount.point))
            })
            .flat_map(|(version, folder, top)| {
                let folders = folder.ancestors().take_while(|level| level.starts_with(top));
                let folders: Vec<_> = folders.map(Path::to_owned).collect();
                folders.into_iter().map(move |folder| Level { version, folder })
            })
            .collect()
    }

    /// The group of this process in the tree of version 2, if it is mounted.
    pub(super) fn own_of_version_2(&self) -> Option<PathBuf> {
        let mount = self.mounts.iter().find(|mount| mount.kind == "cgroup2")?;
        Some(folder(mount, Path::new(group(&self.groups, str::is_empty)?)))
    }
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

fn has(list: &str, wanted: &str) -> bool {
    list.split(',').any(|item| item == wanted)
}

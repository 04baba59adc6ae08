//! How much room the file system of a path has.

use std::path::Path;

use sysinfo::{DiskRefreshKind, Disks};

/// The size of a file system, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DiskSpace {
    /// All of it.
    pub total: u64,
    /// What this user may still write.
    pub usable: u64,
}

/// The room on the file system that holds `path`; `None` when the path does not exist or its file
/// system is of a kind that is not asked (network mounts, because they may hang).
pub(crate) fn disk_space(path: &Path) -> Option<DiskSpace> {
    let path = path.canonicalize().ok()?;
    // The list alone asks no file system for its size; only the one that matters is asked.
    let mut disks = Disks::new_with_refreshed_list_specifics(DiskRefreshKind::nothing()).ok()?;
    let disk = disks
        .iter_mut()
        .filter(|disk| {
            path.starts_with(disk.mount_point()) && same_device(disk.mount_point(), &path)
        })
        .max_by_key(|disk| disk.mount_point().as_os_str().len())?;
    disk.refresh_specifics(DiskRefreshKind::nothing().with_storage());
    let space = DiskSpace { total: disk.total_space(), usable: disk.available_space() };
    (space.total > 0).then_some(space)
}

/// Whether the mount point listed is the one that really holds the path: an unlisted mount below
/// it would otherwise be reported with the numbers of its parent.
#[cfg(unix)]
fn same_device(mount_point: &Path, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (mount_point.metadata(), path.metadata()) {
        (Ok(mount), Ok(path)) => mount.dev() == path.dev(),
        _ => false,
    }
}

#[cfg(not(unix))]
fn same_device(_: &Path, _: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_working_folder_has_a_size() {
        let space = disk_space(Path::new(".")).unwrap();
        assert!(space.usable <= space.total && space.total > 0);
    }

    #[test]
    fn a_path_that_does_not_exist_has_no_size() {
        assert_eq!(disk_space(Path::new("/does/not/exist")), None);
    }
}

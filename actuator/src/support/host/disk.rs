//! How much room the file system of a path has.

use std::path::Path;

/// The size of a file system, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DiskSpace {
    /// All of it.
    pub total: u64,
    /// What this user may still write.
    pub usable: u64,
}

/// The room on the file system that holds `path`; `None` when the path cannot be reached or has
/// no size, as `/proc`. Blocks for as long as that file system takes (a network mount whose server
/// is gone: for ever), but asks no other one.
#[cfg(unix)]
pub(crate) fn disk_space(path: &Path) -> Option<DiskSpace> {
    let stat = rustix::fs::statvfs(path).ok()?;
    let bytes = |blocks: u64| blocks.saturating_mul(stat.f_frsize);
    let space = DiskSpace { total: bytes(stat.f_blocks), usable: bytes(stat.f_bavail) };
    (space.total > 0).then_some(space)
}

/// The room on the disk that holds `path`.
#[cfg(not(unix))]
pub(crate) fn disk_space(path: &Path) -> Option<DiskSpace> {
    use sysinfo::{DiskRefreshKind, Disks};
    let path = path.canonicalize().ok()?;
    let mut disks = Disks::new_with_refreshed_list_specifics(DiskRefreshKind::nothing()).ok()?;
    let disk = disks
        .iter_mut()
        .filter(|disk| path.starts_with(disk.mount_point()))
        .max_by_key(|disk| disk.mount_point().as_os_str().len())?;
    disk.refresh_specifics(DiskRefreshKind::nothing().with_storage());
    let space = DiskSpace { total: disk.total_space(), usable: disk.available_space() };
    (space.total > 0).then_some(space)
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
    fn what_does_not_exist_or_is_no_disk_has_no_size() {
        assert_eq!(disk_space(Path::new("/does/not/exist")), None);
        assert_eq!(disk_space(Path::new("/proc")), None);
    }
}

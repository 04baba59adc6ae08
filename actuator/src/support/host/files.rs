//! The open file descriptors of this process, and how many there may be.

use std::{fs, io};

use super::HostRoot;

/// How many file descriptors are open; `None` where the system does not tell. At most some
/// microseconds where the kernel counts (Linux 6.2 and newer), else as long as it takes to list
/// them: milliseconds for tens of thousands.
pub(crate) fn open_files() -> Option<u64> {
    open_files_in(&HostRoot::default())
}

/// The same, of the process that this root tells of.
pub(super) fn open_files_in(root: &HostRoot) -> Option<u64> {
    let folder = root.place("/proc/self/fd");
    // Takes no descriptor itself, so it also answers when none is left. Older kernels say 0.
    let counted = fs::metadata(&folder).ok()?.len();
    if counted > 0 {
        return Some(counted);
    }
    listed(fs::read_dir(folder).map(Iterator::count), max_files())
}

/// How many may be open: the soft limit. `None` also when there is none.
#[cfg(unix)]
pub(crate) fn max_files() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current
}

/// Not known on this system.
#[cfg(not(unix))]
pub(crate) fn max_files() -> Option<u64> {
    None
}

/// The number of entries without that of the listing itself; if there was no descriptor left for
/// it, all of them are in use.
fn listed(entries: io::Result<usize>, max: Option<u64>) -> Option<u64> {
    /// `EMFILE`: the same number on all systems that have it.
    const NONE_LEFT: i32 = 24;
    match entries {
        Ok(count) => u64::try_from(count.saturating_sub(1)).ok(),
        Err(error) if error.raw_os_error() == Some(NONE_LEFT) => max,
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_open_are_counted() {
        let files: Vec<_> =
            (0..50).map(|_| fs::File::open(env!("CARGO_MANIFEST_DIR")).unwrap()).collect();
        let open = open_files().unwrap();
        assert!(open >= 50 && open <= max_files().unwrap(), "{open}");
        drop(files);
    }

    #[test]
    fn where_no_descriptor_is_left_to_count_with_all_are_open() {
        assert_eq!(listed(Ok(4), Some(9)), Some(3));
        assert_eq!(listed(Err(io::Error::from_raw_os_error(24)), Some(9)), Some(9));
        assert_eq!(listed(Err(io::ErrorKind::NotFound.into()), Some(9)), None);
    }
}

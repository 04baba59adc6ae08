//! Opening files to append to, and telling whether a name still means the file that is open.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::Path,
    thread,
    time::{Duration, Instant},
};

/// How long a lock is waited for. Holders keep it for a few microseconds, unless they are stopped.
const PATIENCE: Duration = Duration::from_millis(100);

/// Opens a file to append to, and creates it and its folders if they are missing. A new one can be
/// read by its group and by nobody else.
pub(super) fn append_to(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    private(OpenOptions::new().create(true).append(true)).open(path)
}

/// Creates a file that was not there.
pub(super) fn create_new(path: &Path) -> io::Result<File> {
    private(OpenOptions::new().create_new(true).write(true)).open(path)
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o640)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Whether the file of this name is the one that is open.
#[cfg(unix)]
pub(super) fn is_same(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(open), Ok(named)) => (open.dev(), open.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

// Elsewhere a file that is open cannot be moved away; at worst it was removed.
#[cfg(not(unix))]
pub(super) fn is_same(_: &File, path: &Path) -> bool {
    path.exists()
}

/// A lock on a file among the processes that write it, given back when it is dropped.
pub(super) struct Lock<'f>(&'f File);

impl<'f> Lock<'f> {
    /// Shared by all that append; `None` if somebody keeps the file for too long.
    pub(super) fn shared(file: &'f File) -> Option<Self> {
        take(|| file.try_lock_shared()).then_some(Self(file))
    }

    /// For the one that takes the file away from its name; `None` if others keep it for too long.
    pub(super) fn exclusive(file: &'f File) -> Option<Self> {
        take(|| file.try_lock()).then_some(Self(file))
    }

    /// As [`Self::exclusive`], without waiting.
    pub(super) fn exclusive_now(file: &'f File) -> Option<Self> {
        is_taken(&file.try_lock()).then_some(Self(file))
    }
}

impl Drop for Lock<'_> {
    fn drop(&mut self) {
        // It ends with the file at the latest.
        let _ = self.0.unlock();
    }
}

fn take(attempt: impl Fn() -> Result<(), TryLockError>) -> bool {
    let end = Instant::now() + PATIENCE;
    loop {
        if is_taken(&attempt()) {
            return true;
        }
        if Instant::now() >= end {
            return false;
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// A file system without locks is one that nobody shares.
fn is_taken(attempt: &Result<(), TryLockError>) -> bool {
    !matches!(attempt, Err(TryLockError::WouldBlock))
}

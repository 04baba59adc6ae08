//! Opening files to append to, and telling whether a name still means the file that is open.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::Path,
    thread,
    time::{Duration, Instant},
};

/// How long a lock is waited for. Holders keep that of the log file for a few microseconds, unless
/// the machine is very busy or they are stopped.
const WAIT: Duration = Duration::from_millis(500);
/// How long nobody waits again after that was in vain.
const PAUSE: Duration = Duration::from_mins(1);

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

/// Whether a file that is open has no name left: what is written to it is lost.
#[cfg(unix)]
pub(super) fn is_removed(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    file.metadata().is_ok_and(|metadata| metadata.nlink() == 0)
}

// Elsewhere a file that is open keeps its name.
#[cfg(not(unix))]
pub(super) fn is_removed(_: &File) -> bool {
    false
}

/// A lock on a file among the processes that write it, given back when it is dropped.
pub(super) struct Lock<'f>(&'f File);

impl<'f> Lock<'f> {
    /// Shared by all that append to the file of this name; `None` if somebody keeps it for too
    /// long, or if it is busy and has lost the name: archives are kept while they are compressed.
    pub(super) fn shared(file: &'f File, path: &Path, patience: &mut Patience) -> Option<Self> {
        let is_taken = patience.take(|| file.try_lock_shared(), || is_same(file, path));
        is_taken.then_some(Self(file))
    }

    /// For the one that takes the file away from its name; `None` as with [`Self::shared`].
    pub(super) fn exclusive(file: &'f File, path: &Path, patience: &mut Patience) -> Option<Self> {
        let is_taken = patience.take(|| file.try_lock(), || is_same(file, path));
        is_taken.then_some(Self(file))
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

/// How long is waited for others: not at all for some time after they let one down.
#[derive(Debug, Default)]
pub(super) struct Patience {
    lost_until: Option<Instant>,
}

impl Patience {
    /// Tries it until it is taken, while that is wanted.
    fn take(
        &mut self,
        attempt: impl Fn() -> Result<(), TryLockError>,
        is_wanted: impl Fn() -> bool,
    ) -> bool {
        let begin = Instant::now();
        let is_lost = self.lost_until.is_some_and(|until| begin < until);
        loop {
            if is_taken(&attempt()) {
                self.lost_until = None;
                return true;
            }
            if is_lost || !is_wanted() {
                return false;
            }
            if begin.elapsed() >= WAIT {
                self.lost_until = Some(Instant::now() + PAUSE);
                return false;
            }
            thread::sleep(Duration::from_millis(1));
        }
    }
}

/// A file system without locks is one that nobody shares.
fn is_taken(attempt: &Result<(), TryLockError>) -> bool {
    !matches!(attempt, Err(TryLockError::WouldBlock))
}

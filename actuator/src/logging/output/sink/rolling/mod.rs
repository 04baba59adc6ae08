//! Rolling the log file: when it becomes an archive, how that is named, compressed, and removed.
//!
//! Several processes may append to one file. They share a lock on it while they write, and look
//! under the lock whether the file still has its name; who rolls it has the lock alone, so that
//! nothing is written to an archive any more.

mod archive;
#[cfg(feature = "compression")]
mod gzip;
#[cfg(not(feature = "compression"))]
#[path = "no_gzip.rs"]
mod gzip;
mod housekeeping;
mod pattern;
mod period;
#[cfg(test)]
mod property_tests;
mod settings;

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use housekeeping::Housekeeper;
use pattern::Slot;

use super::opened::{self, Lock, Patience, is_same};

pub(crate) use archive::rolled;
pub(crate) use settings::RollingSettings;

/// How long the file grows on before it is tried again to roll it.
const PAUSE: Duration = Duration::from_mins(1);
/// How many numbers are tried for an archive while others take the same ones.
const NUMBERS: u32 = 1000;

/// Rolls one log file.
#[derive(Debug)]
pub(super) struct Roller {
    settings: Arc<RollingSettings>,
    housekeeper: Housekeeper,
    /// Until when it is not tried again.
    paused: Option<Instant>,
    patience: Patience,
    has_failed: bool,
}

impl Roller {
    /// One for the file of this path.
    pub(super) fn new(settings: RollingSettings, path: &Path) -> Self {
        let settings = Arc::new(settings);
        let housekeeper = Housekeeper::new(Arc::clone(&settings), path);
        Self {
            settings,
            housekeeper,
            patience: Patience::default(),
            paused: None,
            has_failed: false,
        }
    }

    /// The period of an instant.
    pub(super) fn period(&self, at: SystemTime) -> u64 {
        self.settings.pattern.unit().period(at)
    }

    /// The period of a file that was found: that in which it was written last.
    pub(super) fn period_of(&self, file: &File, now: SystemTime) -> u64 {
        let metadata = file.metadata().ok().filter(|metadata| metadata.len() > 0);
        self.period(metadata.and_then(|metadata| metadata.modified().ok()).unwrap_or(now))
    }

    /// How many bytes fit behind so many.
    pub(super) fn room(&self, size: u64) -> u64 {
        self.settings.max_file_size.saturating_sub(size)
    }

    /// Whether a file of this size and period has to be rolled before so many more bytes.
    pub(super) fn is_due(&self, size: u64, next: usize, period: u64, now: SystemTime) -> bool {
        let next = u64::try_from(next).unwrap_or(u64::MAX);
        let is_full = size.saturating_add(next) > self.settings.max_file_size;
        (is_full || self.period(now) > period)
            && self.paused.is_none_or(|until| Instant::now() >= until)
    }

    /// Makes an archive of the log file; `false` if the file stays what it is. That it cannot be
    /// done is told once.
    pub(super) fn roll(&mut self, file: &File, path: &Path, period: u64) -> bool {
        let lock = Lock::exclusive(file, path, &mut self.patience);
        if !is_same(file, path) {
            // Another process was faster.
            return true;
        }
        if lock.is_none() {
            // It grows on until they leave it for a moment.
            return false;
        }
        match self.move_away(path, period) {
            Ok(()) => {
                (self.paused, self.has_failed) = (None, false);
                self.housekeeper.wake();
                true
            }
            Err(error) => {
                self.paused = Some(Instant::now() + PAUSE);
                if !std::mem::replace(&mut self.has_failed, true) {
                    tracing::warn!(
                        target: "actuator::logging",
                        "the log file {} cannot be rolled and grows on: {error}",
                        path.display()
                    );
                }
                false
            }
        }
    }

    fn move_away(&self, path: &Path, period: u64) -> io::Result<()> {
        fs::create_dir_all(self.settings.pattern.folder())?;
        // A link stays, and leads to the new file.
        let path = fs::canonicalize(path)?;
        let archive = self.reserve(period)?;
        fs::rename(path, &archive).inspect_err(|_| {
            let _ = fs::remove_file(&archive);
        })
    }

    /// An empty file that is nobody else's, to be replaced by the archive.
    fn reserve(&self, period: u64) -> io::Result<PathBuf> {
        let pattern = &self.settings.pattern;
        let found = archive::rolled(pattern)?;
        let last = found.iter().filter(|found| found.slot.period == period);
        let first = last.map(|found| found.slot.index.saturating_add(1)).max().unwrap_or(0);
        for index in first..first.saturating_add(NUMBERS) {
            let path = pattern.path(Slot { period, index });
            match opened::create_new(&path) {
                // It may have been compressed while the folder was read.
                Ok(_) if archive::compressed(&path).exists() => fs::remove_file(&path)?,
                Ok(_) => return Ok(path),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }
}

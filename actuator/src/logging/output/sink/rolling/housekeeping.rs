//! What is done with archives away from the writer: compressing them, and removing old ones.

use std::{
    fs::{self, File},
    io::{self, Seek as _},
    path::{Path, PathBuf},
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::{Duration, SystemTime},
};

use super::{
    RollingSettings,
    archive::{self, Found, rolled},
    gzip,
};
use crate::logging::output::sink::opened::{self, Lock, is_same};

/// How soon archives are looked at again that another process still holds.
const AGAIN: Duration = Duration::from_secs(1);

/// The thread that keeps the archives of a log file in order. It ends with this value.
#[derive(Debug)]
pub(super) struct Housekeeper {
    settings: Arc<RollingSettings>,
    path: PathBuf,
    jobs: Option<SyncSender<Job>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Job {
    /// Compress what is not compressed.
    Compress,
    /// The same, and remove what is too old or too much.
    CompressAndClean,
}

impl Housekeeper {
    /// One for the archives of this log file. It has work at once if they are to be cleaned on
    /// start, or if an earlier process left some to compress.
    pub(super) fn new(settings: Arc<RollingSettings>, path: &Path) -> Self {
        let mut housekeeper = Self { settings, path: path.to_owned(), jobs: None };
        let settings = &housekeeper.settings;
        if settings.clean_on_start {
            housekeeper.give(Job::CompressAndClean);
        } else if settings.pattern.compresses()
            && rolled(&settings.pattern).is_ok_and(|found| found.iter().any(needs_compression))
        {
            housekeeper.give(Job::Compress);
        }
        housekeeper
    }

    /// There is one archive more.
    pub(super) fn wake(&mut self) {
        self.give(Job::CompressAndClean);
    }

    fn give(&mut self, job: Job) {
        let Some(jobs) = &self.jobs else { return self.start(job) };
        // Full: the work that waits will find this archive, too.
        if let Err(TrySendError::Disconnected(job)) = jobs.try_send(job) {
            self.start(job);
        }
    }

    fn start(&mut self, job: Job) {
        let (sender, jobs) = sync_channel(2);
        let settings = Arc::clone(&self.settings);
        let path = self.path.clone();
        let started = thread::Builder::new()
            .name("log-archives".to_owned())
            .spawn(move || Work { settings, path, has_failed: false }.run(&jobs));
        match started {
            Ok(_) => {
                let _ = sender.try_send(job);
                self.jobs = Some(sender);
            }
            Err(error) => tracing::warn!(
                target: "actuator::logging",
                "no thread to compress and clean the archives of {}: {error}", self.path.display()
            ),
        }
    }
}

struct Work {
    settings: Arc<RollingSettings>,
    path: PathBuf,
    has_failed: bool,
}

impl Work {
    fn run(mut self, jobs: &Receiver<Job>) {
        let mut next = jobs.recv().map_err(|_| RecvTimeoutError::Disconnected);
        loop {
            let job = match next {
                Ok(job) => job,
                Err(RecvTimeoutError::Timeout) => Job::CompressAndClean,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            let is_complete = self.tell(work(&self.settings, job, SystemTime::now()));
            next = if is_complete {
                jobs.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                jobs.recv_timeout(AGAIN)
            };
        }
    }

    /// A failure is told once, until it went well again.
    fn tell(&mut self, result: io::Result<bool>) -> bool {
        match result {
            Ok(is_complete) => {
                self.has_failed = false;
                is_complete
            }
            Err(error) => {
                if !std::mem::replace(&mut self.has_failed, true) {
                    tracing::warn!(
                        target: "actuator::logging",
                        "the archives of {} cannot be kept in order: {error}", self.path.display()
                    );
                }
                // It is tried again with the next archive.
                true
            }
        }
    }
}

/// Does a job; `false` if something of it is to be done later.
fn work(settings: &RollingSettings, job: Job, now: SystemTime) -> io::Result<bool> {
    // First what gives room, then what needs some.
    if job == Job::CompressAndClean {
        clean(settings, now)?;
    }
    let mut is_complete = true;
    if settings.pattern.compresses() {
        for found in rolled(&settings.pattern)?.iter().filter(|found| needs_compression(found)) {
            is_complete &= compress(&found.path)?;
        }
    }
    Ok(is_complete)
}

/// An empty one is the place that somebody keeps for an archive.
fn needs_compression(found: &Found) -> bool {
    !found.compressed && found.metadata.len() > 0
}

/// Removes the archives of periods that are too old, and then the oldest until the rest is small
/// enough.
fn clean(settings: &RollingSettings, now: SystemTime) -> io::Result<()> {
    let mut found = rolled(&settings.pattern)?;
    found.sort_by_key(|found| std::cmp::Reverse(found.slot));
    let current = settings.pattern.unit().period(now);
    let oldest = current.saturating_sub(settings.max_history.into());
    let mut total: u64 = 0;
    for found in found {
        total = total.saturating_add(found.metadata.len());
        let is_old = settings.max_history > 0 && found.slot.period < oldest;
        let is_too_much = settings.total_size_cap > 0 && total > settings.total_size_cap;
        if is_old || is_too_much {
            remove(&found.path)?;
        }
    }
    Ok(())
}

/// Another process may have removed it, too.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Replaces an archive by a compressed one, in one step; `false` if somebody still writes to it.
fn compress(path: &Path) -> io::Result<bool> {
    let source = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        opened => opened?,
    };
    let Some(_lock) = Lock::exclusive_now(&source) else { return Ok(false) };
    // Another process may have been faster.
    if !is_same(&source, path) {
        return Ok(true);
    }
    let target = archive::compressed(path);
    let part = target.with_added_extension("part");
    // The lock is ours, so this is of a process that was killed.
    remove(&part)?;
    let replaced = write_compressed(&source, &part).and_then(|()| replace(path, &source, &part));
    if !matches!(replaced, Ok(true)) {
        let _ = fs::remove_file(&part);
    }
    replaced
}

/// Puts the compressed copy in the place of the archive; `false` if there is more in the archive by
/// now. Who waits too long for its turn to write to the log file does it without.
fn replace(path: &Path, source: &File, part: &Path) -> io::Result<bool> {
    let mut copied = source;
    if copied.stream_position()? < source.metadata()?.len() {
        return Ok(false);
    }
    fs::rename(part, archive::compressed(path))?;
    if is_same(source, path) {
        remove(path)?;
    }
    Ok(true)
}

fn write_compressed(source: &File, part: &Path) -> io::Result<()> {
    let mut file = opened::create_new(part)?;
    gzip::compress(source, &mut file)?;
    let metadata = source.metadata()?;
    file.set_permissions(metadata.permissions())?;
    file.set_modified(metadata.modified()?)?;
    // The original goes next: what replaces it has to survive a loss of power.
    file.sync_all()
}

#[cfg(test)]
#[path = "housekeeping_tests.rs"]
mod tests;

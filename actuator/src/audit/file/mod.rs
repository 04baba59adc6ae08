//! The append-only file of events: a line of JSON each, `{"timestamp","principal","type","data"}`.
//!
//! `writer` appends, on a thread of its own; `backwards` reads lines from the end; `line` is the
//! form of one. The newest events are in memory too, and are what queries are answered from; the
//! file is read for those who ask for events since an instant that memory no longer reaches.

mod backwards;
mod line;
mod search;
mod writer;

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use tokio::runtime::Handle;

use self::{search::Searched, writer::Writer};
use super::{
    AuditEvent, AuditEventFilter, AuditEventRepository, FoundEvents, InMemoryAuditEventRepository,
};
use crate::model::endpoint::BoxFuture;

/// Keeps events in a file to which it only appends, and the newest of them in memory.
///
/// The file is created with mode 0600, and found again after it was rotated (moved, removed or
/// truncated); events in files that were rotated away are not looked for. An event reaches the
/// operating system at once, the disk (`fdatasync`) within a second and when the service stops. What
/// cannot be written, because the disk is full or slower than events come, is lost to the file and
/// told in the log; it is in memory all the same.
#[derive(Debug)]
pub struct FileAuditEventRepository {
    path: PathBuf,
    capacity: usize,
    memory: Arc<InMemoryAuditEventRepository>,
    /// Held while an event goes to both places, so that they agree on the order.
    writer: Mutex<Writer>,
    /// Held by the one search of the file that goes on.
    searching: Arc<tokio::sync::Mutex<()>>,
    /// Whether the file holds events that are not in memory.
    has_older: AtomicBool,
}

impl FileAuditEventRepository {
    /// Opens the file, creates it and its folders if they are missing, and reads the newest
    /// `capacity` events of it, which are then kept in memory.
    ///
    /// # Errors
    /// The file cannot be opened or read. A disk that is full is none: it is told, and the file is
    /// tried again.
    pub fn open(path: impl Into<PathBuf>, capacity: usize) -> io::Result<Self> {
        let (path, capacity) = (path.into(), capacity.max(1));
        let file = match open_to_append(&path) {
            Err(error) if is_full(&error) => None,
            opened => Some(opened?),
        };
        let memory = Arc::new(InMemoryAuditEventRepository::new(capacity));
        let newest = match &file {
            Some(_) => search::newest(&path, capacity)?,
            None => Searched::default(),
        };
        newest.tell_of_corrupt(&path);
        newest.events.into_iter().for_each(|event| memory.add(event));
        let writer = Writer::start(path.clone(), file)?;
        let has_older = AtomicBool::new(newest.is_cut);
        let (writer, searching) = (Mutex::new(writer), Arc::default());
        Ok(Self { path, capacity, memory, writer, searching, has_older })
    }

    /// Where the events are.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Looks in the file for what memory no longer has. One search goes on at a time, and ends when
    /// nobody waits for it any more.
    async fn search(&self, filter: AuditEventFilter) -> io::Result<Vec<AuditEvent>> {
        let turn = Arc::clone(&self.searching).lock_owned().await;
        // First the end of the file, then memory: all that the file has up to there is older than
        // what memory has, or the same.
        let end = fs::metadata(&self.path).map_or(0, |metadata| metadata.len());
        let recent = self.memory.snapshot();
        let (path, capacity) = (self.path.clone(), self.capacity);
        let wanted = Arc::new(());
        let watch = Arc::downgrade(&wanted);
        let read = move || {
            let _turn = turn;
            let is_wanted = || watch.strong_count() > 0;
            search::since(&path, end, &recent, &filter, capacity, is_wanted)
        };
        let found = match Handle::try_current() {
            Ok(runtime) => runtime.spawn_blocking(read).await.map_err(io::Error::other).flatten(),
            Err(_) => read(),
        };
        drop(wanted);
        found
    }

    /// Whether memory has all that a filter could find.
    fn memory_reaches(&self, filter: &AuditEventFilter) -> bool {
        let Some(after) = filter.after else { return true };
        let oldest = self.memory.oldest();
        !self.has_older.load(Relaxed) || oldest.is_some_and(|oldest| oldest <= after)
    }
}

impl AuditEventRepository for FileAuditEventRepository {
    fn add(&self, event: AuditEvent) {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.write(event.clone());
        let has_forgotten = self.memory.push(event);
        drop(writer);
        if has_forgotten {
            self.has_older.store(true, Relaxed);
        }
    }

    fn find(&self, filter: AuditEventFilter) -> FoundEvents<'_> {
        if self.memory_reaches(&filter) {
            self.memory.find(filter)
        } else {
            Box::pin(self.search(filter))
        }
    }

    fn flush(&self) -> BoxFuture<'_, ()> {
        let flush = self.writer.lock().unwrap_or_else(PoisonError::into_inner).flush();
        Box::pin(flush)
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

fn open_to_append(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true).read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

#[cfg(test)]
mod tests;

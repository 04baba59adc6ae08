//! The thread that appends to the file.

use std::{
    fs::{self, File},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

use super::{line, open_to_append};
use crate::audit::AuditEvent;

/// Events that wait to be written.
const QUEUE: usize = 1024;
/// Bytes that are gathered for one write.
const BATCH: usize = 64 * 1024;
/// How often the disk is made to have it, and a look is taken whether the file was rotated.
const SYNC: Duration = Duration::from_secs(1);
/// How often events that were lost are told of.
const TELL: Duration = Duration::from_secs(10);
/// How long to wait for a place in the queue before asking again.
const AGAIN: Duration = Duration::from_millis(10);

enum Message {
    Event(AuditEvent),
    /// Told once everything before it is on the disk.
    Flush(oneshot::Sender<()>),
}

/// The sending side; the thread ends with it, once all is written.
#[derive(Debug)]
pub(super) struct Writer {
    queue: SyncSender<Message>,
    lost: Arc<AtomicU64>,
}

impl Writer {
    /// Starts the thread. `file` is the open file, if there is one already.
    pub(super) fn start(path: PathBuf, file: Option<File>) -> io::Result<Self> {
        let (queue, messages) = sync_channel(QUEUE);
        let lost = Arc::new(AtomicU64::new(0));
        let appender = Appender::new(path, file, Arc::clone(&lost));
        thread::Builder::new()
            .name("actuator-audit".to_owned())
            .spawn(move || appender.run(&messages))?;
        Ok(Self { queue, lost })
    }

    /// Writes an event, unless too many wait. Never waits itself.
    pub(super) fn write(&self, event: AuditEvent) {
        if self.queue.try_send(Message::Event(event)).is_err() {
            self.lost.fetch_add(1, Relaxed);
        }
    }

    /// Done once everything that was written before is on the disk, or was lost.
    pub(super) fn flush(&self) -> impl Future<Output = ()> + use<> {
        let queue = self.queue.clone();
        async move {
            let (done, told) = oneshot::channel();
            let mut message = Message::Flush(done);
            while let Err(TrySendError::Full(again)) = queue.try_send(message) {
                message = again;
                tokio::time::sleep(AGAIN).await;
            }
            // Told, or the thread is gone and nothing more will come.
            let _ = told.await;
        }
    }
}

/// What the thread does.
struct Appender {
    path: PathBuf,
    file: Option<File>,
    batch: Vec<u8>,
    /// Events in the batch.
    batched: u64,
    /// The file may end in the middle of a line.
    is_torn: bool,
    is_dirty: bool,
    looked: Instant,
    told: Option<Instant>,
    is_failing: bool,
    /// Events that found no place in the queue, and since it fails all that could not be written.
    lost: Arc<AtomicU64>,
}

impl Appender {
    fn new(path: PathBuf, file: Option<File>, lost: Arc<AtomicU64>) -> Self {
        Self {
            path,
            file,
            batch: Vec::new(),
            batched: 0,
            // Whoever wrote it before may have been killed in the middle.
            is_torn: true,
            is_dirty: false,
            looked: Instant::now(),
            told: None,
            is_failing: false,
            lost,
        }
    }

    fn run(mut self, messages: &Receiver<Message>) {
        loop {
            match messages.recv_timeout(SYNC) {
                Ok(message) => {
                    let mut flushed = self.take(message);
                    while flushed.is_none() && self.batch.len() < BATCH {
                        let Ok(message) = messages.try_recv() else { break };
                        flushed = self.take(message);
                    }
                    self.append();
                    if let Some(flushed) = flushed {
                        self.sync();
                        // Whoever waited may have given up.
                        let _ = flushed.send(());
                    }
                }
                Err(RecvTimeoutError::Timeout) => self.sync(),
                Err(RecvTimeoutError::Disconnected) => return self.sync(),
            }
            if self.looked.elapsed() >= SYNC {
                self.sync();
            }
        }
    }

    fn take(&mut self, message: Message) -> Option<oneshot::Sender<()>> {
        match message {
            Message::Event(event) => {
                line::write(&event, &mut self.batch);
                self.batched += 1;
                None
            }
            Message::Flush(done) => Some(done),
        }
    }

    /// Appends the batch, or loses it. Nothing is tried twice: a disk that is full stays so for long.
    fn append(&mut self) {
        if self.batch.is_empty() {
            return;
        }
        let written = self.try_append();
        if let Err(error) = &written {
            self.lost.fetch_add(self.batched, Relaxed);
            if !std::mem::replace(&mut self.is_failing, true) {
                tracing::warn!(
                    target: "actuator::audit",
                    %error, file = %self.path.display(),
                    "audit events cannot be written to their file; the newest are in memory"
                );
            }
        }
        self.batch.clear();
        self.batch.shrink_to(BATCH);
        self.batched = 0;
        if written.is_ok() {
            self.is_failing = false;
        }
    }

    fn try_append(&mut self) -> io::Result<()> {
        self.follow_rotation();
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(open_to_append(&self.path)?),
        };
        if self.is_torn && ends_torn(file)? {
            file.write_all(b"\n")?;
        }
        self.is_torn = true;
        file.write_all(&self.batch)?;
        (self.is_torn, self.is_dirty) = (false, true);
        Ok(())
    }

    /// Tells once in a while, and only when the file can be written again.
    fn tell_of_lost(&mut self) {
        let was_told = self.told.is_some_and(|told| told.elapsed() < TELL);
        if self.is_failing || was_told || self.lost.load(Relaxed) == 0 {
            return;
        }
        self.told = Some(Instant::now());
        let lost = self.lost.swap(0, Relaxed);
        tracing::warn!(
            target: "actuator::audit",
            lost, file = %self.path.display(),
            "audit events were lost to their file: it could not be written, or not fast enough"
        );
    }

    /// Opens the file anew if its name is another one's by now.
    fn follow_rotation(&mut self) {
        if self.file.as_ref().is_some_and(|file| !is_same(file, &self.path)) {
            self.sync();
            self.file = None;
            self.is_torn = true;
        }
    }

    fn sync(&mut self) {
        self.looked = Instant::now();
        self.tell_of_lost();
        if std::mem::take(&mut self.is_dirty)
            && let Some(file) = &self.file
            && let Err(error) = file.sync_data()
        {
            tracing::debug!(target: "actuator::audit", %error, "the disk does not confirm");
        }
    }
}

/// Whether the last byte is something else than the end of a line.
fn ends_torn(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

#[cfg(unix)]
fn is_same(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(open), Ok(named)) => (open.dev(), open.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

// Elsewhere a file that is open cannot be moved away; at worst it was removed.
#[cfg(not(unix))]
fn is_same(_: &File, path: &Path) -> bool {
    path.exists()
}

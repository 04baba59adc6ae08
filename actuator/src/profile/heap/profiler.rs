//! One profile of the heap at a time.

use std::{
    fmt,
    io::{self, BufReader, Read as _},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use tokio::sync::Mutex as Turn;

use super::{
    dump::{self, HeapDump},
    jemalloc::Jemalloc,
};
use crate::{
    profile::{Label, Profile, Sample, SymbolTable, ValueType},
    support::host::MemoryFile,
};

/// How long a turn is waited for, as in Spring.
const PATIENCE: Duration = Duration::from_secs(10);
/// A dump that is longer is not read to its end.
const LONGEST_DUMP: u64 = 512 * 1024 * 1024;
const OBJECTS: ValueType = ValueType { kind: "inuse_objects", unit: "count" };
const SPACE: ValueType = ValueType { kind: "inuse_space", unit: "bytes" };
const PERIOD: ValueType = ValueType { kind: "space", unit: "bytes" };

/// Why there is no profile.
#[derive(Debug)]
pub(crate) enum NoHeapProfile {
    /// Others are being taken.
    Busy,
    /// Nothing was sampled, since nothing is.
    NotSampling,
    /// It failed.
    Failed(io::Error),
}

/// Takes profiles. Copies take turns.
#[derive(Clone)]
pub(crate) struct HeapProfiler {
    jemalloc: Jemalloc,
    symbols: Arc<SymbolTable>,
    turn: Arc<Turn<()>>,
    /// Where jemalloc writes to. A file of memory that nobody else sees: nothing is left behind
    /// whatever happens, and no folder has to be writable.
    target: Arc<Mutex<Option<Target>>>,
}

/// jemalloc wants a path that lasts as long as the process, so there is one.
struct Target {
    file: MemoryFile,
    path: &'static [u8],
}

impl Target {
    fn new() -> io::Result<Self> {
        let file = MemoryFile::create("actuator-heap")?;
        let mut path = file.path().into_bytes();
        path.push(0);
        // Some twenty bytes, once.
        Ok(Self { file, path: Box::leak(path.into_boxed_slice()) })
    }
}

impl HeapProfiler {
    /// Takes them of this allocator.
    pub(crate) fn new(jemalloc: Jemalloc, symbols: Arc<SymbolTable>) -> Self {
        Self { jemalloc, symbols, turn: Arc::default(), target: Arc::default() }
    }

    /// The allocator.
    pub(crate) fn jemalloc(&self) -> Jemalloc {
        self.jemalloc
    }

    /// A profile in pprof's format, compressed. Waits ten seconds for those that others take. What
    /// was begun is finished also if whoever asked goes away, and leaves nothing behind.
    pub(crate) async fn take(&self) -> Result<Vec<u8>, NoHeapProfile> {
        let turn = Arc::clone(&self.turn).lock_owned();
        let turn = tokio::time::timeout(PATIENCE, turn).await.map_err(|_| NoHeapProfile::Busy)?;
        let own = self.clone();
        let taking = tokio::task::spawn_blocking(move || {
            let taken = own.take_now();
            drop(turn);
            taken
        });
        let ended = |error| NoHeapProfile::Failed(io::Error::other(error));
        taking.await.map_err(ended)?
    }

    fn take_now(&self) -> Result<Vec<u8>, NoHeapProfile> {
        let began_at = SystemTime::now();
        let dump = self.dump().map_err(NoHeapProfile::Failed)?;
        if dump.stacks.is_empty() && !self.jemalloc.samples() {
            return Err(NoHeapProfile::NotSampling);
        }
        let profile = profile(&dump, began_at);
        let addresses = profile.samples.iter().flat_map(|sample| sample.addresses.iter().copied());
        let resolved = self.symbols.resolve(addresses);
        self.symbols.release_files();
        Ok(profile.encode_gzip(&resolved))
    }

    fn dump(&self) -> io::Result<HeapDump> {
        let mut target = self.target.lock().unwrap_or_else(PoisonError::into_inner);
        let target = match &mut *target {
            Some(target) => target,
            none => none.insert(Target::new()?),
        };
        self.jemalloc.dump(target.path)?;
        let text = target.file.reader()?.take(LONGEST_DUMP);
        let read = dump::read(BufReader::with_capacity(64 * 1024, text));
        // Its memory is not needed until the next one.
        target.file.clear()?;
        read
    }
}

fn profile(dump: &HeapDump, began_at: SystemTime) -> Profile {
    let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let sample = |stack: &dump::SampledStack| Sample {
        // Of return addresses the call is what is meant.
        addresses: stack.addresses.iter().map(|address| address.saturating_sub(1)).collect(),
        values: vec![number(stack.objects), number(stack.bytes)],
        labels: vec![Label::Number("bytes", number(stack.bytes / stack.objects.max(1)), "bytes")],
    };
    Profile {
        sample_types: vec![OBJECTS, SPACE],
        default_sample_type: SPACE.kind,
        period: (PERIOD, number(dump.interval)),
        began_at,
        duration: Duration::ZERO,
        samples: dump.stacks.iter().map(sample).collect(),
        comments: vec!["Estimates of what is in use, made of samples of jemalloc".to_owned()],
    }
}

impl fmt::Debug for HeapProfiler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeapProfiler").field("jemalloc", &self.jemalloc).finish_non_exhaustive()
    }
}

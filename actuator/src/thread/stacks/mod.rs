//! The stacks of all threads: each is sent a signal, whose handler copies its registers and its stack
//! (`capture`) into a slot (`slots`); what is copied is unwound outside of it (`unwind`) and given
//! names.

mod capture;
mod cpu_profile;
mod profiler;
mod slots;
mod unwind;

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use self::{
    capture::Area,
    slots::{Request, SLOTS},
    unwind::{Trace, Unwinder},
};
use super::stack::{Captured, ProfileFailure, ProfileRequest, ThreadStack};
use crate::{
    model::sanitizer::Sanitizer,
    profile::SymbolTable,
    support::host::{CodeMapping, HostRoot, OsThread, OsThreadState, ThreadSignals, thread_exists},
};

/// Why there are no stacks: there are.
pub const MISSING: Option<&str> = None;

/// How long a thread has to answer. One that waits does within microseconds, one that works when it
/// is given a processor.
const PATIENCE: Duration = Duration::from_millis(250);
/// Within that nearly all of those that wait have answered.
const AT_ONCE: Duration = Duration::from_millis(2);
/// How long all of them have.
const PATIENCE_WITH_ALL: Duration = Duration::from_secs(2);
/// So many are asked at the same time; the rest of the slots is left to a profile.
const ASKED_AT_ONCE: usize = SLOTS / 2;
/// Functions of one thread, those that the compiler put into others not counted.
const MAX_FRAMES: usize = 512;
/// Functions of all threads.
const MAX_FRAMES_OF_ALL: usize = 200_000;

/// Takes the stacks of threads, and profiles.
pub struct Stacks {
    /// The number of the signal.
    signal: i32,
    looking: Mutex<Looking>,
    symbols: SymbolTable,
    /// Whether a profile is being made.
    is_profiling: AtomicBool,
}

impl Stacks {
    /// Nothing is done yet: the handler is installed when a stack is wanted for the first time.
    pub fn new(signal: i32) -> Self {
        Self {
            signal,
            looking: Mutex::default(),
            symbols: SymbolTable::default(),
            is_profiling: AtomicBool::new(false),
        }
    }

    /// The stacks of these threads. Takes some ten microseconds for each; the first time also as
    /// long as reading the debug information does. Call it where that may block.
    pub fn take(&self, threads: &[OsThread]) -> Captured {
        let area = match Area::of_process(self.signal) {
            Ok(area) => area,
            Err(trouble) => return Captured { trouble: Some(trouble), ..Captured::default() },
        };
        let mut looking = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        let mappings = CodeMapping::all(&HostRoot::default());
        let traces = looking.at(area, threads, &mappings);
        drop(looking);
        let addresses = traces.values().flat_map(|trace| trace.addresses.iter().copied());
        let resolved = self.symbols.resolve_in(mappings, addresses);
        let stacks = traces.into_iter().map(|(thread, trace)| {
            let places = trace.addresses.iter().map(|address| resolved.frames(*address)).collect();
            (thread, ThreadStack::new(places, trace.is_complete))
        });
        Captured { stacks: stacks.collect(), trouble: None }
    }

    /// A profile of the processor's time, which takes as long as the request says, or until
    /// `cancelled`. It sleeps and blocks: it wants a thread of its own.
    ///
    /// # Errors
    /// Another one is being made, or the signal is somebody else's.
    pub fn profile(
        &self,
        request: ProfileRequest,
        title: &str,
        sanitizer: &Sanitizer,
        cancelled: &AtomicBool,
    ) -> Result<Vec<u8>, ProfileFailure> {
        if self.is_profiling.swap(true, Ordering::AcqRel) {
            return Err(ProfileFailure::Busy);
        }
        let _turn = Turn(&self.is_profiling);
        let area = Area::of_process(self.signal).map_err(ProfileFailure::Unavailable)?;
        let samples = profiler::sample(area, request, sanitizer, cancelled);
        if cancelled.load(Ordering::Acquire) {
            return Ok(Vec::new());
        }
        let resolved = self.symbols.resolve(samples.addresses());
        Ok(samples.write(request.format, title, &resolved))
    }

    /// Lets go of the files with debug information, if no thread is being looked at.
    pub fn release_files(&self) {
        self.symbols.release_files();
    }
}

impl fmt::Debug for Stacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stacks").field("signal", &self.signal).finish_non_exhaustive()
    }
}

/// What is known from one look at the threads to the next.
#[derive(Default)]
struct Looking {
    unwinder: Unwinder,
    /// The threads that answered. They are asked again without a look at what they block, which
    /// takes nearly as long as all the rest; one that does not answer is looked at the next time.
    answered: HashSet<u64>,
}

impl Looking {
    fn at(
        &mut self,
        area: &'static Area,
        threads: &[OsThread],
        mappings: &[CodeMapping],
    ) -> HashMap<u64, Trace> {
        self.unwinder.refresh(mappings);
        let traces = Round::new(area, threads, &self.answered).run(&mut self.unwinder);
        self.answered = traces.keys().copied().collect();
        traces
    }
}

/// Ends when it is dropped.
struct Turn<'a>(&'a AtomicBool);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// All threads being asked, some at a time.
struct Round<'t> {
    area: &'static Area,
    /// Those that are still to be asked.
    threads: std::slice::Iter<'t, OsThread>,
    /// Those that answered the last time.
    answered: &'t HashSet<u64>,
    /// Those that were asked, and when.
    asked: Vec<(u64, Instant, Request)>,
    traces: HashMap<u64, Trace>,
    /// How many more functions there may be.
    room: usize,
}

impl<'t> Round<'t> {
    fn new(area: &'static Area, threads: &'t [OsThread], answered: &'t HashSet<u64>) -> Self {
        Self {
            area,
            threads: threads.iter(),
            answered,
            asked: Vec::new(),
            traces: HashMap::with_capacity(threads.len()),
            room: MAX_FRAMES_OF_ALL,
        }
    }

    fn run(mut self, unwinder: &mut Unwinder) -> HashMap<u64, Trace> {
        let deadline = Instant::now() + PATIENCE_WITH_ALL;
        let mut pause = Duration::ZERO;
        loop {
            self.ask();
            let answers = self.traces.len();
            self.hear(unwinder);
            if self.asked.is_empty() && self.threads.as_slice().is_empty() {
                return self.traces;
            }
            if Instant::now() >= deadline {
                return self.traces;
            }
            // Whoever waits answers at once; who works may take as long as its share of time.
            pause = if self.traces.len() > answers { Duration::ZERO } else { longer(pause) };
            if pause.is_zero() { thread::yield_now() } else { thread::sleep(pause) }
        }
    }

    fn ask(&mut self) {
        while self.asked.len() < ASKED_AT_ONCE {
            let Some(thread) = self.threads.as_slice().first() else { return };
            if self.takes_signals(thread) {
                let Some(request) = self.area.ask(thread.id) else {
                    if self.asked.is_empty() {
                        // It has ended: there is room.
                        self.threads.next();
                        continue;
                    }
                    // There may be no room until others have answered.
                    return;
                };
                self.asked.push((thread.id, Instant::now(), request));
            }
            self.threads.next();
        }
    }

    /// Whether a thread can answer. What it is sent while it cannot would wait for it, and so much
    /// can wait only.
    fn takes_signals(&self, thread: &OsThread) -> bool {
        let can = matches!(thread.state, OsThreadState::Running | OsThreadState::Sleeping);
        let signal = self.area.signal_bit();
        can && (self.answered.contains(&thread.id)
            || ThreadSignals::of(&HostRoot::default(), thread.id)
                .is_some_and(|signals| (signals.blocked | signals.pending) & signal == 0))
    }

    fn hear(&mut self, unwinder: &mut Unwinder) {
        let (traces, room) = (&mut self.traces, &mut self.room);
        self.asked.retain(|(thread, since, request)| {
            if !request.is_answered() {
                // One that has ended meanwhile is not waited for.
                let (took, root) = (since.elapsed(), HostRoot::default());
                return took < AT_ONCE || took < PATIENCE && thread_exists(&root, *thread);
            }
            let trace = unwinder.trace(request, MAX_FRAMES.min(*room));
            *room = room.saturating_sub(trace.addresses.len());
            traces.insert(*thread, trace);
            false
        });
    }
}

/// Each pause is longer than the one before, up to a millisecond.
fn longer(pause: Duration) -> Duration {
    (pause * 2).clamp(Duration::from_micros(20), Duration::from_millis(1))
}

#[cfg(test)]
mod tests;

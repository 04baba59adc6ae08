//! Samples of the processor's time: a timer for each thread counts the time that it uses, and has it
//! copied its stack whenever a period is over. Threads that wait cost nothing, and those that work are
//! sampled in proportion to their work, whatever processor they are on.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant, SystemTime},
};

use super::{
    capture::{Area, CpuTimer},
    cpu_profile::CpuProfile,
    unwind::Unwinder,
};
use crate::{
    model::sanitizer::Sanitizer,
    support::host::{CodeMapping, HostRoot, thread_ids, thread_name},
    thread::stack::ProfileRequest,
};

/// How often samples are fetched: at a thousand a second of each of eight processors the slots would
/// be full after twice that.
const BETWEEN_FETCHES: Duration = Duration::from_millis(8);
/// How often threads are looked for that have begun meanwhile.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);
/// Functions of one sample.
const MAX_FRAMES: usize = 256;
/// Different stacks; the samples of further ones are counted only.
const MAX_STACKS: usize = 50_000;

/// Takes samples until the time is over, or `cancelled`.
pub(super) fn sample(
    area: &'static Area,
    request: ProfileRequest,
    sanitizer: &Sanitizer,
    cancelled: &AtomicBool,
) -> CpuProfile {
    let mut sampler = Sampler::new(area, request);
    let until = sampler.began + request.duration;
    let mut looked: Option<Instant> = None;
    while Instant::now() < until && !cancelled.load(Ordering::Acquire) {
        if looked.is_none_or(|at| at.elapsed() >= BETWEEN_LOOKS) {
            looked = Some(Instant::now());
            sampler.watch_threads(sanitizer);
        }
        sampler.fetch();
        thread::sleep(BETWEEN_FETCHES.min(until.saturating_duration_since(Instant::now())));
    }
    sampler.finish()
}

struct Sampler {
    area: &'static Area,
    session: u64,
    period: Duration,
    began: Instant,
    began_at: SystemTime,
    unwinder: Unwinder,
    timers: HashMap<u64, CpuTimer>,
    /// Of all threads that were seen.
    names: HashMap<u64, String>,
    /// Threads that could not be given a timer.
    untimed: u64,
    counts: HashMap<(u64, Vec<u64>), u64>,
    /// Samples of stacks that were one too many.
    uncounted: u64,
}

impl Sampler {
    fn new(area: &'static Area, request: ProfileRequest) -> Self {
        let mut unwinder = Unwinder::default();
        unwinder.refresh(&CodeMapping::all(&HostRoot::default()));
        Self {
            area,
            session: area.slots().begin_session(),
            period: Duration::from_secs(1) / request.frequency.max(1),
            began: Instant::now(),
            began_at: SystemTime::now(),
            unwinder,
            timers: HashMap::new(),
            names: HashMap::new(),
            untimed: 0,
            counts: HashMap::new(),
            uncounted: 0,
        }
    }

    /// Gives timers to new threads, and takes them from those that have ended.
    fn watch_threads(&mut self, sanitizer: &Sanitizer) {
        if !self.area.is_installed() {
            self.timers.clear();
            return;
        }
        let root = HostRoot::default();
        self.unwinder.refresh(&CodeMapping::all(&root));
        let ids = thread_ids(&root);
        self.timers.retain(|thread, _| ids.contains(thread));
        for thread in ids {
            if self.timers.contains_key(&thread) {
                continue;
            }
            match CpuTimer::start(self.area, thread, self.period, self.session) {
                Ok(timer) => {
                    self.timers.insert(thread, timer);
                    let name = thread_name(&root, thread).unwrap_or_default();
                    self.names.insert(thread, sanitizer.sanitize_text(&name).into_owned());
                }
                Err(_) => self.untimed += 1,
            }
        }
    }

    fn fetch(&mut self) {
        for copy in self.area.slots().samples(self.session) {
            let trace = self.unwinder.trace(&copy, MAX_FRAMES);
            let (key, weight) = ((copy.thread(), trace.addresses), copy.weight());
            if let Some(count) = self.counts.get_mut(&key) {
                *count += weight;
            } else if self.counts.len() < MAX_STACKS {
                self.counts.insert(key, weight);
            } else {
                self.uncounted += weight;
            }
        }
    }

    fn finish(mut self) -> CpuProfile {
        self.timers.clear();
        self.fetch();
        CpuProfile {
            began_at: self.began_at,
            duration: self.began.elapsed(),
            period: self.period,
            lost: self.area.slots().lost() + self.uncounted,
            has_untimed_threads: self.untimed > 0,
            names: std::mem::take(&mut self.names),
            counts: std::mem::take(&mut self.counts),
        }
    }
}

impl Drop for Sampler {
    fn drop(&mut self) {
        self.timers.clear();
        self.area.slots().end_session();
    }
}

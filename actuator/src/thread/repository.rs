//! The last thread dump, kept for a second.

use std::{
    sync::{Arc, Mutex, PoisonError, atomic::AtomicBool},
    time::{Duration, Instant},
};

use super::{
    ThreadDump, ThreadInfo, ThreadSettings,
    stack::{Captured, ProfileFailure, ProfileRequest},
    stacks::Stacks,
};
use crate::{
    model::sanitizer::Sanitizer,
    support::{clock::Clock, host},
};

/// Takes thread dumps, at most one a second; callers at the same time share one.
#[derive(Debug)]
pub struct ThreadRepository {
    clock: Clock,
    sanitizer: Sanitizer,
    settings: ThreadSettings,
    stacks: Stacks,
    last: Mutex<Option<(Instant, Arc<ThreadDump>)>>,
}

impl ThreadRepository {
    /// Nothing is read yet. Names of threads are shown as the sanitiser shows them.
    pub fn new(clock: Clock, sanitizer: Sanitizer, settings: ThreadSettings) -> Self {
        let stacks = Stacks::new(settings.signal);
        Self { clock, sanitizer, settings, stacks, last: Mutex::default() }
    }

    /// How names are shown.
    pub fn sanitizer(&self) -> &Sanitizer {
        &self.sanitizer
    }

    /// The dump of at most a second ago. If there is none, it reads some small files, and asks all
    /// threads for their stacks: call it where that may block.
    pub fn dump(&self) -> Arc<ThreadDump> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let (now, ttl) = (self.clock.instant(), self.settings.time_to_live);
        if let Some((_, dump)) = last.as_ref().filter(|(taken, _)| now.duration_since(*taken) < ttl)
        {
            return Arc::clone(dump);
        }
        let process_id = u64::from(std::process::id());
        let threads = host::os_threads();
        let mut captured =
            if self.settings.stacks { self.stacks.take(&threads) } else { Captured::default() };
        if !self.settings.stacks {
            captured.trouble = Some("actuator.threaddump.stacks is false".to_owned());
        }
        let threads = threads.into_iter().map(|thread| {
            let stack = captured.stacks.remove(&thread.id).unwrap_or_default();
            let mut thread = ThreadInfo::new(thread, stack, process_id);
            thread.name = self.sanitizer.sanitize_text(&thread.name).into_owned();
            thread
        });
        let threads = threads.collect();
        let taken_at = self.clock.now();
        let dump = Arc::new(ThreadDump { taken_at, threads, trouble: captured.trouble });
        *last = Some((now, Arc::clone(&dump)));
        dump
    }

    /// A profile of the processor's time; blocks for as long as the request says, or until
    /// `cancelled`.
    ///
    /// # Errors
    /// There is none, and why.
    pub fn profile(
        &self,
        request: ProfileRequest,
        title: &str,
        cancelled: &AtomicBool,
    ) -> Result<Vec<u8>, ProfileFailure> {
        self.stacks.profile(request, title, &self.sanitizer, cancelled)
    }

    /// Lets go of what only the next dump of threads at new places needs: files with debug
    /// information, which are a part of the process's memory while they are open. `true` if nobody
    /// has taken a dump for `idle`.
    pub fn rest(&self, idle: Duration) -> bool {
        let Ok(last) = self.last.try_lock() else { return false };
        let is_idle = last.as_ref().is_none_or(|(at, _)| self.clock.instant() >= *at + idle);
        if is_idle {
            self.stacks.release_files();
        }
        is_idle
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn a_dump_is_shared_for_a_second_and_then_taken_anew() {
        let repository = ThreadRepository::new(
            Clock::manual(SystemTime::now()),
            Sanitizer::default(),
            ThreadSettings::default(),
        );
        let first = repository.dump();
        assert!(first.threads.iter().any(|thread| !thread.is_daemon));
        repository.clock.advance(Duration::from_millis(999));
        assert!(Arc::ptr_eq(&first, &repository.dump()));
        repository.clock.advance(Duration::from_millis(1));
        assert!(!Arc::ptr_eq(&first, &repository.dump()));
    }
}

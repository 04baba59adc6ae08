//! The last thread dump, kept for a second.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::{ThreadDump, ThreadInfo};
use crate::{
    model::sanitizer::Sanitizer,
    support::{clock::Clock, host},
};

/// An open thread view asks once a second, and there may be many of them.
const TIME_TO_LIVE: Duration = Duration::from_secs(1);

/// Takes thread dumps, at most one a second; callers at the same time share one.
#[derive(Debug)]
pub struct ThreadRepository {
    clock: Clock,
    sanitizer: Sanitizer,
    last: Mutex<Option<(Instant, Arc<ThreadDump>)>>,
}

impl ThreadRepository {
    /// Nothing is read yet. Names of threads are shown as the sanitiser shows them.
    pub fn new(clock: Clock, sanitizer: Sanitizer) -> Self {
        Self { clock, sanitizer, last: Mutex::default() }
    }

    /// The dump of at most a second ago. Reads some small files when there is none: call it where
    /// that may take a few milliseconds.
    pub fn dump(&self) -> Arc<ThreadDump> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.instant();
        if let Some((_, dump)) = last.as_ref().filter(|(taken, _)| now < *taken + TIME_TO_LIVE) {
            return Arc::clone(dump);
        }
        let process_id = u64::from(std::process::id());
        let threads = host::os_threads();
        let dump = Arc::new(ThreadDump {
            taken_at: self.clock.now(),
            threads: threads
                .into_iter()
                .map(|thread| {
                    let mut thread = ThreadInfo::new(thread, process_id);
                    thread.name = self.sanitizer.sanitize_text(&thread.name).into_owned();
                    thread
                })
                .collect(),
        });
        *last = Some((now, Arc::clone(&dump)));
        dump
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn a_dump_is_shared_for_a_second_and_then_taken_anew() {
        let repository =
            ThreadRepository::new(Clock::manual(SystemTime::now()), Sanitizer::default());
        let first = repository.dump();
        assert!(first.threads.iter().any(|thread| !thread.is_daemon));
        repository.clock.advance(Duration::from_millis(999));
        assert!(Arc::ptr_eq(&first, &repository.dump()));
        repository.clock.advance(Duration::from_millis(1));
        assert!(!Arc::ptr_eq(&first, &repository.dump()));
    }
}

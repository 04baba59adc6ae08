//! One lookup that may compute the value.

use std::future::Future;

use crate::meter::builtin::cache::CacheCounters;

/// Tells hit from miss: it is a miss as soon as the value is being computed here, also if whoever
/// asked goes away meanwhile; who waits for a value that somebody else computes has hit it.
pub struct Load<'c> {
    counters: &'c CacheCounters,
    has_begun: bool,
}

impl<'c> Load<'c> {
    /// A lookup that has not been answered.
    pub fn new(counters: &'c CacheCounters) -> Self {
        Self { counters, has_begun: false }
    }

    /// Computes the value.
    pub fn now<T>(&mut self, init: impl FnOnce() -> T) -> T {
        self.begin();
        init()
    }

    /// Computes the value, once it is asked for.
    pub async fn during<T>(&mut self, init: impl Future<Output = T>) -> T {
        self.begin();
        init.await
    }

    /// The lookup is answered: with a value, or without one.
    pub fn end(self, found: bool) {
        match (self.has_begun, found) {
            (true, true) => self.counters.put(),
            (true, false) => {}
            (false, found) => self.counters.looked_up(found),
        }
    }

    fn begin(&mut self) {
        self.has_begun = true;
        self.counters.looked_up(false);
    }
}

//! `#[timed]`: how often a function was called, for how long, and how it ended.

use std::{sync::Arc, time::Instant};

use super::{Ending, Failure, Instrument, MeterDeclaration, Site, bindings::Bindings};
use crate::meter::{MeterBuilder, MeterRegistry, Timer};

/// The static of a function that is timed.
#[derive(Debug)]
pub struct TimedSite {
    declared: MeterDeclaration,
    bindings: Bindings<Timer>,
}

impl TimedSite {
    /// A site that no service knows yet.
    pub const fn new(declared: MeterDeclaration) -> Self {
        Self { declared, bindings: Bindings::new() }
    }

    /// A call has begun. Before the first start of a service not even the clock is read.
    #[inline]
    pub fn start(&'static self) -> TimedCall {
        TimedCall { site: self, started: self.bindings.is_bound().then(Instant::now) }
    }
}

impl Site for TimedSite {
    fn declaration(&self) -> &MeterDeclaration {
        &self.declared
    }

    fn bind(&self, registry: &Arc<MeterRegistry>) {
        self.bindings.bind(&self.declared, registry, false);
    }
}

/// A call that is being timed. One that is dropped before it has returned has panicked, or was
/// cancelled.
#[derive(Debug)]
#[must_use = "it is timed until this is told how it ended"]
pub struct TimedCall {
    site: &'static TimedSite,
    started: Option<Instant>,
}

impl TimedCall {
    /// The call has come back, with an error or not.
    #[inline]
    pub fn returned(mut self, failure: Option<Failure>) {
        self.record(failure.map_or(Ending::Success, Ending::Failure));
    }

    #[inline]
    fn record(&mut self, ending: Ending) {
        if let Some(started) = self.started.take() {
            let took = started.elapsed();
            self.site.bindings.each(ending, |timer| timer.record(took));
        }
    }
}

impl Drop for TimedCall {
    #[inline]
    fn drop(&mut self) {
        if self.started.is_some() {
            self.record(Ending::abandoned());
        }
    }
}

impl Instrument for Timer {
    fn tags(ending: Ending) -> [(&'static str, String); 2] {
        [("outcome", ending.outcome().to_owned()), ("exception", ending.exception())]
    }

    fn register(builder: MeterBuilder<'_>) -> Arc<Self> {
        builder.timer()
    }
}

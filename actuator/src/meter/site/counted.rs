//! `#[counted]`: how often a function was called, and how it ended.

use std::sync::Arc;

use super::{Ending, Failure, Instrument, MeterDeclaration, Site, bindings::Bindings};
use crate::meter::{Counter, MeterBuilder, MeterRegistry};

/// The static of a function whose calls are counted.
#[derive(Debug)]
pub struct CountedSite {
    declared: MeterDeclaration,
    failures_only: bool,
    bindings: Bindings<Counter>,
}

impl CountedSite {
    /// A site that no service knows yet.
    pub const fn new(declared: MeterDeclaration, failures_only: bool) -> Self {
        Self { declared, failures_only, bindings: Bindings::new() }
    }

    /// A call has begun.
    #[inline]
    pub fn start(&'static self) -> CountedCall {
        CountedCall { site: Some(self) }
    }
}

impl Site for CountedSite {
    fn declaration(&self) -> &MeterDeclaration {
        &self.declared
    }

    fn bind(&self, registry: &Arc<MeterRegistry>) {
        self.bindings.bind(&self.declared, registry, self.failures_only);
    }
}

/// A call that will be counted. One that is dropped before it has returned has panicked, or was
/// cancelled.
#[derive(Debug)]
#[must_use = "it is counted once this is told how it ended"]
pub struct CountedCall {
    site: Option<&'static CountedSite>,
}

impl CountedCall {
    /// The call has come back, with an error or not.
    #[inline]
    pub fn returned(mut self, failure: Option<Failure>) {
        self.count(failure.map_or(Ending::Success, Ending::Failure));
    }

    #[inline]
    fn count(&mut self, ending: Ending) {
        if let Some(site) = self.site.take() {
            site.bindings.each(ending, |counter| counter.increment());
        }
    }
}

impl Drop for CountedCall {
    #[inline]
    fn drop(&mut self) {
        if self.site.is_some() {
            self.count(Ending::abandoned());
        }
    }
}

impl Instrument for Counter {
    /// As Micrometer counts a `CompletableFuture` that was cancelled, what was cancelled has
    /// failed.
    fn tags(ending: Ending) -> [(&'static str, String); 2] {
        let result = if ending == Ending::Success { "success" } else { "failure" };
        [("result", result.to_owned()), ("exception", ending.exception())]
    }

    fn register(builder: MeterBuilder<'_>) -> Arc<Self> {
        builder.counter()
    }
}

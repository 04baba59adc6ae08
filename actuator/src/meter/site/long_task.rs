//! `#[timed("…", long_task)]`: how many calls are running right now, and for how long.

use std::sync::Arc;

use super::{Ending, Failure, Instrument, MeterDeclaration, Site, bindings::Bindings};
use crate::meter::{LongTaskGuard, LongTaskTimer, MeterBuilder, MeterRegistry};

/// The static of a function that is measured while it runs.
#[derive(Debug)]
pub struct LongTaskSite {
    declared: MeterDeclaration,
    bindings: Bindings<LongTaskTimer>,
}

impl LongTaskSite {
    /// A site that no service knows yet.
    pub const fn new(declared: MeterDeclaration) -> Self {
        Self { declared, bindings: Bindings::new() }
    }

    /// A call has begun; it runs until the guard is dropped.
    pub fn start(&'static self) -> LongTaskCall {
        let mut running = Vec::new();
        self.bindings.each(Ending::Success, |timer| running.push(timer.guard()));
        LongTaskCall { _running: running }
    }
}

impl Site for LongTaskSite {
    fn declaration(&self) -> &MeterDeclaration {
        &self.declared
    }

    fn bind(&self, registry: &Arc<MeterRegistry>) {
        self.bindings.bind(&self.declared, registry, false);
    }
}

/// A call that is running, in each registry that shows it.
#[derive(Debug)]
#[must_use = "it is running for as long as this is kept"]
pub struct LongTaskCall {
    _running: Vec<LongTaskGuard>,
}

impl LongTaskCall {
    /// The call has come back; how it ended makes no difference.
    pub fn returned(self, _: Option<Failure>) {
        drop(self);
    }
}

impl Instrument for LongTaskTimer {
    /// None: how a task ends is not known while it runs.
    fn tags(_: Ending) -> [(&'static str, String); 2] {
        Default::default()
    }

    fn register(builder: MeterBuilder<'_>) -> Arc<Self> {
        builder.long_task_timer()
    }
}

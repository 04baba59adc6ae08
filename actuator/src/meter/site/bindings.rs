//! From a site to the handles of its meter, one for each registry that shows it.
//!
//! A process has one service, and thus one registry: its handles are behind one load. Only tests
//! start several services in one process; those after the first are behind a lock.

use std::sync::{
    Arc, OnceLock, PoisonError, RwLock, Weak,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use super::{Ending, Instrument, MeterDeclaration, declaration::describe, table::Table};
use crate::meter::MeterRegistry;

/// The registries of a site.
#[derive(Debug)]
pub(super) struct Bindings<H> {
    first: OnceLock<Bound<H>>,
    has_more: AtomicBool,
    more: RwLock<Vec<Bound<H>>>,
}

/// A registry, and the handles on its meter.
#[derive(Debug)]
pub(super) struct Bound<H> {
    declared: MeterDeclaration,
    registry: Weak<MeterRegistry>,
    /// `None` where only failures are measured.
    success: Option<Arc<H>>,
    others: Table<H>,
}

impl<H: Instrument> Bindings<H> {
    /// Bound to nothing.
    pub(super) const fn new() -> Self {
        Self {
            first: OnceLock::new(),
            has_more: AtomicBool::new(false),
            more: RwLock::new(Vec::new()),
        }
    }

    /// Shows what is measured from now on in a registry too. The series of success is there from
    /// the start, so that rates have a beginning; unless only failures are measured.
    pub(super) fn bind(
        &self,
        declared: &MeterDeclaration,
        registry: &Arc<MeterRegistry>,
        failures_only: bool,
    ) {
        let bound = Bound::new(declared, registry, failures_only);
        let Err(bound) = self.first.set(bound) else { return };
        let mut more = self.more.write().unwrap_or_else(PoisonError::into_inner);
        more.retain(|bound| bound.registry.strong_count() > 0);
        more.push(bound);
        self.has_more.store(true, Relaxed);
    }

    /// Whether anything is measured at all.
    #[inline]
    pub(super) fn is_bound(&self) -> bool {
        self.first.get().is_some()
    }

    /// Calls `record` with each handle for calls that end so.
    #[inline]
    pub(super) fn each(&self, ending: Ending, mut record: impl FnMut(&Arc<H>)) {
        if let Some(bound) = self.first.get() {
            bound.with(ending, &mut record);
        }
        if self.has_more.load(Relaxed) {
            self.each_more(ending, record);
        }
    }

    #[cold]
    fn each_more(&self, ending: Ending, mut record: impl FnMut(&Arc<H>)) {
        for bound in self.more.read().unwrap_or_else(PoisonError::into_inner).iter() {
            bound.with(ending, &mut record);
        }
    }
}

impl<H: Instrument> Bound<H> {
    fn new(
        declared: &MeterDeclaration,
        registry: &Arc<MeterRegistry>,
        failures_only: bool,
    ) -> Self {
        let success = (!failures_only).then(|| handle(declared, registry, Ending::Success));
        let declared = *declared;
        Self { declared, registry: Arc::downgrade(registry), success, others: Table::default() }
    }

    #[inline]
    fn with(&self, ending: Ending, mut record: impl FnMut(&Arc<H>)) {
        if ending == Ending::Success {
            if let Some(success) = &self.success {
                record(success);
            }
        } else {
            self.with_other(ending, record);
        }
    }

    #[cold]
    fn with_other(&self, ending: Ending, mut record: impl FnMut(&Arc<H>)) {
        let make = |ending| Some(handle(&self.declared, &*self.registry.upgrade()?, ending));
        if let Some(handle) = self.others.get(ending, make) {
            record(handle);
        }
    }
}

fn handle<H: Instrument>(
    declared: &MeterDeclaration,
    registry: &MeterRegistry,
    ending: Ending,
) -> Arc<H> {
    let tags = H::tags(ending).into_iter().filter(|(key, _)| !key.is_empty());
    H::register(describe(registry, declared).tags(tags))
}

//! Where the layer and the panic hook find the reporter.

use std::sync::{Arc, LazyLock, OnceLock};

use super::{panic, reporter::Reporter};

static OF_PROCESS: LazyLock<Slot> = LazyLock::new(Slot::default);

/// A place for one reporter, which stays once it is there: lines of the way down belong to it too.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slot(Arc<OnceLock<Arc<Reporter>>>);

impl Slot {
    /// The one of the process.
    pub(crate) fn of_process() -> Self {
        OF_PROCESS.clone()
    }

    /// The reporter, if there is one.
    pub(crate) fn reporter(&self) -> Option<&Arc<Reporter>> {
        self.0.get()
    }

    /// Takes a reporter; `false` if there is one already, which stays.
    pub(crate) fn fill(&self, reporter: Reporter) -> bool {
        self.0.set(Arc::new(reporter)).is_ok()
    }

    /// Hands panics to the reporter from now on. To be called once.
    pub(crate) fn watch_panics(&self) {
        panic::watch(self.clone());
    }
}

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

    /// Takes a reporter, and panics from now on; `false` if there is one already, which stays.
    pub(crate) fn fill(&self, reporter: Reporter) -> bool {
        let is_first = self.0.set(Arc::new(reporter)).is_ok();
        if is_first {
            panic::watch(self.clone());
        }
        is_first
    }
}

//! The runtime that the application lives on, for those who may be asked on another one.

use std::sync::{Arc, OnceLock};

use tokio::{runtime::Handle, task::JoinSet};

/// A handle on the application's runtime, which is known once the service serves its management
/// API on a runtime of its own; until then, and in somebody else's server, it is the caller's.
/// Clones learn of it together.
#[derive(Clone, Debug, Default)]
pub struct ApplicationRuntime {
    handle: Arc<OnceLock<Handle>>,
}

impl ApplicationRuntime {
    /// Says which runtime it is; the first word counts.
    pub fn settle(&self, handle: Handle) {
        // It lives on one only.
        let _ = self.handle.set(handle);
    }

    /// The application's runtime if the caller is on another one.
    pub fn elsewhere(&self) -> Option<Handle> {
        let home = self.handle.get()?;
        let here = Handle::try_current().ok().map(|handle| handle.id());
        (here != Some(home.id())).then(|| home.clone())
    }

    /// Does `work` on the application's runtime, as a task that ends when the caller no longer
    /// waits. `None` if it panicked, or the runtime is shutting down, or there is none.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let home = self.elsewhere().or_else(|| Handle::try_current().ok())?;
        let mut task = JoinSet::new();
        task.spawn_on(work, &home);
        task.join_next().await?.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_sent_away_only_from_another_runtime_than_the_applications() {
        let build = || tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (home, other) = (build(), build());
        let known = ApplicationRuntime::default();
        assert!(known.elsewhere().is_none());
        other.block_on(async { assert!(known.elsewhere().is_none()) });
        known.clone().settle(home.handle().clone());
        other.block_on(async { assert_eq!(known.elsewhere().unwrap().id(), home.handle().id()) });
        home.block_on(async { assert!(known.elsewhere().is_none()) });
        assert_eq!(known.elsewhere().unwrap().id(), home.handle().id());
    }
}

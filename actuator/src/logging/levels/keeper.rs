//! Between the loggers and the store that keeps their overrides: loads at the start, saves what
//! changes, takes over what others change. Nobody waits for it who sets a level.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    sync::Arc,
    time::Duration,
};

use tokio::{
    runtime::Handle,
    sync::{Notify, mpsc, oneshot, watch},
    time::{sleep, timeout},
};

use super::{
    change::{ChangeCause, Listening, Origin},
    changing::OWN_TARGET,
    level_override::LevelOverride,
    loggers::Loggers,
    store::{LevelOverrideStore, OverridesChange, SharedOverrides},
};
use crate::support::trigger::Trigger;

/// How long after a failure it is tried again, if nothing else happens before.
const AGAIN: Duration = Duration::from_secs(30);

/// A store that is kept up to date until this and its clones are gone.
#[derive(Clone, Debug)]
pub(crate) struct Keeper {
    flush: mpsc::Sender<oneshot::Sender<()>>,
    loaded: Trigger,
    _listening: Arc<Listening>,
}

impl Keeper {
    /// Loads what `store` has into `loggers`, and keeps it up to date, on a task of `runtime`.
    pub(crate) fn start(
        loggers: &Loggers,
        store: Arc<dyn LevelOverrideStore>,
        origin: Option<Origin>,
        runtime: &Handle,
    ) -> Self {
        let changed = Arc::new(Notify::new());
        let notify = Arc::clone(&changed);
        let listening = loggers.on_change(move |_| notify.notify_one());
        let (flush, flushes) = mpsc::channel(4);
        let (handle, others) = SharedOverrides::new();
        let loaded = Trigger::default();
        let keeping = Keeping {
            loggers: loggers.clone(),
            store,
            origin,
            stored: None,
            handle: Some(handle),
            loaded: loaded.clone(),
            failing: false,
        };
        runtime.spawn(keeping.run(changed, flushes, others));
        Self { flush, loaded, _listening: Arc::new(listening) }
    }

    /// Waits until the store was asked at least once, but no longer than `limit`: a service does
    /// not fail to start because of it.
    pub(crate) async fn loaded(&self, limit: Duration) {
        if timeout(limit, self.loaded.thrown()).await.is_err() {
            tracing::warn!(
                target: OWN_TARGET,
                "levels that were set before the start come later: their store does not answer"
            );
        }
    }

    /// Waits until everything is saved, but no longer than `limit`.
    pub(crate) async fn flush(&self, limit: Duration) {
        let (done, is_done) = oneshot::channel();
        let flushed = async {
            if self.flush.send(done).await.is_ok() {
                // The other end goes away without a word where the runtime ends.
                let _ = is_done.await;
            }
        };
        let _ = timeout(limit, flushed).await;
    }
}

/// The task behind a [`Keeper`].
struct Keeping {
    loggers: Loggers,
    store: Arc<dyn LevelOverrideStore>,
    origin: Option<Origin>,
    /// What the store has, by name; `None` until that is known.
    stored: Option<BTreeMap<String, LevelOverride>>,
    /// What the store will be given once it has loaded.
    handle: Option<SharedOverrides>,
    /// Thrown once the store was asked, whatever it said.
    loaded: Trigger,
    /// Whether the last call failed, which was told then.
    failing: bool,
}

impl Keeping {
    async fn run(
        mut self,
        changed: Arc<Notify>,
        mut flushes: mpsc::Receiver<oneshot::Sender<()>>,
        mut others: watch::Receiver<Option<Vec<LevelOverride>>>,
    ) {
        let mut waiting: Option<oneshot::Sender<()>> = None;
        loop {
            self.load().await;
            self.loaded.throw();
            self.save().await;
            if let Some(done) = waiting.take() {
                // Who asked may have gone.
                let _ = done.send(());
            }
            tokio::select! {
                () = changed.notified() => {}
                () = sleep(AGAIN), if self.failing => {}
                Ok(()) = others.changed() => {
                    let told = others.borrow_and_update().clone();
                    self.follow(told.unwrap_or_default());
                }
                asked = flushes.recv() => match asked {
                    Some(done) => waiting = Some(done),
                    None => return,
                },
            }
        }
    }

    /// Loads, if that has not succeeded yet.
    async fn load(&mut self) {
        if self.stored.is_none() {
            let store = Arc::clone(&self.store);
            let there = on_its_own(async move { store.load().await }).await;
            if let Some(there) = self.told("read", there) {
                self.take_over(there);
            }
        }
    }

    /// Saves what is not saved yet.
    async fn save(&mut self) {
        let Some(stored) = &self.stored else { return };
        let now = by_name(self.current());
        let change = difference(stored, &now);
        if change.set.is_empty() && change.removed.is_empty() {
            return;
        }
        let store = Arc::clone(&self.store);
        let saved = on_its_own(async move { store.save(&change).await }).await;
        if self.told("saved", saved).is_some() {
            self.stored = Some(now);
        }
    }

    /// What was there before the start; what was set since is newer.
    fn take_over(&mut self, there: Vec<LevelOverride>) {
        let stored = by_name(there);
        let set_since: BTreeSet<String> = self.current().into_iter().map(|set| set.name).collect();
        let old = stored.values().filter(|set| !set_since.contains(&set.name)).cloned().collect();
        let adopted = self.loggers.adopt(old, &[], ChangeCause::Restored, self.origin);
        if !adopted.is_empty() && !self.loggers.is_attached() {
            tracing::warn!(
                target: OWN_TARGET,
                "the levels of {} have no effect: {}",
                self.store.place(),
                super::change::SetLevelError::NotAttached
            );
        }
        self.stored = Some(stored);
        if let Some(handle) = self.handle.take() {
            self.store.watch(handle);
        }
    }

    /// What others have changed in the store takes effect, unless it was changed here as well.
    fn follow(&mut self, there: Vec<LevelOverride>) {
        let Some(before) = &self.stored else { return };
        let (ours, theirs) = (by_name(self.current()), by_name(there));
        let unchanged_here = |name: &String| ours.get(name) == before.get(name);
        let change = difference(before, &theirs);
        let set = change.set.into_iter().filter(|set| unchanged_here(&set.name)).collect();
        let gone: Vec<String> =
            change.removed.into_iter().filter(|name| unchanged_here(name)).collect();
        self.loggers.adopt(set, &gone, ChangeCause::Shared, self.origin);
        self.stored = Some(theirs);
    }

    fn current(&self) -> Vec<LevelOverride> {
        self.loggers.state().overrides().map(|entry| LevelOverride::clone(&entry.set)).collect()
    }

    /// The result of a call, if it succeeded. A failure is told once, and its end too.
    fn told<T>(&mut self, what: &str, result: io::Result<T>) -> Option<T> {
        let place = self.store.place();
        match result {
            Ok(value) => {
                if std::mem::take(&mut self.failing) {
                    tracing::info!(target: OWN_TARGET, "levels can be {what} again: {place}");
                }
                Some(value)
            }
            Err(error) => {
                if !std::mem::replace(&mut self.failing, true) {
                    tracing::warn!(
                        target: OWN_TARGET,
                        "levels that are set cannot be {what}, and do not survive a restart until \
                         they can: {place}: {error}"
                    );
                }
                None
            }
        }
    }
}

/// Runs a call of a store on a task of its own: one that panics has failed.
async fn on_its_own<T: Send + 'static>(
    call: impl Future<Output = io::Result<T>> + Send + 'static,
) -> io::Result<T> {
    match tokio::spawn(call).await {
        Ok(result) => result,
        Err(error) => Err(io::Error::other(error)),
    }
}

fn by_name(overrides: Vec<LevelOverride>) -> BTreeMap<String, LevelOverride> {
    overrides.into_iter().map(|set| (set.name.clone(), set)).collect()
}

fn difference(
    before: &BTreeMap<String, LevelOverride>,
    now: &BTreeMap<String, LevelOverride>,
) -> OverridesChange {
    let set = now.iter().filter(|(name, set)| before.get(*name) != Some(*set));
    let removed = before.keys().filter(|name| !now.contains_key(*name));
    OverridesChange {
        set: set.map(|(_, set)| set.clone()).collect(),
        removed: removed.cloned().collect(),
        all: now.values().cloned().collect(),
    }
}

#[cfg(test)]
mod tests;

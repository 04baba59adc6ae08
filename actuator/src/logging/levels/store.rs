//! Where overrides are kept beyond the end of the process, as those who keep them have to see it.

use std::io;

use tokio::sync::watch;

use super::level_override::LevelOverride;
use crate::model::endpoint::BoxFuture;

/// Keeps overrides of levels, so that they survive a restart. There is one that keeps them in a
/// file (`actuator.loggers.overrides.file`); an application hands over its own with
/// `App::level_override_store`.
///
/// A change of a level never waits for its store and is never refused because of it: what goes
/// wrong is logged once, and tried again every half minute and with the next change. Calls come
/// one at a time, each on a task of its own on the application's runtime, so they must not block
/// its threads.
///
/// Instances that share a store each save only what was changed at them, and a store that hears
/// of changes by others (a subscription, a watch) passes them on: see [`Self::watch`].
pub trait LevelOverrideStore: Send + Sync + 'static {
    /// Where they are kept, for the log: `/var/lib/shop/log-levels.json`.
    fn place(&self) -> String;

    /// All that is kept. Called once at the start, and again if it fails. What is over by then, or
    /// could not have been set through the API, is left out, and removed with the next save.
    fn load(&self) -> Stored<'_, Vec<LevelOverride>>;

    /// Keeps a change.
    fn save<'s>(&'s self, change: &'s OverridesChange) -> Stored<'s, ()>;

    /// Is given, once they are loaded, a handle by which it tells what others have changed. A
    /// store that nobody else writes to needs none.
    fn watch(&self, overrides: SharedOverrides) {
        drop(overrides);
    }
}

/// What a store gives: a future, so that it may read a file or ask a server.
pub type Stored<'s, T> = BoxFuture<'s, io::Result<T>>;

/// What changed since the store last loaded or saved, and what there is now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OverridesChange {
    /// Overrides that are new, or have changed.
    pub set: Vec<LevelOverride>,
    /// Names of those that are gone.
    pub removed: Vec<String>,
    /// All that there are now.
    pub all: Vec<LevelOverride>,
}

/// By which a store tells what other instances have changed in it. Clones are the same handle.
#[derive(Clone, Debug)]
pub struct SharedOverrides {
    sender: watch::Sender<Option<Vec<LevelOverride>>>,
}

impl SharedOverrides {
    /// A handle, and where its words arrive.
    pub(super) fn new() -> (Self, watch::Receiver<Option<Vec<LevelOverride>>>) {
        let (sender, receiver) = watch::channel(None);
        (Self { sender }, receiver)
    }

    /// All overrides that are in the store now. What differs from what was last loaded or saved
    /// takes effect; what was changed here in the meantime, and is not saved yet, stays.
    ///
    /// It returns at once, and of several calls in a row the last one may be the only one that
    /// is heard.
    pub fn replace(&self, overrides: Vec<LevelOverride>) {
        self.sender.send_replace(Some(overrides));
    }
}

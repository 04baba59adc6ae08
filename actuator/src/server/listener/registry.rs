//! The open connections of a listener: how many there are, and who has to go if there are too many.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

use super::activity::{Activity, Order, Reason, Spare};

/// How long a request has to stall before its connection may be ended for others.
const STALLED: Duration = Duration::from_secs(5);
/// One of so many connections is ended when there are too many: more than one, so that a flood is
/// not searched for each of its connections.
const SHARE: usize = 32;

/// The open connections.
#[derive(Debug)]
pub(super) struct Registry {
    epoch: Instant,
    open: Mutex<Open>,
    /// Told when there is one less.
    pub(super) fewer: Notify,
    pub(super) closed: Closed,
}

#[derive(Debug, Default)]
struct Open {
    last: u64,
    connections: HashMap<u64, Arc<Activity>>,
}

/// How many connections the listener has ended itself, by reason.
#[derive(Debug, Default)]
pub(super) struct Closed {
    header: AtomicU64,
    keep_alive: AtomicU64,
    write: AtomicU64,
    body: AtomicU64,
    room: AtomicU64,
}

impl Closed {
    /// One more.
    pub(super) fn count(&self, reason: Reason) {
        let counter = match reason {
            Reason::Header => &self.header,
            Reason::KeepAlive => &self.keep_alive,
            Reason::Write => &self.write,
            Reason::Body => &self.body,
            Reason::Room => &self.room,
            Reason::Stop => return,
        };
        counter.fetch_add(1, Relaxed);
    }

    /// The reasons, as they are called in meters, and their numbers.
    fn all(&self) -> [(&'static str, u64); 5] {
        [
            ("header-timeout", &self.header),
            ("keep-alive-timeout", &self.keep_alive),
            ("write-timeout", &self.write),
            ("body-timeout", &self.body),
            ("no-room", &self.room),
        ]
        .map(|(reason, counter)| (reason, counter.load(Relaxed)))
    }
}

/// The connections of a listener, for those who count them.
#[derive(Clone, Debug)]
pub(in crate::server) struct Connections(pub(super) Arc<Registry>);

impl Connections {
    /// How many are open.
    pub(in crate::server) fn open(&self) -> u64 {
        self.0.len() as u64
    }

    /// How many the listener has ended itself, by reason.
    pub(in crate::server) fn closed(&self) -> [(&'static str, u64); 5] {
        self.0.closed.all()
    }
}

/// A connection among the open ones, until it is dropped.
#[derive(Debug)]
pub(super) struct Entry {
    registry: Arc<Registry>,
    id: u64,
    pub(super) activity: Arc<Activity>,
}

impl Registry {
    /// None yet.
    pub(super) fn new() -> Self {
        Self {
            epoch: Instant::now(),
            open: Mutex::default(),
            fewer: Notify::new(),
            closed: Closed::default(),
        }
    }

    /// How many are open.
    pub(super) fn len(&self) -> usize {
        self.change(|open| open.connections.len())
    }

    /// One more.
    pub(super) fn add(self: &Arc<Self>) -> Entry {
        let activity = Arc::new(Activity::new(self.epoch));
        let id = self.change(|open| {
            open.last += 1;
            open.connections.insert(open.last, Arc::clone(&activity));
            open.last
        });
        Entry { registry: Arc::clone(self), id, activity }
    }

    /// Tells all of them.
    pub(super) fn order(&self, order: Order) {
        self.change(|open| open.connections.values().for_each(|one| one.order(order)));
    }

    /// Tells those to end that can be spared best, and of these those that are waited for the
    /// longest. One whose request may be on its way goes only if there is no other, and alone: a
    /// probe has to get through. Says whether there were any.
    pub(super) fn make_room(&self) -> bool {
        self.change(|open| {
            let Some(now) = open.connections.values().next().map(|one| one.now()) else {
                return false;
            };
            // Of those that became idle within one millisecond, the older one.
            let spare = |(id, one): (&u64, &Arc<Activity>)| {
                Some(((one.spare(now, STALLED)?, *id), Arc::clone(one)))
            };
            let mut spare: Vec<_> = open.connections.iter().filter_map(spare).collect();
            spare.sort_unstable_by_key(|(rank, _)| *rank);
            let others = spare.iter().filter(|(((class, _), _), _)| *class != Spare::Fresh).count();
            let share = (open.connections.len() / SHARE).min(others).max(1);
            let gone = spare.iter().take(share).map(|(_, one)| {
                one.order(Order::Close);
                self.closed.count(Reason::Room);
            });
            gone.count() > 0
        })
    }

    fn change<T>(&self, change: impl FnOnce(&mut Open) -> T) -> T {
        change(&mut self.open.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Entry {
    /// The listener ends it, for this reason.
    pub(super) fn ended(&self, reason: Reason) {
        self.registry.closed.count(reason);
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.registry.change(|open| open.connections.remove(&self.id));
        self.registry.fewer.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_oldest_without_a_request_go_first_and_those_at_work_never() {
        let registry = Arc::new(Registry::new());
        let mut entries = Vec::new();
        for _ in 0..3 {
            entries.push(registry.add());
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        let ordered = || entries.iter().map(|entry| entry.activity.ordered()).collect::<Vec<_>>();
        entries[0].activity.begin();
        assert!(registry.make_room());
        assert_eq!(ordered(), [Order::None, Order::Close, Order::None]);
        assert!(registry.make_room());
        assert_eq!(ordered(), [Order::None, Order::Close, Order::Close]);
        assert!(!registry.make_room());
        entries[0].activity.wrote(true);
        assert!(!registry.make_room(), "it has not stalled for long");
        tokio::time::advance(STALLED).await;
        assert!(registry.make_room());
        assert_eq!(registry.closed.all()[4], ("no-room", 3));
        entries.clear();
        assert_eq!(registry.len(), 0);
    }
}

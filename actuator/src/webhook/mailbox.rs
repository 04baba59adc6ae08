//! Where changes wait for the task: the latest of each check.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

use super::ledger::MOST_CHECKS;
use crate::health::HealthTransition;

/// Changes that were not yet looked at. To put one in takes a moment and never waits for the
/// task; however many there are, they take the room of one per check.
#[derive(Debug, Default)]
pub struct Mailbox {
    latest: Mutex<BTreeMap<Arc<str>, Arc<HealthTransition>>>,
    arrived: Notify,
}

impl Mailbox {
    /// Puts a change in, in place of an earlier one of the same check. What had happened before the
    /// webhook began comes beside what happens now: the later one stays.
    pub fn put(&self, change: &HealthTransition) {
        {
            let mut latest = self.latest();
            if latest.len() >= MOST_CHECKS && !latest.contains_key(&change.path) {
                return;
            }
            let known = latest.get(&change.path);
            if known.is_some_and(|known| known.sequence > change.sequence) {
                return;
            }
            latest.insert(Arc::clone(&change.path), Arc::new(change.clone()));
        }
        self.arrived.notify_one();
    }

    /// Takes all there are, the first that happened first.
    pub fn take(&self) -> Vec<Arc<HealthTransition>> {
        let taken = std::mem::take(&mut *self.latest());
        let mut changes: Vec<_> = taken.into_values().collect();
        changes.sort_unstable_by_key(|change| change.sequence);
        changes
    }

    /// Waits for the next to be put in, also if that was before this was called.
    pub async fn arrived(&self) {
        self.arrived.notified().await;
    }

    fn latest(&self) -> MutexGuard<'_, BTreeMap<Arc<str>, Arc<HealthTransition>>> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::health::Status;

    #[test]
    fn the_latest_change_of_a_check_stays_in_whatever_order_they_come() {
        let mailbox = Mailbox::default();
        for sequence in [2, 3, 1] {
            mailbox.put(&HealthTransition {
                sequence,
                path: "db".into(),
                from: Status::UP,
                to: Status::DOWN,
                at: SystemTime::UNIX_EPOCH,
                cause: None,
                outage: None,
            });
        }
        let taken: Vec<_> = mailbox.take().iter().map(|change| change.sequence).collect();
        assert_eq!(taken, [3]);
    }
}

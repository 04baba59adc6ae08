//! How many handshakes are in progress at once, and who gives way to new ones.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::oneshot;

/// Handshakes in progress, of which the oldest gives way if there are too many: an honest one is
/// over in milliseconds, so that clients who say nothing never keep others out.
#[derive(Clone, Debug)]
pub(super) struct Handshakes {
    most: usize,
    running: Arc<Mutex<Running>>,
}

#[derive(Debug, Default)]
struct Running {
    next: u64,
    /// In the order of their beginning. One that is taken out here has to end.
    all: BTreeMap<u64, oneshot::Sender<()>>,
}

/// One that is in progress until this is dropped.
#[derive(Debug)]
pub(super) struct Handshake {
    number: u64,
    running: Arc<Mutex<Running>>,
    end: oneshot::Receiver<()>,
}

impl Handshakes {
    /// At most `most` at once.
    pub(super) fn new(most: usize) -> Self {
        Self { most, running: Arc::default() }
    }

    /// One more.
    pub(super) fn begin(&self) -> Handshake {
        let (stay, end) = oneshot::channel();
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let number = running.next;
        running.next += 1;
        running.all.insert(number, stay);
        if running.all.len() > self.most {
            running.all.pop_first();
        }
        Handshake { number, running: Arc::clone(&self.running), end }
    }
}

impl Handshake {
    /// Returns when this one has to give way.
    pub(super) async fn is_in_the_way(&mut self) {
        // Nothing is ever sent: the sender goes away.
        let _ = (&mut self.end).await;
    }
}

impl Drop for Handshake {
    fn drop(&mut self) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.all.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_oldest_gives_way_and_those_that_end_make_room() {
        let handshakes = Handshakes::new(2);
        let mut first = handshakes.begin();
        let second = handshakes.begin();
        drop(second);
        let _third = handshakes.begin();
        assert!(first.end.try_recv().is_err_and(|e| e == oneshot::error::TryRecvError::Empty));
        let _fourth = handshakes.begin();
        first.is_in_the_way().await;
        drop(first);
        assert_eq!(handshakes.running.lock().unwrap().all.len(), 2);
    }
}

//! Where slow hashes are made: beside the runtime, few at once, and one at a time for each peer, so
//! that a flood of wrong passwords takes neither all cores nor the turn of others.

use std::{
    collections::HashMap,
    net::IpAddr,
    num::NonZero,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::peer_key::PeerKey;

/// So many of one peer wait; what comes beyond is told to come back.
const WAITING_OF_ONE: usize = 16;
/// So many wait in all.
const WAITING_OF_ALL: usize = 512;
/// Hashes at once, on a machine with many cores.
const MOST_AT_ONCE: usize = 4;

/// Makes slow hashes.
#[derive(Debug)]
pub struct Hashing {
    all: Arc<Semaphore>,
    queues: Arc<Mutex<Queues>>,
}

#[derive(Debug, Default)]
struct Queues {
    waiting: usize,
    peers: HashMap<PeerKey, Queue>,
}

#[derive(Debug)]
struct Queue {
    turn: Arc<Semaphore>,
    waiting: usize,
}

/// A peer's turn to have a hash made. Its place is given back when it is dropped.
#[derive(Debug)]
pub struct Turn {
    _of_all: OwnedSemaphorePermit,
    _own: OwnedSemaphorePermit,
    _place: Place,
}

#[derive(Debug)]
struct Place {
    peer: PeerKey,
    queues: Arc<Mutex<Queues>>,
}

impl Hashing {
    /// Half of the cores at most.
    pub fn new() -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let at_once = (cores / 2).clamp(1, MOST_AT_ONCE);
        Self { all: Arc::new(Semaphore::new(at_once)), queues: Arc::default() }
    }

    /// Waits for the turn of this peer; `None` if too many wait already.
    pub async fn turn(&self, client: Option<IpAddr>) -> Option<Turn> {
        let peer = PeerKey::from(client);
        let (own, place) = self.enter(peer)?;
        let own = own.acquire_owned().await.ok()?;
        let all = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some(Turn { _of_all: all, _own: own, _place: place })
    }

    fn enter(&self, peer: PeerKey) -> Option<(Arc<Semaphore>, Place)> {
        let mut queues = locked(&self.queues);
        if queues.waiting >= WAITING_OF_ALL {
            return None;
        }
        let queue = queues
            .peers
            .entry(peer)
            .or_insert_with(|| Queue { turn: Arc::new(Semaphore::new(1)), waiting: 0 });
        if queue.waiting >= WAITING_OF_ONE {
            return None;
        }
        queue.waiting += 1;
        let turn = Arc::clone(&queue.turn);
        queues.waiting += 1;
        Some((turn, Place { peer, queues: Arc::clone(&self.queues) }))
    }
}

impl Turn {
    /// Does the work beside the runtime. The turn lasts until it is done, also if nobody waits for
    /// it any more. `None` if the work has panicked, or the runtime ends.
    pub async fn work<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let turn = self;
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        })
        .await
        .ok()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut queues = locked(&self.queues);
        queues.waiting = queues.waiting.saturating_sub(1);
        let Some(queue) = queues.peers.get_mut(&self.peer) else { return };
        queue.waiting = queue.waiting.saturating_sub(1);
        if queue.waiting == 0 {
            queues.peers.remove(&self.peer);
        }
    }
}

fn locked(queues: &Mutex<Queues>) -> MutexGuard<'_, Queues> {
    queues.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[allow(clippy::unnecessary_wraps, reason = "as it is asked for")]
    fn address(last: u8) -> Option<IpAddr> {
        Some(IpAddr::from([10, 0, 0, last]))
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_peer_has_one_turn_at_a_time_and_others_do_not_wait_for_it() {
        let hashing = Hashing { all: Arc::new(Semaphore::new(2)), queues: Arc::default() };
        let first = hashing.turn(address(1)).await.unwrap();
        let mut second = Box::pin(hashing.turn(address(1)));
        assert!(futures_poll(second.as_mut()).is_none(), "it waits for the first");
        let other = hashing.turn(address(2)).await.unwrap();
        assert_eq!(other.work(|| 7).await, Some(7));
        drop(first);
        assert!(second.await.is_some());
        assert!(locked(&hashing.queues).peers.is_empty() && locked(&hashing.queues).waiting == 0);
    }

    #[tokio::test]
    async fn who_sends_too_many_is_told_so_at_once_and_leaves_nothing_behind() {
        let hashing = Hashing { all: Arc::new(Semaphore::new(2)), queues: Arc::default() };
        let first = hashing.turn(address(1)).await.unwrap();
        let mut waiting: Vec<_> =
            (1..WAITING_OF_ONE).map(|_| Box::pin(hashing.turn(address(1)))).collect();
        for turn in &mut waiting {
            assert!(futures_poll(turn.as_mut()).is_none());
        }
        assert!(hashing.turn(address(1)).await.is_none());
        assert!(hashing.turn(address(2)).await.is_some());
        drop((waiting, first));
        assert!(locked(&hashing.queues).peers.is_empty() && locked(&hashing.queues).waiting == 0);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_turn_lasts_until_the_work_is_done_although_nobody_waits_for_it() {
        let hashing = Hashing { all: Arc::new(Semaphore::new(1)), queues: Arc::default() };
        let (begun, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let gate = Arc::new(Semaphore::new(0));
        let turn = hashing.turn(address(1)).await.unwrap();
        let (b, d, g) = (Arc::clone(&begun), Arc::clone(&done), Arc::clone(&gate));
        let runtime = tokio::runtime::Handle::current();
        let work = tokio::spawn(turn.work(move || {
            b.fetch_add(1, Ordering::SeqCst);
            runtime.block_on(async { g.acquire().await.unwrap().forget() });
            d.fetch_add(1, Ordering::SeqCst);
        }));
        while begun.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        work.abort();
        assert!(work.await.is_err());
        let mut next = Box::pin(hashing.turn(address(2)));
        assert!(futures_poll(next.as_mut()).is_none(), "the only core is still taken");
        gate.add_permits(1);
        assert!(next.await.is_some());
        assert_eq!(done.load(Ordering::SeqCst), 1);
    }

    /// Polls once.
    fn futures_poll<F: Future>(future: std::pin::Pin<&mut F>) -> Option<F::Output> {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match future.poll(&mut context) {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        }
    }
}

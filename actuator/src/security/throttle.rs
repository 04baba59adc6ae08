//! How wrong credentials are slowed down and then refused, for each peer apart.
//!
//! Who has failed too often is not looked at for a while, right or wrong: otherwise guessing would
//! go on. Nobody else notices.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::peer_key::PeerKey;
use crate::support::clock::Clock;

/// Peers that are remembered; the one that failed longest ago gives way.
const PEERS: usize = 4096;
/// The answer to a first failure comes so late; each further one doubles it.
const FIRST_DELAY: Duration = Duration::from_millis(50);
const LONGEST_DELAY: Duration = Duration::from_secs(1);
/// Those without an address are many in one: they may fail so many times as often.
const UNKNOWN: u32 = 10;

/// What settings say of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThrottleSettings {
    /// After so many failures a peer is not looked at.
    pub failures: u32,
    /// So long; and so long a failure counts.
    pub window: Duration,
}

impl Default for ThrottleSettings {
    fn default() -> Self {
        Self { failures: 10, window: Duration::from_mins(1) }
    }
}

/// Counts failures.
#[derive(Debug)]
pub struct Throttle {
    settings: ThrottleSettings,
    clock: Clock,
    peers: Mutex<HashMap<PeerKey, Peer>>,
}

#[derive(Debug)]
struct Peer {
    began: Instant,
    last: Instant,
    failures: u32,
}

/// What is to be done about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// How long the answer waits.
    pub delay: Duration,
    /// Whether it is the first of this peer for a while, which is logged.
    pub is_first: bool,
    /// Whether this peer is not looked at from now on.
    pub is_last: bool,
}

impl Throttle {
    /// Nobody has failed yet.
    pub fn new(settings: ThrottleSettings, clock: Clock) -> Self {
        Self { settings, clock, peers: Mutex::default() }
    }

    /// How long this peer is still not looked at, if it has failed too often.
    pub fn refuses(&self, client: Option<IpAddr>) -> Option<Duration> {
        let key = PeerKey::from(client);
        let peers = self.peers();
        let peer = peers.get(&key)?;
        if peer.failures < self.limit(key) {
            return None;
        }
        let since = self.clock.instant().saturating_duration_since(peer.last);
        self.settings.window.checked_sub(since).filter(|left| !left.is_zero())
    }

    /// Counts a failure.
    pub fn failed(&self, client: Option<IpAddr>) -> Failure {
        let key = PeerKey::from(client);
        let now = self.clock.instant();
        let mut peers = self.peers();
        if peers.len() >= PEERS && !peers.contains_key(&key) {
            self.make_room(&mut peers, now);
        }
        let peer = peers.entry(key).or_insert(Peer { began: now, last: now, failures: 0 });
        let since = if peer.failures < self.limit(key) { peer.began } else { peer.last };
        if now.saturating_duration_since(since) >= self.settings.window {
            *peer = Peer { began: now, last: now, failures: 0 };
        }
        peer.failures = peer.failures.saturating_add(1);
        peer.last = now;
        let doubled = FIRST_DELAY.saturating_mul(1 << (peer.failures - 1).min(16));
        Failure {
            delay: doubled.min(LONGEST_DELAY),
            is_first: peer.failures == 1,
            is_last: peer.failures == self.limit(key),
        }
    }

    fn limit(&self, peer: PeerKey) -> u32 {
        let factor = if peer == PeerKey::Unknown { UNKNOWN } else { 1 };
        self.settings.failures.saturating_mul(factor)
    }

    fn make_room(&self, peers: &mut HashMap<PeerKey, Peer>, now: Instant) {
        let window = self.settings.window;
        peers.retain(|_, peer| now.saturating_duration_since(peer.last) < window);
        if peers.len() >= PEERS
            && let Some(oldest) =
                peers.iter().min_by_key(|(_, peer)| peer.last).map(|(key, _)| *key)
        {
            peers.remove(&oldest);
        }
    }

    fn peers(&self) -> MutexGuard<'_, HashMap<PeerKey, Peer>> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::{net::Ipv6Addr, time::SystemTime};

    use super::*;

    fn throttle() -> (Throttle, Clock) {
        let clock = Clock::manual(SystemTime::now());
        (Throttle::new(ThrottleSettings::default(), clock.clone()), clock)
    }

    #[allow(clippy::unnecessary_wraps, reason = "as it is asked for")]
    fn peer(last: u8) -> Option<IpAddr> {
        Some(IpAddr::from([10, 0, 0, last]))
    }

    #[test]
    fn who_fails_waits_longer_each_time_and_is_then_not_looked_at_for_a_while() {
        let (throttle, clock) = throttle();
        let failures: Vec<Failure> = (0..10).map(|_| throttle.failed(peer(1))).collect();
        let millis: Vec<u128> = failures.iter().map(|failure| failure.delay.as_millis()).collect();
        assert_eq!(millis, [50, 100, 200, 400, 800, 1000, 1000, 1000, 1000, 1000]);
        assert_eq!(failures.iter().filter(|failure| failure.is_first).count(), 1);
        assert!(failures[9].is_last);
        assert_eq!(throttle.refuses(peer(1)), Some(Duration::from_mins(1)));
        assert_eq!((throttle.refuses(peer(2)), throttle.refuses(None)), (None, None));
        clock.advance(Duration::from_secs(59));
        assert_eq!(throttle.refuses(peer(1)), Some(Duration::from_secs(1)));
        clock.advance(Duration::from_secs(1));
        assert_eq!(throttle.refuses(peer(1)), None);
        assert!(throttle.failed(peer(1)).is_first, "it begins anew");
    }

    #[test]
    fn a_failure_now_and_then_never_adds_up() {
        let (throttle, clock) = throttle();
        for _ in 0..100 {
            throttle.failed(peer(1));
            clock.advance(Duration::from_secs(10));
            assert_eq!(throttle.refuses(peer(1)), None);
        }
    }

    #[test]
    fn a_million_peers_take_the_room_of_a_few_thousand() {
        let (throttle, _) = throttle();
        for _ in 0..10 {
            throttle.failed(peer(1));
        }
        for network in 0..10_000_u128 {
            throttle.failed(Some(Ipv6Addr::from_bits(network << 64).into()));
        }
        assert_eq!(throttle.peers().len(), PEERS);
    }

    #[test]
    fn those_without_an_address_may_fail_more_often_since_they_are_many() {
        let (throttle, _) = throttle();
        for _ in 0..99 {
            throttle.failed(None);
        }
        assert_eq!(throttle.refuses(None), None);
        throttle.failed(None);
        assert!(throttle.refuses(None).is_some());
    }
}

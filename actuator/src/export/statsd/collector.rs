//! The collector as it is seen from here: where it is now, whether it listens, what it got.
//!
//! Its name is looked up here, on the exporting thread: at first, every minute, and after each
//! failure. Of several addresses the next one is tried as soon as one refuses.

use std::{
    io,
    net::{SocketAddr, ToSocketAddrs as _},
    path::Path,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use super::{target::Target, transport::Transport};
use crate::meter::{Counter, MeterRegistry};

/// How long a name that was looked up counts.
const LOOKUP: Duration = Duration::from_mins(1);
/// How long a full buffer is given to become less full.
const BREATH: Duration = Duration::from_millis(1);
/// How often in one step.
const PATIENCE: u32 = 50;

/// Who gets the datagrams.
#[derive(Debug)]
pub(super) struct Collector {
    target: Target,
    addresses: Vec<SocketAddr>,
    /// Which of the addresses the socket is connected to.
    current: usize,
    looked_up: Option<Instant>,
    transport: Option<Transport>,
    /// How many more full buffers this step waits for.
    patience: u32,
    /// What went wrong in this step, the first of it.
    failure: Option<String>,
    /// Whether the last step went wrong; `None` before the first.
    was_failing: Option<bool>,
    sent: Arc<Counter>,
    dropped: Arc<Counter>,
}

impl Collector {
    /// Counts its datagrams in `registry`.
    pub(super) fn new(target: Target, registry: &MeterRegistry) -> Self {
        let counter = |outcome| {
            registry
                .meter("actuator.export.datagrams")
                .description("Datagrams of meters: sent, or dropped because nobody takes them")
                .tag("exporter", "statsd")
                .tag("outcome", outcome)
                .counter()
        };
        Self {
            target,
            addresses: Vec::new(),
            current: 0,
            looked_up: None,
            transport: None,
            patience: PATIENCE,
            failure: None,
            was_failing: None,
            sent: counter("sent"),
            dropped: counter("dropped"),
        }
    }

    /// Before the datagrams of a step: looks the name up if that is due, and connects.
    pub(super) fn begin(&mut self, now: Instant) {
        self.patience = PATIENCE;
        let fresh = self.looked_up.is_some_and(|then| now.saturating_duration_since(then) < LOOKUP);
        if !fresh || self.was_failing == Some(true) {
            self.look_up(now);
        }
        if self.transport.is_none() {
            self.connect();
        }
    }

    /// Sends a datagram, or drops it.
    pub(super) fn send(&mut self, datagram: &[u8]) {
        let mut last = None;
        for _ in 0..=self.addresses.len().max(1) {
            match self.attempt(datagram) {
                Ok(()) => return self.sent.increment(),
                Err(error) if is_refusal(&error) => {
                    last = Some(error);
                    self.turn();
                }
                Err(error) => {
                    last = Some(error);
                    break;
                }
            }
        }
        if let Some(error) = last {
            self.note(&error);
        }
        self.dropped.increment();
    }

    fn attempt(&mut self, datagram: &[u8]) -> io::Result<()> {
        let Some(transport) = &self.transport else {
            return Err(io::ErrorKind::NotConnected.into());
        };
        let mut result = transport.send(datagram);
        if result.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
            && let Some(rest) = self.patience.checked_sub(1)
        {
            self.patience = rest;
            thread::sleep(BREATH);
            result = transport.send(datagram);
        }
        if result.is_ok() {
            // Nobody there on this machine is known at once; another address may do.
            return transport.told().map_or(Ok(()), Err);
        }
        // What is refused here was an earlier datagram, which is lost.
        result.inspect_err(|error| self.note(error))
    }

    /// After the datagrams of a step: says so if the collector was lost or found.
    pub(super) fn end(&mut self) {
        let failure = self.failure.take();
        let failing = failure.is_some();
        if let Some(failure) = failure {
            if self.was_failing != Some(true) {
                tracing::warn!(
                    target: "actuator::export",
                    "meters for the statsd server at {} are dropped: {failure}; it is tried again \
                     with every step",
                    self.target
                );
            }
        } else if self.was_failing == Some(true) {
            let target = &self.target;
            tracing::info!(target: "actuator::export", "the statsd server at {target} is there again");
        }
        self.was_failing = Some(failing);
    }

    fn look_up(&mut self, now: Instant) {
        let found = match &self.target {
            Target::Unix(_) => return,
            Target::Udp { host, port } => (host.as_str(), *port).to_socket_addrs(),
        };
        match found.map(Iterator::collect::<Vec<_>>) {
            Ok(found) if !found.is_empty() => {
                self.looked_up = Some(now);
                let current = self.addresses.get(self.current);
                let still = current.and_then(|current| found.iter().position(|f| f == current));
                if still.is_none() {
                    self.transport = None;
                }
                (self.addresses, self.current) = (found, still.unwrap_or(0));
            }
            // What was found before may do.
            _ if !self.addresses.is_empty() => {}
            Ok(_) => self.note(&"its name has no address"),
            Err(error) => self.note(&error),
        }
    }

    fn connect(&mut self) {
        let transport = match &self.target {
            Target::Unix(path) => Transport::unix(Path::new(path)),
            Target::Udp { .. } => {
                let Some(address) = self.addresses.get(self.current) else { return };
                Transport::udp(*address)
            }
        };
        match transport {
            Ok(transport) => self.transport = Some(transport),
            Err(error) => {
                self.note(&error);
                // Without IPv6, say, the other address may do.
                self.current = (self.current + 1) % self.addresses.len().max(1);
            }
        }
    }

    /// Goes on to the next address, or again to the only one.
    fn turn(&mut self) {
        self.transport = None;
        self.current = (self.current + 1) % self.addresses.len().max(1);
        self.connect();
    }

    fn note(&mut self, failure: &dyn std::fmt::Display) {
        self.failure.get_or_insert_with(|| failure.to_string());
    }
}

/// Whether the other side said that nobody is there, or the socket leads nowhere any more.
fn is_refusal(error: &io::Error) -> bool {
    use io::ErrorKind::{
        AddrNotAvailable, BrokenPipe, ConnectionRefused, ConnectionReset, HostUnreachable,
        NetworkUnreachable, NotConnected, NotFound,
    };
    matches!(
        error.kind(),
        ConnectionRefused
            | ConnectionReset
            | NotConnected
            | NotFound
            | BrokenPipe
            | HostUnreachable
            | NetworkUnreachable
            | AddrNotAvailable
    )
}

#[cfg(test)]
mod tests {
    use std::{
        net::{Ipv4Addr, Ipv6Addr, UdpSocket},
        time::SystemTime,
    };

    use super::*;
    use crate::{meter::MeterSettings, support::clock::Clock};

    #[test]
    fn trap_seed_17_of_the_addresses_of_a_name_the_one_that_listens_gets_the_datagrams() {
        let listener = UdpSocket::bind("127.0.0.1:0").unwrap();
        listener.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let port = listener.local_addr().unwrap().port();
        // The port is free over IPv6: this socket only makes sure of it.
        drop(UdpSocket::bind(("::1", port)).unwrap());
        let registry =
            MeterRegistry::new(MeterSettings::default(), Clock::manual(SystemTime::UNIX_EPOCH));
        let mut collector = Collector::new(Target::udp("name", port), &registry);
        collector.addresses = vec![
            SocketAddr::new(Ipv6Addr::LOCALHOST.into(), port),
            SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port),
        ];
        collector.looked_up = Some(registry.now());
        for _ in 0..2 {
            collector.begin(registry.now());
            collector.send(b"x:1|c");
            collector.end();
            assert_eq!(collector.was_failing, Some(false));
        }
        let mut buffer = [0; 10];
        assert_eq!(listener.recv(&mut buffer).unwrap(), 5);
        assert_eq!(listener.recv(&mut buffer).unwrap(), 5);
        assert_eq!((collector.sent.count(), collector.dropped.count()), (2, 0));
    }
}

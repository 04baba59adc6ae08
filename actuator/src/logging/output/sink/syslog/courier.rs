//! The thread that sends messages: it connects, waits, and connects again.

use std::{
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{address::Address, connection::Connection, queue::Queue};

/// The pause after the first failure; it doubles up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// How long a server may take nothing before the connection is given up.
const SILENCE: Duration = Duration::from_secs(30);
/// How soon it is told again that nobody listens, where only datagrams that come back tell it.
const TOLD_AGAIN: Duration = Duration::from_mins(10);

/// Sends what is in a queue to one server.
pub(super) struct Courier {
    address: Address,
    queue: Arc<Queue>,
    connection: Option<Connection>,
    pause: Duration,
    has_failed: bool,
    /// When it was told last that datagrams came back.
    told: Option<Instant>,
}

impl Courier {
    /// One with nothing done yet.
    pub(super) fn new(address: Address, queue: Arc<Queue>) -> Self {
        let (connection, told) = (None, None);
        Self { address, queue, connection, pause: FIRST_PAUSE, has_failed: false, told }
    }

    /// Sends until the queue ends. What cannot be sent then is lost.
    pub(super) fn run(mut self) {
        while let Some(message) = self.queue.front() {
            match self.send(&message) {
                Ok(()) => {
                    self.queue.sent();
                    self.recovered();
                }
                Err(_) if !self.queue.is_open() => return,
                Err(error) => self.failed(&error),
            }
        }
    }

    fn send(&mut self, message: &str) -> io::Result<()> {
        let connection = match self.connection.take().filter(Connection::is_usable) {
            Some(connection) => connection,
            None => Connection::open(&self.address)?,
        };
        let connection = self.connection.insert(connection);
        let queue = &self.queue;
        let end = Instant::now() + SILENCE;
        let go_on = || {
            queue.slowed_down();
            queue.is_open() && Instant::now() < end
        };
        let sent = connection.send(message, go_on);
        match sent {
            Err(error) if connection.tells_of_earlier(&error) => {
                let again = connection.send(message, go_on);
                self.came_back(&error);
                again
            }
            Err(error) => {
                self.connection = None;
                Err(error)
            }
            Ok(()) => Ok(()),
        }
    }

    /// Told once, until it is better.
    fn failed(&mut self, error: &io::Error) {
        if !std::mem::replace(&mut self.has_failed, true) {
            tracing::warn!(
                target: "actuator::logging",
                "syslog at {} cannot be reached, and lines wait for it: {error}", self.address
            );
        }
        self.queue.pause(self.pause);
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
    }

    fn recovered(&mut self) {
        if std::mem::replace(&mut self.has_failed, false) {
            tracing::info!(target: "actuator::logging", "syslog at {} is reached again", self.address);
        }
        self.pause = FIRST_PAUSE;
    }

    fn came_back(&mut self, error: &io::Error) {
        if self.told.is_none_or(|told| told.elapsed() >= TOLD_AGAIN) {
            self.told = Some(Instant::now());
            tracing::warn!(
                target: "actuator::logging",
                "lines sent to syslog at {} are lost: {error}", self.address
            );
        }
    }
}

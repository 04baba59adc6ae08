//! Whether a port is open.

use std::{sync::Arc, time::Duration};

use super::outgoing::{TIMEOUT, bounded, named, refused};
use crate::{
    error::Result,
    health::{Health, HealthCheck, HealthIndicator},
    model::endpoint::BoxFuture,
    support::outgoing::{HostPort, Lookup, connect},
};

/// UP while a TCP connection can be opened, at one of the addresses that the name has. Nothing is
/// sent.
///
/// ```
/// # fn main() -> actuator::Result<()> {
/// use actuator::checks::Tcp;
///
/// let db = Tcp::new("db.example:5432")?;
/// # let _ = db; Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Tcp {
    target: Arc<HostPort>,
    timeout: Duration,
    lookup: Lookup,
}

impl Tcp {
    /// Connects to a host and a port: `db.example:5432`, `10.0.0.7:80`, `[::1]:6379`.
    pub fn new(address: &str) -> Result<Self> {
        Self::parse(address).map_err(refused)
    }

    /// As [`Self::new`], with the bare complaint.
    pub(super) fn parse(address: &str) -> Result<Self, String> {
        let target = Arc::new(HostPort::parse(address)?);
        Ok(Self { target, timeout: TIMEOUT, lookup: Lookup::system() })
    }

    /// How long it may take, the lookup of the name included; 3 seconds by default.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout: bounded(timeout), ..self }
    }

    /// This check at `path` (`shop`, `brokers/eu`), for [`App::add_health_check`]. Its deadline
    /// is behind its own timeout, so that it is the check that says what it waited for.
    ///
    /// [`App::add_health_check`]: crate::App::add_health_check
    pub fn named(self, path: impl Into<String>) -> HealthCheck {
        let timeout = self.timeout;
        named(path, self, timeout)
    }
}

impl HealthIndicator for Tcp {
    fn check(&self) -> BoxFuture<'static, Health> {
        let Self { target, timeout, lookup } = self.clone();
        Box::pin(async move {
            match connect(&target, &lookup, timeout).await {
                Ok(stream) => {
                    let health = Health::up().with_detail("address", target.to_string());
                    match stream.peer_addr() {
                        Ok(remote) => health.with_detail("remote", remote),
                        Err(_) => health,
                    }
                }
                Err(error) => Health::down()
                    .with_detail("address", target.to_string())
                    .with_detail("error", format!("expected an open port, found {error}")),
            }
        })
    }
}

#[cfg(test)]
#[path = "tcp_tests.rs"]
mod tests;

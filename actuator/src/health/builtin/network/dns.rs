//! Whether a name resolves.

use std::{net::IpAddr, sync::Arc, time::Duration};

use tokio::time::timeout;

use super::outgoing::{TIMEOUT, bounded, named, refused};
use crate::{
    error::Result,
    health::{Health, HealthCheck, HealthIndicator},
    model::endpoint::BoxFuture,
    support::outgoing::{Lookup, is_host},
};

/// How many addresses are shown.
const MOST_SHOWN: usize = 64;

/// UP while a name resolves, as the operating system resolves it.
///
/// ```
/// # fn main() -> actuator::Result<()> {
/// use actuator::checks::Dns;
///
/// let brokers = Dns::new("brokers.example")?.at_least(3);
/// # let _ = brokers; Ok(())
/// # }
/// ```
///
/// A resolver that hangs holds one thread, however often the check runs.
#[derive(Clone, Debug)]
pub struct Dns {
    name: Arc<str>,
    expected: Vec<IpAddr>,
    minimum: usize,
    timeout: Duration,
    lookup: Lookup,
}

impl Dns {
    /// Resolves a name.
    pub fn new(name: &str) -> Result<Self> {
        Self::parse(name).map_err(refused)
    }

    /// As [`Self::new`], with the bare complaint.
    pub(super) fn parse(name: &str) -> Result<Self, String> {
        let name = name.trim();
        if !is_host(name) || name.parse::<IpAddr>().is_ok() {
            return Err("expected a name such as db.example, without a port".to_owned());
        }
        Ok(Self {
            name: name.into(),
            expected: Vec::new(),
            minimum: 1,
            timeout: TIMEOUT,
            lookup: Lookup::system(),
        })
    }

    /// Expects this address among those of the name; called more than once, all of them.
    #[must_use]
    pub fn expect_address(mut self, address: IpAddr) -> Self {
        self.expected.push(address);
        self
    }

    /// Expects at least so many addresses; one by default.
    #[must_use]
    pub fn at_least(self, minimum: usize) -> Self {
        Self { minimum, ..self }
    }

    /// How long it may take; 3 seconds by default.
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

    /// What is wrong with the addresses that were found.
    fn judge(&self, found: &[IpAddr]) -> Result<(), String> {
        let missing: Vec<String> = self
            .expected
            .iter()
            .filter(|address| !found.contains(address))
            .map(ToString::to_string)
            .collect();
        if !missing.is_empty() {
            return Err(format!(
                "expected {} among the addresses, found {}",
                missing.join(", "),
                shown(found).join(", ")
            ));
        }
        if found.len() < self.minimum {
            let (minimum, found) = (self.minimum, found.len());
            return Err(format!("expected at least {minimum} addresses, found {found}"));
        }
        Ok(())
    }

    async fn resolve(&self) -> Health {
        let found = timeout(self.timeout, self.lookup.addresses(&self.name)).await;
        let (found, outcome) = match found {
            Ok(Ok(mut found)) => {
                // Name servers turn the order, and an admin server compares the details.
                found.sort_unstable();
                let outcome = self.judge(&found);
                (found, outcome)
            }
            Ok(Err(error)) => (Vec::new(), Err(format!("expected addresses, found none: {error}"))),
            Err(_) => {
                let limit = humantime::format_duration(self.timeout);
                (Vec::new(), Err(format!("expected an answer within {limit}, found none")))
            }
        };
        let health = if outcome.is_ok() { Health::up() } else { Health::down() };
        let health =
            health.with_detail("name", &*self.name).with_detail("addresses", shown(&found));
        match outcome {
            Ok(()) => health,
            Err(error) => health.with_detail("error", error),
        }
    }
}

impl HealthIndicator for Dns {
    fn check(&self) -> BoxFuture<'static, Health> {
        let check = self.clone();
        Box::pin(async move { check.resolve().await })
    }
}

fn shown(addresses: &[IpAddr]) -> Vec<String> {
    addresses.iter().take(MOST_SHOWN).map(ToString::to_string).collect()
}

#[cfg(test)]
#[path = "dns_tests.rs"]
mod tests;

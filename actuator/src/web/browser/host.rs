//! The names by which a listener that only this machine reaches may be called. A page can give its
//! own name the address 127.0.0.1 (DNS rebinding), and would be of the same origin as the service
//! then; the name stays in `Host`.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use http::{StatusCode, request::Parts, uri::Authority};

use super::{super::refusal::Refusal, origin};
use crate::support::{host_name::host_name, text::shortened};

/// Bytes of a name in the log.
const MAX_NAME: usize = 100;

/// The names.
#[derive(Clone, Debug)]
pub(super) struct AllowedHosts {
    /// In lower case; `*.example` for all below.
    names: Arc<[String]>,
    any: bool,
    warned: Arc<AtomicBool>,
}

impl AllowedHosts {
    /// The configured names, beside those that every machine has for itself.
    pub(super) fn new(configured: &[String]) -> Self {
        let own = host_name().into_iter();
        let names = configured.iter().cloned().chain(own).map(|name| name.to_ascii_lowercase());
        Self {
            names: names.collect(),
            any: configured.iter().any(|name| name == "*"),
            warned: Arc::default(),
        }
    }

    /// Refuses a request that names another host. One that names none comes from no browser.
    pub(super) fn check(&self, parts: &Parts) -> Result<(), Refusal> {
        if self.any {
            return Ok(());
        }
        let Some(foreign) = origin::authorities(parts).find(|host| !self.allows(host)) else {
            return Ok(());
        };
        if !self.warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                target: "actuator::web",
                host = shortened(foreign, MAX_NAME),
                "a request for another host is refused: only this machine reaches this listener, by \
                 localhost or 127.0.0.1; if a proxy passes a name on, add it to \
                 actuator.security.allowed-hosts (told once)"
            );
        }
        let reason = "The host is none of this service's; see actuator.security.allowed-hosts.";
        Err(Refusal::new(StatusCode::FORBIDDEN, reason))
    }

    fn allows(&self, host: &str) -> bool {
        let Ok(authority) = host.parse::<Authority>() else { return false };
        // `[::1].evil.example` is no name at all, and its host not all of it.
        let behind = host.rsplit('@').next().and_then(|rest| rest.strip_prefix(authority.host()));
        if !behind.is_some_and(is_port) {
            return false;
        }
        let name = authority.host().trim_end_matches('.').to_ascii_lowercase();
        let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        address.is_ok_and(|address| address.is_loopback())
            || name == "localhost"
            || name.ends_with(".localhost")
            || self.names.iter().any(|allowed| match allowed.strip_prefix('*') {
                Some(end) => end.starts_with('.') && name.ends_with(end),
                None => name == *allowed,
            })
    }
}

/// Whether nothing stands behind a name but perhaps a port.
fn is_port(behind: &str) -> bool {
    let digits = behind.strip_prefix(':').unwrap_or(behind);
    digits.bytes().all(|byte| byte.is_ascii_digit())
        && (digits.is_empty() || behind.starts_with(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_this_machine_and_configured_ones_are_allowed() {
        let hosts = AllowedHosts::new(&["Shop.example".to_owned(), "*.internal".to_owned()]);
        for host in [
            "localhost",
            "LOCALHOST:8080",
            "app.localhost",
            "127.0.0.1:80",
            "127.8.9.1",
            "[::1]:9000",
            "shop.example",
            "a.b.internal:1",
        ] {
            assert!(hosts.allows(host), "{host}");
        }
        for host in [
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "internal",
            "evilinternal",
            "10.0.0.1",
            "0.0.0.0",
            "",
            "a b",
            "[::1].evil.example",
            "localhost:.evil.example",
        ] {
            assert!(!hosts.allows(host), "{host}");
        }
    }
}

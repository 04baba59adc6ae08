//! Where the collector is.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    path::PathBuf,
};

/// The address of a collector, before any name is looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A name or an address, without brackets, and a port.
    Udp {
        /// The host.
        host: String,
        /// The port.
        port: u16,
    },
    /// A socket of the file system.
    Unix(PathBuf),
}

impl Target {
    /// A host, with or without the brackets of IPv6, and a port.
    pub(super) fn udp(host: &str, port: u16) -> Self {
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        Self::Udp { host: bare.unwrap_or(host).to_owned(), port }
    }

    /// `host:port`, `[::1]:8125`, or a host alone.
    pub(super) fn parse(text: &str, default_port: u16) -> Option<Self> {
        if text.parse::<Ipv6Addr>().is_ok() || text.ends_with(']') || !text.contains(':') {
            return Some(Self::udp(text, default_port));
        }
        let (host, port) = text.rsplit_once(':')?;
        let port = port.parse().ok().filter(|port| *port != 0)?;
        let is_bare = !host.contains(':') || host.starts_with('[') && host.ends_with(']');
        (!host.is_empty() && is_bare).then(|| Self::udp(host, port))
    }

    /// Whether this is, as far as its text tells, where one of our own ports is open.
    pub(super) fn is_at(&self, listener: SocketAddr) -> bool {
        let Self::Udp { host, port } = self else { return false };
        if *port != listener.port() {
            return false;
        }
        let ip = if host == "localhost" {
            Some(IpAddr::from([127, 0, 0, 1]))
        } else {
            host.parse().ok()
        };
        let own = listener.ip();
        ip.is_some_and(|ip| {
            let here = |ip: IpAddr| ip.is_loopback() || ip.is_unspecified();
            let everywhere = own.is_unspecified() || ip.is_unspecified() || host == "localhost";
            ip == own || here(ip) && here(own) && everywhere
        })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Udp { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Udp { host, port } => write!(f, "{host}:{port}"),
            Self::Unix(path) => path.display().fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn trap_seed_17_addresses_of_statsd_may_be_ipv6() {
        for (text, shown) in [
            ("[::1]:9125", "[::1]:9125"),
            ("[fe80::1]", "[fe80::1]:8125"),
            ("::1", "[::1]:8125"),
            ("localhost:9125", "localhost:9125"),
            ("127.0.0.1:1", "127.0.0.1:1"),
            ("statsd", "statsd:8125"),
        ] {
            assert_eq!(Target::parse(text, 8125).unwrap().to_string(), shown);
        }
        for bad in [":8125", "host:", "host:0", "host:99999", "a:b:1", "http://host:1"] {
            assert_eq!(Target::parse(bad, 8125), None, "{bad}");
        }
    }

    #[test]
    fn our_own_ports_are_recognised() {
        let is_at =
            |target: &str, own: &str| Target::parse(target, 1).unwrap().is_at(own.parse().unwrap());
        assert!(is_at("127.0.0.1:80", "127.0.0.1:80"));
        assert!(is_at("localhost:80", "[::1]:80"));
        assert!(is_at("127.0.0.1:80", "0.0.0.0:80"));
        assert!(is_at("[::1]:80", "[::]:80"));
        assert!(!is_at("10.0.0.1:80", "0.0.0.0:80"), "another machine, for all we know");
        assert!(!is_at("127.0.0.1:80", "127.0.0.1:81"));
        assert!(!is_at("statsd:80", "127.0.0.1:80"));
    }

    proptest! {
        #[test]
        fn whatever_it_is_it_is_read_or_refused(text in "\\PC{0,20}|[a-z0-9.\\[\\]:]{0,30}") {
            if let Some(target) = Target::parse(&text, 8125) {
                let _ = target.is_at("127.0.0.1:8125".parse().unwrap());
            }
        }
    }
}

//! Where the syslog server is.

use std::{fmt, path::PathBuf};

use crate::{settings::FromSetting, support::outgoing::HostPort};

/// The address of a syslog server, before any name is looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    /// Datagrams to a host and a port.
    Udp(HostPort),
    /// A connection to a host and a port.
    Tcp(HostPort),
    /// A socket of the file system, for datagrams or, if it is of that kind, for a connection.
    Unix(PathBuf),
}

impl FromSetting for Address {
    fn from_setting(text: &str) -> Result<Self, String> {
        let accepted = || {
            "expected udp://host:514, tcp://host:601 or unix:///dev/log (a host and a port, or the \
             path of a socket)"
                .to_owned()
        };
        let (scheme, rest) = text.trim().split_once("://").ok_or_else(accepted)?;
        let target = || HostPort::parse(rest.trim_end_matches('/')).map_err(|_| accepted());
        match scheme.to_ascii_lowercase().as_str() {
            "udp" => Ok(Self::Udp(target()?)),
            "tcp" => Ok(Self::Tcp(target()?)),
            "unix" if cfg!(unix) && rest.starts_with('/') && !rest.ends_with('/') => {
                Ok(Self::Unix(rest.into()))
            }
            _ => Err(accepted()),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Udp(target) => write!(f, "udp://{target}"),
            Self::Tcp(target) => write!(f, "tcp://{target}"),
            Self::Unix(path) => write!(f, "unix://{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::support::odd_text::odd_text;

    proptest! {
        #[test]
        fn an_address_is_read_as_it_is_shown_or_refused(
            text in odd_text("(udp|TCP|tcp|unix|[a-z]{0,3}):?/{0,3}[a-z0-9.\\[\\]:/-]{0,16}(:[0-9]{1,6})?/?"),
        ) {
            if let Ok(address) = Address::from_setting(&text) {
                prop_assert_eq!(Address::from_setting(&address.to_string()), Ok(address));
            }
        }
    }

    #[test]
    fn trap_seed_17_addresses_of_syslog_may_be_ipv6() {
        for text in [
            "udp://logs.example:514",
            "udp://[::1]:5140",
            "tcp://[fe80::1]:601",
            "tcp://127.0.0.1:601",
            "unix:///dev/log",
        ] {
            assert_eq!(Address::from_setting(text).unwrap().to_string(), text);
        }
        assert_eq!(Address::from_setting(" TCP://h:1/ ").unwrap().to_string(), "tcp://h:1");
    }

    #[test]
    fn other_addresses_are_refused_with_what_is_accepted() {
        for text in [
            "",
            "logs:514",
            "udp://",
            "udp://logs",
            "udp://logs:0",
            "udp://logs:x",
            "udp://::1:514",
            "tls://logs:6514",
            "unix://dev/log",
            "unix:///",
        ] {
            let error = Address::from_setting(text).unwrap_err();
            assert!(
                error.contains("udp://host:514") && error.contains("unix:///dev/log"),
                "{text}"
            );
        }
    }
}

//! Under which host a server elsewhere can call this service. Never asks a name server: that
//! could hang the start, and its answer could change from one registration to the next.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use crate::{settings::FromSetting, support::host_name::host_name};

/// `spring.boot.admin.client.instance.service-host-type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostType {
    /// An IP address.
    Ip,
    /// The machine's host name.
    HostName,
    /// As [`Self::HostName`]: the machine's name as it is configured, without reverse look-up.
    CanonicalHostName,
}

impl FromSetting for HostType {
    fn from_setting(text: &str) -> Result<Self, String> {
        match text.trim().to_ascii_lowercase().replace('_', "-").as_str() {
            "ip" => Ok(Self::Ip),
            "host-name" => Ok(Self::HostName),
            "canonical-host-name" => Ok(Self::CanonicalHostName),
            _ => Err("expected one of ip, host-name, canonical-host-name".to_owned()),
        }
    }
}

/// What the machine is called and where it is reached, looked up once.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Its host name.
    pub name: Option<String>,
    /// The IPv4 address of the interface that leads to the admin server.
    pub ipv4: Option<IpAddr>,
    /// The IPv6 address of the interface that leads to the admin server.
    pub ipv6: Option<IpAddr>,
}

impl Machine {
    /// Looks at this machine. `toward` is the admin server, if it is given as an address.
    pub fn look(toward: Option<IpAddr>) -> Self {
        let toward = toward.filter(|address| !address.is_loopback());
        // Addresses of documentation: they pick the default route, nothing is ever sent.
        let (default4, default6) =
            (Ipv4Addr::new(192, 0, 2, 1), Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1));
        let ipv4 = toward.filter(IpAddr::is_ipv4).unwrap_or(default4.into());
        let ipv6 = toward.filter(IpAddr::is_ipv6).unwrap_or(default6.into());
        Self { name: host_name(), ipv4: source_address(ipv4), ipv6: source_address(ipv6) }
    }

    /// The host, as it stands in a URL, of a listener bound to `bound`.
    pub fn host_of(&self, bound: IpAddr, host_type: HostType) -> String {
        match host_type {
            HostType::Ip => in_url(self.address_of(bound)),
            HostType::HostName | HostType::CanonicalHostName if bound.is_loopback() => {
                "localhost".to_owned()
            }
            HostType::HostName | HostType::CanonicalHostName => {
                self.name.clone().unwrap_or_else(|| in_url(self.address_of(bound)))
            }
        }
    }

    fn address_of(&self, bound: IpAddr) -> IpAddr {
        if !bound.is_unspecified() {
            return bound;
        }
        // A listener on `::` takes IPv4 too, and more servers can speak that.
        let reached = match bound {
            IpAddr::V4(_) => self.ipv4,
            IpAddr::V6(_) => self.ipv4.or(self.ipv6),
        };
        reached.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
    }
}

/// The address that packets to `target` would come from. Connecting a datagram socket only picks
/// the route; no packet leaves.
fn source_address(target: IpAddr) -> Option<IpAddr> {
    let any: IpAddr = match target {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind(SocketAddr::new(any, 0)).ok()?;
    socket.connect(SocketAddr::new(target, 9)).ok()?;
    let address = socket.local_addr().ok()?.ip();
    Some(address).filter(|address| !address.is_unspecified())
}

fn in_url(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine() -> Machine {
        Machine {
            name: Some("orders-1".to_owned()),
            ipv4: Some([10, 0, 0, 5].into()),
            ipv6: Some("2001:db8::5".parse().unwrap()),
        }
    }

    #[test]
    fn an_unspecified_address_becomes_one_that_can_be_called() {
        for (bound, host_type, host) in [
            ("0.0.0.0", HostType::Ip, "10.0.0.5"),
            ("::", HostType::Ip, "10.0.0.5"),
            ("0.0.0.0", HostType::HostName, "orders-1"),
            ("192.168.1.7", HostType::Ip, "192.168.1.7"),
            ("192.168.1.7", HostType::CanonicalHostName, "orders-1"),
            ("127.0.0.1", HostType::Ip, "127.0.0.1"),
            ("127.0.0.1", HostType::HostName, "localhost"),
            ("::1", HostType::Ip, "[::1]"),
        ] {
            assert_eq!(machine().host_of(bound.parse().unwrap(), host_type), host, "{bound}");
        }
    }

    #[test]
    fn a_machine_without_network_and_name_is_called_by_loopback() {
        let alone = Machine { name: None, ipv4: None, ipv6: None };
        let any = Ipv4Addr::UNSPECIFIED.into();
        assert_eq!(alone.host_of(any, HostType::Ip), "127.0.0.1");
        assert_eq!(alone.host_of(any, HostType::HostName), "127.0.0.1");
    }

    #[test]
    fn the_route_to_loopback_starts_at_loopback() {
        let loopback = Ipv4Addr::LOCALHOST.into();
        assert_eq!(source_address(loopback), Some(loopback));
    }
}

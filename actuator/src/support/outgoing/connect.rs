//! A TCP connection to one of the addresses that a name has.

use std::{fmt, net::SocketAddr, time::Duration};

use tokio::{
    net::TcpStream,
    task::JoinSet,
    time::{Instant, timeout_at},
};

use super::lookup::Lookup;

/// How many addresses of one name are tried.
const MOST_ADDRESSES: usize = 16;
/// How long an address is waited for before the next is tried beside it: RFC 8305, section 5.
const HEAD_START: Duration = Duration::from_millis(250);

/// A host and a port: `db.example:5432`, `10.0.0.7:80`, `[::1]:6379`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPort {
    /// A name or an address, without brackets.
    pub host: String,
    /// The port, never 0.
    pub port: u16,
}

impl HostPort {
    /// Reads it; the error says what is accepted.
    pub fn parse(text: &str) -> Result<Self, String> {
        Self::split(text.trim()).ok_or_else(|| {
            "expected a host and a port such as db.example:5432 or [::1]:5432".to_owned()
        })
    }

    fn split(text: &str) -> Option<Self> {
        let (host, port) = text.rsplit_once(':')?;
        let port = port.parse().ok().filter(|port| *port != 0)?;
        let host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            Some(v6) => v6.parse::<std::net::Ipv6Addr>().ok().map(|_| v6)?,
            None => Some(host).filter(|host| is_host(host))?,
        };
        Some(Self { host: host.to_owned(), port })
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}

/// Whether this can be a name or an IPv4 address: what resolvers and URLs accept.
pub fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 253
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

/// Connects within `limit`, the lookup of the name included. Every address gets its chance: the
/// next one as soon as one refuses, or beside one that keeps silent. The error names them all.
pub async fn connect(
    target: &HostPort,
    lookup: &Lookup,
    limit: Duration,
) -> Result<TcpStream, String> {
    let deadline = Instant::now() + limit;
    let shown = humantime::format_duration(limit);
    let addresses = timeout_at(deadline, lookup.addresses(&target.host))
        .await
        .map_err(|_| format!("the name {} was not resolved within {shown}", target.host))?
        .map_err(|error| format!("the name {} was not resolved: {error}", target.host))?;
    let mut waiting =
        addresses.into_iter().take(MOST_ADDRESSES).map(|ip| SocketAddr::new(ip, target.port));
    let (mut attempts, mut silent, mut refusals) = (JoinSet::new(), Vec::new(), Vec::new());
    loop {
        if let Some(address) = waiting.next() {
            silent.push(address);
            attempts.spawn(async move { (address, TcpStream::connect(address).await) });
        } else if attempts.is_empty() {
            return Err(refused(&refusals));
        }
        let patience = if waiting.len() == 0 { deadline } else { Instant::now() + HEAD_START };
        match timeout_at(patience.min(deadline), attempts.join_next()).await {
            Ok(Some(Ok((_, Ok(stream))))) => return Ok(stream),
            Ok(Some(Ok((address, Err(error))))) => {
                silent.retain(|other| *other != address);
                refusals.push(format!("{address}: {error}"));
            }
            Err(_) if Instant::now() >= deadline => {
                refusals.extend(silent.iter().map(|a| format!("{a}: no answer within {shown}")));
                return Err(refused(&refusals));
            }
            _ => {}
        }
    }
}

fn refused(refusals: &[String]) -> String {
    if refusals.is_empty() { "the name has no addresses".to_owned() } else { refusals.join("; ") }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

    use super::*;

    #[test]
    fn a_host_and_a_port_are_read_as_they_are_written_in_addresses() {
        for text in ["db.example:5432", "10.0.0.7:80", "[::1]:6379", "my_db-1:1", "münchen:65535"]
        {
            assert_eq!(HostPort::parse(text).unwrap().to_string(), text);
        }
        for bad in
            ["db.example", ":80", "db:", "db:0", "db:65536", "::1:80", "[x]:1", "a b:1", "h/x:1"]
        {
            assert!(HostPort::parse(bad).unwrap_err().contains("db.example:5432"), "{bad}");
        }
    }

    #[tokio::test]
    async fn every_address_of_a_name_is_tried() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let v6 = IpAddr::V6(Ipv6Addr::LOCALHOST);
        let both = move |_| async move { Ok(vec![v6, IpAddr::V4(Ipv4Addr::LOCALHOST)]) };
        let target = HostPort { host: "two.example".to_owned(), port };
        let lookup = Lookup::with(both);
        let stream = connect(&target, &lookup, Duration::from_secs(30)).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), listener.local_addr().unwrap());

        drop(listener);
        let error = connect(&target, &lookup, Duration::from_secs(30)).await.unwrap_err();
        assert!(error.contains("[::1]:") && error.contains("127.0.0.1:"), "{error}");
    }
}

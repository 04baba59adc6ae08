//! A socket to the syslog server. Each wait on it is bounded.

use std::{
    io::{self, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs as _, UdpSocket},
    time::{Duration, Instant},
};

use super::address::Address;
use crate::support::outgoing::HostPort;

/// How long one address of a name may take to connect.
const CONNECT: Duration = Duration::from_secs(1);
/// How long one attempt to write may take. Between two of them it is looked whether to end.
const WRITE: Duration = Duration::from_millis(250);
/// How many addresses of one name are tried.
const MOST_ADDRESSES: usize = 8;
/// How long datagrams go to the address that a name had.
const FRESH: Duration = Duration::from_mins(1);

/// A connection, or what stands for one where there is none.
#[derive(Debug)]
pub(super) enum Connection {
    /// Datagrams, and since when the name means this address.
    Udp(UdpSocket, Instant),
    Tcp(TcpStream),
    #[cfg(unix)]
    Datagrams(std::os::unix::net::UnixDatagram),
    #[cfg(unix)]
    Stream(std::os::unix::net::UnixStream),
}

impl Connection {
    /// Looks the name up and connects.
    pub(super) fn open(address: &Address) -> io::Result<Self> {
        match address {
            Address::Udp(target) => {
                each_address(target, udp).map(|socket| Self::Udp(socket, Instant::now()))
            }
            Address::Tcp(target) => each_address(target, tcp).map(Self::Tcp),
            #[cfg(unix)]
            Address::Unix(path) => unix(path),
            #[cfg(not(unix))]
            Address::Unix(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// Whether the other side is still there, as far as can be told without asking it.
    pub(super) fn is_usable(&self) -> bool {
        match self {
            Self::Udp(_, since) => since.elapsed() < FRESH,
            // A server that ends closes its side. What it says otherwise is of no interest.
            Self::Tcp(stream) => {
                let is_closed = stream.set_nonblocking(true).is_err()
                    || matches!(stream.peek(&mut [0]), Ok(0))
                    || stream.set_nonblocking(false).is_err();
                !is_closed
            }
            #[cfg(unix)]
            Self::Datagrams(_) | Self::Stream(_) => true,
        }
    }

    /// Sends a message. It is tried again for as long as `go_on` says and the other side only
    /// takes nothing; after an error, nobody knows how much of it has arrived.
    pub(super) fn send(&mut self, message: &str, go_on: impl Fn() -> bool) -> io::Result<()> {
        let datagram = |send: &dyn Fn(&[u8]) -> io::Result<usize>| {
            patiently(&go_on, || send(message.as_bytes())).map(|_| ())
        };
        match self {
            Self::Udp(socket, _) => datagram(&|bytes| socket.send(bytes)),
            #[cfg(unix)]
            Self::Datagrams(socket) => datagram(&|bytes| socket.send(bytes)),
            Self::Tcp(stream) => stream_out(stream, message, &go_on),
            #[cfg(unix)]
            Self::Stream(stream) => stream_out(stream, message, &go_on),
        }
    }

    /// Whether an error of sending is about an earlier datagram, and this one was not sent.
    pub(super) fn tells_of_earlier(&self, error: &io::Error) -> bool {
        matches!(self, Self::Udp(..)) && error.kind() == io::ErrorKind::ConnectionRefused
    }
}

/// A message on a stream ends with a line feed: RFC 6587, section 3.4.2. It holds no other.
fn stream_out(stream: &mut impl Write, message: &str, go_on: &impl Fn() -> bool) -> io::Result<()> {
    let framed = format!("{message}\n");
    let mut rest = framed.as_bytes();
    while !rest.is_empty() {
        let count = patiently(go_on, || stream.write(rest))?;
        if count == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        rest = rest.get(count..).unwrap_or_default();
    }
    Ok(())
}

fn patiently(
    go_on: &impl Fn() -> bool,
    mut attempt: impl FnMut() -> io::Result<usize>,
) -> io::Result<usize> {
    loop {
        match attempt() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if is_wait(&error) && go_on() => {}
            result => return result,
        }
    }
}

fn is_wait(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

fn each_address<T>(
    target: &HostPort,
    connect: impl Fn(SocketAddr) -> io::Result<T>,
) -> io::Result<T> {
    let addresses = (target.host.as_str(), target.port).to_socket_addrs()?;
    let mut last = io::Error::other("the name has no address");
    for address in addresses.take(MOST_ADDRESSES) {
        match connect(address) {
            Ok(connected) => return Ok(connected),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn udp(address: SocketAddr) -> io::Result<UdpSocket> {
    let any: IpAddr = match address {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0))?;
    socket.connect(address)?;
    socket.set_write_timeout(Some(WRITE))?;
    Ok(socket)
}

fn tcp(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, CONNECT)?;
    stream.set_write_timeout(Some(WRITE))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

#[cfg(unix)]
fn unix(path: &std::path::Path) -> io::Result<Connection> {
    use std::os::unix::net::{UnixDatagram, UnixStream};

    let socket = UnixDatagram::unbound()?;
    if let Err(error) = socket.connect(path) {
        // The other kind of socket is told by an error without a kind of its own (EPROTOTYPE).
        let is_absent =
            matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied);
        let stream =
            UnixStream::connect(path).map_err(|other| if is_absent { error } else { other })?;
        stream.set_write_timeout(Some(WRITE))?;
        return Ok(Connection::Stream(stream));
    }
    socket.set_write_timeout(Some(WRITE))?;
    Ok(Connection::Datagrams(socket))
}

//! One socket to one collector: datagrams that are sent or not, and never waited for.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    path::Path,
};

/// A connected socket.
#[derive(Debug)]
pub(super) enum Transport {
    Udp(UdpSocket),
    #[cfg(unix)]
    Unix(std::os::unix::net::UnixDatagram),
}

impl Transport {
    /// A socket that sends to this address.
    pub(super) fn udp(address: SocketAddr) -> io::Result<Self> {
        let any: IpAddr = match address {
            SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        let socket = UdpSocket::bind((any, 0))?;
        socket.set_nonblocking(true)?;
        socket.connect(address)?;
        Ok(Self::Udp(socket))
    }

    /// A socket that sends to this one of the file system.
    #[cfg(unix)]
    pub(super) fn unix(path: &Path) -> io::Result<Self> {
        let socket = std::os::unix::net::UnixDatagram::unbound()?;
        socket.set_nonblocking(true)?;
        socket.connect(path)?;
        Ok(Self::Unix(socket))
    }

    /// There are none on this system.
    #[cfg(not(unix))]
    pub(super) fn unix(_: &Path) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Sends one datagram. What the network told of an earlier one, such as that nobody listens,
    /// is an error of this call.
    pub(super) fn send(&self, datagram: &[u8]) -> io::Result<()> {
        match self {
            Self::Udp(socket) => socket.send(datagram),
            #[cfg(unix)]
            Self::Unix(socket) => socket.send(datagram),
        }
        .map(|_| ())
    }

    /// What the network has told since the last call.
    pub(super) fn told(&self) -> Option<io::Error> {
        match self {
            Self::Udp(socket) => socket.take_error(),
            #[cfg(unix)]
            Self::Unix(socket) => socket.take_error(),
        }
        .unwrap_or_else(Some)
    }
}

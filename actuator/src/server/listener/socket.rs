//! The sockets that listen.

use std::{fmt, io, net::SocketAddr};

use tokio::{
    net::{TcpListener, TcpSocket},
    runtime::Handle,
};

#[cfg(unix)]
use super::unix_socket::UnixSocket;
use super::{settings::SocketSettings, stream::Stream};
use crate::{
    error::{Error, ErrorKind, Result},
    server::tls::Tls,
};

/// How many callers may wait to be accepted. The system holds at most its own limit
/// (`net.core.somaxconn`, 4096 on Linux).
const QUEUE: u32 = 4096;

/// A socket that listens.
#[derive(Debug)]
pub(in crate::server) struct BoundListener {
    pub(super) socket: Socket,
    pub(super) place: Place,
    /// What its connections are encrypted with, if they are.
    pub(super) tls: Option<Tls>,
}

#[derive(Debug)]
pub(super) enum Socket {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixSocket),
}

/// Where a listener is found.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// At an address of a network.
    Network(SocketAddr),
    /// At a file of this machine.
    #[cfg(unix)]
    File(std::path::PathBuf),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(address) => address.fmt(f),
            #[cfg(unix)]
            Self::File(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

impl BoundListener {
    /// Opens `address`; the setting that asked for it is named if that fails.
    pub(in crate::server) fn bind(address: SocketAddr, setting: &str) -> Result<Self> {
        let refuse = |error: io::Error| {
            let remedy = match error.kind() {
                io::ErrorKind::AddrInUse => {
                    format!("another process listens there; set {setting} to another port, or to 0")
                }
                io::ErrorKind::AddrNotAvailable => {
                    "this machine has no such address; set the address to one it has".to_owned()
                }
                io::ErrorKind::PermissionDenied => {
                    format!("ports below 1024 need a privilege; set {setting} to a higher one")
                }
                _ => format!("check {setting}"),
            };
            Error::new(ErrorKind::Bind, format!("cannot listen on {address}: {error}; {remedy}"))
                .with_cause(error)
        };
        let listener = listen(address).map_err(refuse)?;
        let address = listener.local_addr().map_err(refuse)?;
        Ok(Self { socket: Socket::Tcp(listener), place: Place::Network(address), tls: None })
    }

    /// Opens a Unix socket as these settings say.
    #[cfg(unix)]
    pub(in crate::server) fn bind_socket(settings: &SocketSettings) -> Result<Self> {
        Self::bind_file(&settings.path, settings.mode, SocketSettings::NAME)
    }

    /// There are none.
    #[cfg(not(unix))]
    pub(in crate::server) fn bind_socket(_: &SocketSettings) -> Result<Self> {
        Err(Error::new(ErrorKind::Bind, "this system has no Unix sockets"))
    }

    /// The address that was really opened, with the real port; a Unix socket has none.
    pub(in crate::server) fn address(&self) -> Result<SocketAddr> {
        match &self.place {
            Place::Network(address) => Ok(*address),
            #[cfg(unix)]
            Place::File(path) => {
                let message = format!("{} is no address of a network", path.display());
                Err(Error::new(ErrorKind::Bind, message))
            }
        }
    }

    /// Whether it is a file, and not a port.
    pub(in crate::server) fn is_file(&self) -> bool {
        !matches!(self.place, Place::Network(_))
    }

    /// The same socket, served by the runtime of `handle`.
    pub(in crate::server) fn moved_to(self, handle: &Handle) -> Result<Self> {
        let Self { socket, place, tls } = self;
        let refuse = |error: io::Error| {
            Error::new(ErrorKind::Bind, format!("cannot serve {place}: {error}")).with_cause(error)
        };
        let socket = socket.moved_to(handle).map_err(refuse)?;
        Ok(Self { socket, place, tls })
    }

    /// The same socket with encrypted connections, if there is something to encrypt them with.
    pub(in crate::server) fn secured(self, tls: Option<Tls>) -> Self {
        Self { tls, ..self }
    }
}

/// As `TcpListener::bind` does it, with a longer queue: whom it does not hold waits a second before
/// the next attempt, and among thousands who come at once may be a probe.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // Elsewhere it would let two processes listen at one port.
    if cfg!(unix) {
        socket.set_reuseaddr(true)?;
    }
    socket.bind(address)?;
    socket.listen(QUEUE)
}

impl Socket {
    fn moved_to(self, handle: &Handle) -> io::Result<Self> {
        Ok(match self {
            Self::Tcp(listener) => {
                let listener = listener.into_std()?;
                let _there = handle.enter();
                Self::Tcp(TcpListener::from_std(listener)?)
            }
            #[cfg(unix)]
            Self::Unix(socket) => Self::Unix(socket.moved_to(handle)?),
        })
    }

    /// The next connection, and the address at its other end. Answers are sent as they are
    /// written: whoever writes in small pieces (events) wants them to arrive.
    pub(super) async fn accept(&self) -> io::Result<(Stream, Option<SocketAddr>)> {
        match self {
            Self::Tcp(listener) => {
                let (stream, address) = listener.accept().await?;
                // Slower without, but not wrong.
                let _ = stream.set_nodelay(true);
                Ok((Stream::Tcp(stream), Some(address)))
            }
            #[cfg(unix)]
            Self::Unix(socket) => Ok((Stream::Unix(socket.accept().await?), None)),
        }
    }
}

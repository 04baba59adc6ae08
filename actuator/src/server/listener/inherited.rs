//! Sockets that are open already when the process begins: systemd's socket activation
//! (`sd_listen_fds(3)`), and tools that speak the same for development.

use std::{
    collections::BTreeMap,
    io,
    net::{SocketAddr, TcpListener},
    os::unix::net::UnixListener,
};

use listenfd::ListenFd;

use super::{
    socket::{BoundListener, Place, Socket},
    unix_socket::UnixSocket,
};
use crate::error::{Error, ErrorKind, Result};

/// The names of the sockets, in their order, with colons between them.
const NAMES: &str = "LISTEN_FDNAMES";
/// The name (`FileDescriptorName=`) of that of the management API.
const MANAGEMENT: &str = "management";

/// What was handed over.
#[derive(Debug, Default)]
pub(crate) struct Inherited {
    application: Option<TcpListener>,
    management: Option<Handed>,
    manages: bool,
}

/// A socket that may be for this machine only.
#[derive(Debug)]
enum Handed {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Inherited {
    /// Takes what was handed to this process, which can be done once: the socket named
    /// `management` is that of the management API, the other one the application's.
    pub(crate) fn take(environment: &BTreeMap<String, String>) -> Result<Self> {
        if !environment.contains_key("LISTEN_FDS") {
            return Ok(Self::default());
        }
        let refuse = |text: String| Error::new(ErrorKind::Bind, format!("LISTEN_FDS: {text}"));
        let names = environment.get(NAMES).map(String::as_str).unwrap_or_default();
        let mut names = names.split(':');
        let mut sockets = ListenFd::from_env();
        let mut taken = Self::default();
        for index in 0..sockets.len() {
            let name = names.next().unwrap_or_default();
            let socket = take(&mut sockets, index).map_err(|error| refuse(error.to_string()))?;
            let before = match socket {
                socket if name == MANAGEMENT => taken.management.replace(socket).is_some(),
                Handed::Tcp(socket) => taken.application.replace(socket).is_some(),
                Handed::Unix(_) => {
                    return Err(refuse(format!(
                        "the application cannot listen on a Unix socket ({name}); only the management \
                     API can: FileDescriptorName={MANAGEMENT}"
                    )));
                }
            };
            if before {
                return Err(refuse(format!(
                    "too many sockets; one is for the application, and one with \
                     FileDescriptorName={MANAGEMENT} for the management API"
                )));
            }
        }
        taken.manages = taken.management.is_some();
        Ok(taken)
    }

    /// The same sockets once more.
    pub(crate) fn try_clone(&self) -> Result<Self> {
        let refuse = |error: std::io::Error| {
            let message = format!("the sockets that were handed over cannot be used: {error}");
            Error::new(ErrorKind::Bind, message).with_cause(error)
        };
        let management = match &self.management {
            Some(Handed::Tcp(listener)) => Some(listener.try_clone().map(Handed::Tcp)),
            Some(Handed::Unix(listener)) => Some(listener.try_clone().map(Handed::Unix)),
            None => None,
        };
        let application = self.application.as_ref().map(TcpListener::try_clone);
        Ok(Self {
            application: application.transpose().map_err(refuse)?,
            management: management.transpose().map_err(refuse)?,
            manages: self.manages,
        })
    }

    /// Where the application's listens, before it is put to use.
    pub(crate) fn application_address(&self) -> Option<SocketAddr> {
        self.application.as_ref()?.local_addr().ok()
    }

    /// Where that of the management API listens, unless it is a Unix socket.
    pub(crate) fn management_address(&self) -> Option<SocketAddr> {
        match self.management.as_ref()? {
            Handed::Tcp(socket) => socket.local_addr().ok(),
            Handed::Unix(_) => None,
        }
    }

    /// Whether there is one for the management API, or was before it was put to use.
    pub(crate) fn has_management(&self) -> bool {
        self.manages
    }

    /// That of the application, in the current runtime.
    pub(in crate::server) fn application(&mut self) -> Result<Option<BoundListener>> {
        self.application.take().map(|socket| bound(Handed::Tcp(socket))).transpose()
    }

    /// That of the management API, in the current runtime.
    pub(in crate::server) fn management(&mut self) -> Result<Option<BoundListener>> {
        self.management.take().map(bound).transpose()
    }
}

fn take(sockets: &mut ListenFd, index: usize) -> io::Result<Handed> {
    let gone = || io::Error::other("it is there no more");
    match sockets.take_tcp_listener(index) {
        Ok(socket) => socket.map(Handed::Tcp).ok_or_else(gone),
        Err(_) => sockets.take_unix_listener(index)?.map(Handed::Unix).ok_or_else(gone),
    }
}

fn bound(socket: Handed) -> Result<BoundListener> {
    adopt(socket).map_err(|error| {
        let message = format!("a socket that was handed over (LISTEN_FDS) is of no use: {error}");
        Error::new(ErrorKind::Bind, message).with_cause(error)
    })
}

fn adopt(socket: Handed) -> io::Result<BoundListener> {
    Ok(match socket {
        Handed::Tcp(socket) => {
            socket.set_nonblocking(true)?;
            let place = Place::Network(socket.local_addr()?);
            BoundListener {
                socket: Socket::Tcp(tokio::net::TcpListener::from_std(socket)?),
                place,
                tls: None,
            }
        }
        Handed::Unix(socket) => {
            socket.set_nonblocking(true)?;
            let address = socket.local_addr()?;
            let path = address.as_pathname().unwrap_or("(unnamed)".as_ref()).to_owned();
            let socket = Socket::Unix(UnixSocket::adopted(socket)?);
            BoundListener { socket, place: Place::File(path), tls: None }
        }
    })
}

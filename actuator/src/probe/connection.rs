//! The connection of a probe: every wait on it ends at one deadline. It may be encrypted by
//! somebody else.

use std::{
    fmt,
    io::{self, ErrorKind, Read, Write},
    net::{IpAddr, SocketAddr, TcpStream},
    sync::Arc,
    time::{Duration, Instant},
};
#[cfg(unix)]
use std::{os::unix::net::UnixStream, path::PathBuf, sync::mpsc, thread};

/// What can be read from and written to.
pub(crate) trait Duplex: Read + Write {}

impl<S: Read + Write> Duplex for S {}

/// What makes TLS of a connection to an address.
#[derive(Clone)]
pub(crate) struct Encrypt(Arc<Encryption>);

type Encryption = dyn Fn(Box<dyn Duplex>, IpAddr) -> io::Result<Box<dyn Duplex>> + Send + Sync;

impl Encrypt {
    /// Encrypts with this function.
    pub(crate) fn with(
        encrypt: impl Fn(Box<dyn Duplex>, IpAddr) -> io::Result<Box<dyn Duplex>> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(encrypt))
    }
}

impl fmt::Debug for Encrypt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Encrypt")
    }
}

/// Where somebody listens.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// At an address of a network, perhaps encrypted.
    Network(SocketAddr, Option<Encrypt>),
    /// At a Unix socket.
    #[cfg(unix)]
    File(PathBuf),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(address, _) => address.fmt(f),
            #[cfg(unix)]
            Self::File(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// Connects, and encrypts if that is wanted.
pub(super) fn connect(place: &Place, deadline: Instant) -> io::Result<Box<dyn Duplex>> {
    match place {
        Place::Network(address, encrypt) => {
            let stream = TcpStream::connect_timeout(address, remaining(deadline)?)?;
            let stream = Box::new(Hurried { stream, deadline });
            match encrypt {
                Some(Encrypt(encrypt)) => encrypt(stream, address.ip()),
                None => Ok(stream),
            }
        }
        #[cfg(unix)]
        Place::File(path) => {
            // It waits, without end, if the service accepts nobody.
            let (tell, connected) = mpsc::channel();
            let path = path.clone();
            thread::Builder::new().spawn(move || tell.send(UnixStream::connect(path)))?;
            let stream = connected.recv_timeout(remaining(deadline)?);
            let stream = stream.map_err(|_| io::Error::from(ErrorKind::TimedOut))??;
            Ok(Box::new(Hurried { stream, deadline }))
        }
    }
}

/// A connection that never waits longer than its deadline.
struct Hurried<S> {
    stream: S,
    deadline: Instant,
}

/// What a wait can be bounded on.
trait Patient {
    fn wait_to_read(&self, at_most: Duration) -> io::Result<()>;
    fn wait_to_write(&self, at_most: Duration) -> io::Result<()>;
}

impl Patient for TcpStream {
    fn wait_to_read(&self, at_most: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(at_most))
    }

    fn wait_to_write(&self, at_most: Duration) -> io::Result<()> {
        self.set_write_timeout(Some(at_most))
    }
}

#[cfg(unix)]
impl Patient for UnixStream {
    fn wait_to_read(&self, at_most: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(at_most))
    }

    fn wait_to_write(&self, at_most: Duration) -> io::Result<()> {
        self.set_write_timeout(Some(at_most))
    }
}

impl<S: Read + Patient> Read for Hurried<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.wait_to_read(remaining(self.deadline)?)?;
        self.stream.read(buffer)
    }
}

impl<S: Write + Patient> Write for Hurried<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.wait_to_write(remaining(self.deadline)?)?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// What is left of the time; sockets take no time-out of zero.
fn remaining(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(left) }
}

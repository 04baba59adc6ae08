//! The connection of a probe: every wait on it ends at one deadline. It may be encrypted by
//! somebody else.

use std::{
    fmt,
    io::{self, ErrorKind, Read, Write},
    net::{IpAddr, SocketAddr, TcpStream},
    sync::Arc,
    time::{Duration, Instant},
};

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

/// Connects, and encrypts if that is wanted.
pub(super) fn connect(
    address: SocketAddr,
    encrypt: Option<&Encrypt>,
    deadline: Instant,
) -> io::Result<Box<dyn Duplex>> {
    let stream = TcpStream::connect_timeout(&address, remaining(deadline)?)?;
    let stream = Box::new(Hurried { stream, deadline });
    match encrypt {
        Some(Encrypt(encrypt)) => encrypt(stream, address.ip()),
        None => Ok(stream),
    }
}

/// A connection that never waits longer than its deadline.
struct Hurried {
    stream: TcpStream,
    deadline: Instant,
}

impl Read for Hurried {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(remaining(self.deadline)?))?;
        self.stream.read(buffer)
    }
}

impl Write for Hurried {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(remaining(self.deadline)?))?;
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

//! A client that sends exactly the bytes it is told to.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpStream},
};

use crate::{Answer, PATIENCE};

/// A request to be sent on a connection of its own.
#[derive(Clone, Debug)]
pub struct Request {
    head: String,
    has_host: bool,
    body: Vec<u8>,
}

impl Request {
    /// A request without headers of its own.
    #[must_use]
    pub fn new(method: &str, target: &str) -> Self {
        Self { head: format!("{method} {target} HTTP/1.1\r\n"), has_host: false, body: Vec::new() }
    }

    /// GET.
    #[must_use]
    pub fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    /// POST of a JSON document.
    #[must_use]
    pub fn post(target: &str, json: &str) -> Self {
        Self::new("POST", target).header("content-type", "application/json").body(json)
    }

    /// Adds a header. Without a `host` of its own, the request names the address it goes to.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.has_host |= name.eq_ignore_ascii_case("host");
        self.head.extend([name, ": ", value, "\r\n"]);
        self
    }

    /// Sets the body, with its length.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        let length = self.body.len();
        self.header("content-length", &length.to_string())
    }

    /// Sends it, and reads the answer to its end.
    #[must_use]
    pub fn send(self, address: SocketAddr) -> Answer {
        let request = if self.has_host { self } else { self.header("host", &address.to_string()) };
        let bytes = request.header("connection", "close").finish();
        Answer::parse(&exchange(address, &bytes, false), bytes.starts_with(b"HEAD "))
    }

    fn finish(self) -> Vec<u8> {
        let mut bytes = self.head.into_bytes();
        bytes.extend_from_slice(b"\r\n");
        bytes.extend(self.body);
        bytes
    }
}

/// GET of a path.
#[must_use]
pub fn get(address: SocketAddr, target: &str) -> Answer {
    Request::get(target).send(address)
}

/// Sends raw bytes, which make the other side close; the answer, if what came back is one.
#[must_use]
pub fn send(address: SocketAddr, bytes: &[u8]) -> Option<Answer> {
    answer(&exchange(address, bytes, false))
}

/// Sends raw bytes and says that no more will come; the answer, if what came back is one.
#[must_use]
pub fn send_and_end(address: SocketAddr, bytes: &[u8]) -> Option<Answer> {
    answer(&exchange(address, bytes, true))
}

fn answer(bytes: &[u8]) -> Option<Answer> {
    bytes.starts_with(b"HTTP/1.1 ").then(|| Answer::parse(bytes, false))
}

/// Sends bytes and reads until the other side closes. It may answer and close before it has read
/// all: what it does not want is dropped.
fn exchange(address: SocketAddr, bytes: &[u8], end: bool) -> Vec<u8> {
    let mut stream = open(address);
    let unwanted = [ErrorKind::BrokenPipe, ErrorKind::ConnectionReset, ErrorKind::NotConnected];
    let tolerate = |result: std::io::Result<()>| match result {
        Err(error) if !unwanted.contains(&error.kind()) => panic!("{address}: {error}"),
        _ => {}
    };
    tolerate(stream.write_all(bytes));
    if end {
        tolerate(stream.shutdown(Shutdown::Write));
    }
    let mut answer = Vec::new();
    tolerate(stream.read_to_end(&mut answer).map(drop));
    answer
}

/// A connection that fails rather than hangs.
#[must_use]
pub fn open(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect_timeout(&address, PATIENCE)
        .unwrap_or_else(|error| panic!("nobody listens on {address}: {error}"));
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

//! Load over HTTP/1.1: connections that are kept alive, each with one request in progress.
//!
//! The request is a constant and of an answer only its length is read, so that the generator
//! costs less than any server that it measures.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::table;

/// How many connections ask at once.
pub const CONNECTIONS: usize = 16;

const END_OF_HEAD: &[u8] = b"\r\n\r\n";
/// Of an answer in chunks (Spring's), which is all that is read of them.
const LAST_CHUNK: &[u8] = b"\r\n0\r\n\r\n";

/// What is asked, and where.
#[derive(Clone, Debug)]
pub struct Target {
    address: SocketAddr,
    request: Arc<[u8]>,
}

/// One answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The head, to its empty line.
    pub head: Vec<u8>,
    /// The body.
    pub body: Vec<u8>,
}

impl Target {
    /// `GET path` at `address`.
    pub fn get(address: SocketAddr, path: &str) -> Self {
        let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\naccept: */*\r\n\r\n");
        Self { address, request: request.into_bytes().into() }
    }

    /// The same for a caller who reads this media type only.
    #[must_use]
    pub fn accepting(self, media_type: &str) -> Self {
        let request = String::from_utf8_lossy(&self.request);
        let request = request.replace("accept: */*", &format!("accept: {media_type}"));
        Self { request: request.into_bytes().into(), ..self }
    }

    /// Asks once.
    ///
    /// # Errors
    /// No connection, or an answer that is not HTTP with a length or in chunks.
    pub async fn ask(&self) -> io::Result<Answer> {
        Connection::open(self).await?.ask().await
    }

    /// Requests per second over `duration`, by [`CONNECTIONS`] connections.
    ///
    /// # Errors
    /// As [`Self::ask`]; and an answer that is not 200.
    pub async fn throughput(&self, duration: Duration) -> io::Result<f64> {
        let answered = Arc::new(AtomicU64::new(0));
        let began = Instant::now();
        let until = began + duration;
        let tasks: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                let (target, answered) = (self.clone(), Arc::clone(&answered));
                tokio::spawn(async move {
                    let mut connection = Connection::open(&target).await?;
                    while Instant::now() < until {
                        connection.expect_ok().await?;
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                    io::Result::Ok(())
                })
            })
            .collect();
        for task in tasks {
            task.await.map_err(io::Error::other)??;
        }
        let count = u32::try_from(answered.load(Ordering::Relaxed)).map_err(io::Error::other)?;
        Ok(f64::from(count) / began.elapsed().as_secs_f64())
    }

    /// Sends `count` requests over [`CONNECTIONS`] connections.
    ///
    /// # Errors
    /// As [`Self::throughput`].
    pub async fn send(&self, count: usize) -> io::Result<()> {
        let tasks: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                let target = self.clone();
                tokio::spawn(async move {
                    let mut connection = Connection::open(&target).await?;
                    for _ in 0..count.div_ceil(CONNECTIONS) {
                        connection.expect_ok().await?;
                    }
                    io::Result::Ok(())
                })
            })
            .collect();
        for task in tasks {
            task.await.map_err(io::Error::other)??;
        }
        Ok(())
    }
}

/// Prints the requests per second of each target: the median of so many rounds, in which they take
/// turns, after one that warms up.
///
/// # Errors
/// As [`Target::throughput`].
pub async fn compare(
    targets: &[(&str, Target)],
    rounds: usize,
    duration: Duration,
) -> io::Result<()> {
    let mut measured = vec![Vec::new(); targets.len()];
    for round in 0..=rounds {
        for ((_, target), rates) in targets.iter().zip(&mut measured) {
            let rate = target.throughput(duration).await?;
            if round > 0 {
                rates.push(rate);
            }
        }
    }
    let names = targets.iter().map(|(name, _)| *name);
    let rows: Vec<_> = names.zip(measured.iter().map(|rates| table::median(rates))).collect();
    let title = format!("median of {rounds} rounds, {} cores", thread::available_parallelism()?);
    table::print(&title, "requests/s", &rows);
    Ok(())
}

/// A connection that is kept alive.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    request: Arc<[u8]>,
    buffer: Vec<u8>,
}

impl Connection {
    /// Opens one, and asks nothing yet.
    ///
    /// # Errors
    /// Nobody listens there.
    pub async fn open(target: &Target) -> io::Result<Self> {
        let stream = TcpStream::connect(target.address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            request: Arc::clone(&target.request),
            buffer: Vec::with_capacity(16 * 1024),
        })
    }

    /// Asks once.
    ///
    /// # Errors
    /// As [`Target::ask`].
    pub async fn ask(&mut self) -> io::Result<Answer> {
        let body = self.exchange().await?;
        let (head, body) = self.buffer.split_at_checked(body).ok_or_else(not_http)?;
        Ok(Answer { status: status(head)?, head: head.to_vec(), body: body.to_vec() })
    }

    /// Asks, and waits for the whole answer.
    ///
    /// # Errors
    /// As [`Target::ask`]; and an answer that is not 200.
    pub async fn expect_ok(&mut self) -> io::Result<()> {
        self.exchange().await?;
        match status(&self.buffer)? {
            200 => Ok(()),
            other => Err(io::Error::other(format!("the answer was {other}, not 200"))),
        }
    }

    /// Sends the request and reads the whole answer; where its body starts in the buffer.
    async fn exchange(&mut self) -> io::Result<usize> {
        self.buffer.clear();
        self.stream.write_all(&self.request).await?;
        let mut ends: Option<(usize, End)> = None;
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if ends.is_none() {
                ends = lengths(&self.buffer)?;
            }
            match ends {
                Some((head, End::At(end))) if self.buffer.len() >= end => return Ok(head),
                Some((head, End::LastChunk)) if self.buffer.ends_with(LAST_CHUNK) => {
                    return Ok(head);
                }
                _ => {}
            }
        }
    }
}

/// Where an answer ends.
#[derive(Clone, Copy)]
enum End {
    At(usize),
    LastChunk,
}

/// Where the head ends, and where the body does, once the head is there.
fn lengths(answer: &[u8]) -> io::Result<Option<(usize, End)>> {
    let Some(at) = answer.windows(END_OF_HEAD.len()).position(|window| window == END_OF_HEAD)
    else {
        return Ok(None);
    };
    let head = at + END_OF_HEAD.len();
    let text = answer.get(..at).and_then(|head| std::str::from_utf8(head).ok());
    let end = text.and_then(|text| {
        text.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            if name.eq_ignore_ascii_case("content-length") {
                let length: usize = value.trim().parse().ok()?;
                return Some(End::At(head + length));
            }
            let chunked = name.eq_ignore_ascii_case("transfer-encoding")
                && value.trim().eq_ignore_ascii_case("chunked");
            chunked.then_some(End::LastChunk)
        })
    });
    Ok(Some((head, end.ok_or_else(not_http)?)))
}

fn status(answer: &[u8]) -> io::Result<u16> {
    let digits = answer.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok());
    digits.and_then(|digits| digits.parse().ok()).ok_or_else(not_http)
}

fn not_http() -> io::Error {
    io::Error::other("the answer is neither HTTP/1.1 with a content-length nor in chunks")
}

//! A client that keeps its connection while the other side does, and sends several requests at
//! once.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
};

/// As much as goes into the buffers of a connection while nobody reads.
const AT_ONCE: usize = 16 * 1024;

pub(super) struct Caller {
    address: SocketAddr,
    /// No answer has a body.
    to_head: bool,
    stream: Option<TcpStream>,
    /// What has been read and not looked at.
    bytes: Vec<u8>,
    /// Whether the other side is known to keep the connection after such an answer.
    is_kept: bool,
}

impl Caller {
    pub(super) fn new(address: SocketAddr, to_head: bool) -> Self {
        Self { address, to_head, stream: None, bytes: Vec::new(), is_kept: false }
    }

    /// How many messages of this length may be sent before the first answer is read.
    pub(super) fn at_once(&self, length: usize) -> usize {
        if self.is_kept { (AT_ONCE / length.max(1)).clamp(1, 20) } else { 1 }
    }

    /// Sends a batch of so many requests and reads the statuses of the answers; 0 for a connection
    /// that was closed without one.
    pub(super) fn ask(&mut self, batch: &[u8], many: usize) -> Vec<u16> {
        let stream = self.stream.get_or_insert_with(|| {
            let stream = testkit::open(self.address);
            stream.set_nodelay(true).unwrap();
            stream
        });
        // It may have answered before it has read all.
        let _ = stream.write_all(batch);
        let mut statuses = Vec::with_capacity(many);
        for _ in 0..many {
            let answer = self.read();
            let (status, is_kept) = answer.unwrap_or((0, false));
            statuses.push(status);
            self.is_kept = is_kept;
            if !is_kept {
                self.stream = None;
                self.bytes.clear();
                break;
            }
        }
        statuses
    }

    /// The status of the next answer, and whether the connection stays.
    fn read(&mut self) -> Option<(u16, bool)> {
        let end = self.until(0, b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&self.bytes[..end]).to_ascii_lowercase();
        let status = head.get(9..12)?.parse().ok()?;
        let field = |name: &str| {
            head.lines()
                .find_map(|line| line.strip_prefix(name).map(|value| value.trim().to_owned()))
        };
        if status < 200 {
            self.bytes.drain(..end);
            return self.read();
        }
        let end = if self.to_head || status == 204 || status == 304 {
            end
        } else if let Some(length) = field("content-length:") {
            end + length.parse::<usize>().unwrap()
        } else if field("transfer-encoding:").is_some() {
            self.until(end, b"0\r\n\r\n")?
        } else {
            return Some((status, false));
        };
        while self.bytes.len() < end {
            self.more()?;
        }
        self.bytes.drain(..end);
        Some((status, field("connection:").as_deref() != Some("close")))
    }

    /// Reads until these bytes are there, and says where they end.
    fn until(&mut self, from: usize, wanted: &[u8]) -> Option<usize> {
        let mut from = from;
        loop {
            let found = self.bytes[from..].windows(wanted.len()).position(|part| part == wanted);
            if let Some(found) = found {
                return Some(from + found + wanted.len());
            }
            from = self.bytes.len().saturating_sub(wanted.len()).max(from);
            self.more()?;
        }
    }

    fn more(&mut self) -> Option<()> {
        let mut piece = [0; 16 * 1024];
        let read = self.stream.as_mut()?.read(&mut piece).ok().filter(|read| *read > 0)?;
        self.bytes.extend_from_slice(&piece[..read]);
        Some(())
    }
}

/// Sends a message and is gone.
pub(super) fn send_and_leave(address: SocketAddr, message: &[u8]) {
    let _ = testkit::open(address).write_all(message);
}

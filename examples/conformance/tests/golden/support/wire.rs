//! One exchange over a TCP connection of its own: the request goes out byte for byte.

use std::{
    io::{Error, ErrorKind, Read, Result, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use super::recording::{Answer, Request, find, first, head_lines};

/// Long enough for a slow machine; no answer of the application takes this long.
const DEADLINE: Duration = Duration::from_secs(20);

/// Sends `request` and reads the answer, as a client that keeps connections alive would.
pub fn send(address: SocketAddr, request: &Request) -> Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(DEADLINE))?;
    stream.write_all(&request.bytes())?;
    let mut received = Received { stream, buffer: Vec::new() };
    let mut head = received.head()?;
    while (100..200).contains(&head.0) {
        head = received.head()?;
    }
    let (status, headers) = head;
    let body = if request.method == "HEAD" || matches!(status, 204 | 304) {
        Vec::new()
    } else {
        received.body(&headers)?
    };
    Ok(Answer { status, headers, body })
}

struct Received {
    stream: TcpStream,
    /// What was read and not used yet.
    buffer: Vec<u8>,
}

impl Received {
    fn head(&mut self) -> Result<(u16, Vec<(String, String)>)> {
        let head = self.until(b"\r\n\r\n")?;
        let (line, headers) = head_lines(&head).map_err(invalid)?;
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok());
        Ok((status.ok_or_else(|| invalid("no status code"))?, headers))
    }

    fn body(&mut self, headers: &[(String, String)]) -> Result<Vec<u8>> {
        if first(headers, "transfer-encoding").is_some_and(|value| value == "chunked") {
            return self.chunks();
        }
        if let Some(length) = first(headers, "content-length") {
            return self.exactly(length.parse().map_err(|_| invalid("content-length"))?);
        }
        let mut rest = std::mem::take(&mut self.buffer);
        self.stream.read_to_end(&mut rest)?;
        Ok(rest)
    }

    fn chunks(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = self.until(b"\r\n")?;
            let size = std::str::from_utf8(&line).ok().and_then(|size| {
                usize::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16).ok()
            });
            let size = size.ok_or_else(|| invalid("chunk size"))?;
            if size == 0 {
                self.until(b"\r\n")?;
                return Ok(body);
            }
            body.extend(self.exactly(size)?);
            self.exactly(2)?;
        }
    }

    /// What stands before `end`, which is used up too.
    fn until(&mut self, end: &[u8]) -> Result<Vec<u8>> {
        loop {
            if let Some(at) = find(&self.buffer, end) {
                let before = self.buffer[..at].to_vec();
                self.buffer.drain(..at + end.len());
                return Ok(before);
            }
            self.more()?;
        }
    }

    fn exactly(&mut self, length: usize) -> Result<Vec<u8>> {
        while self.buffer.len() < length {
            self.more()?;
        }
        Ok(self.buffer.drain(..length).collect())
    }

    fn more(&mut self) -> Result<()> {
        let mut block = [0; 16 * 1024];
        match self.stream.read(&mut block)? {
            0 => Err(Error::new(ErrorKind::UnexpectedEof, "the connection was closed")),
            read => {
                self.buffer.extend_from_slice(&block[..read]);
                Ok(())
            }
        }
    }
}

fn invalid(problem: &'static str) -> Error {
    Error::new(ErrorKind::InvalidData, problem)
}

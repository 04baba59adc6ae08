//! A viewer of the log that reads event by event.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
};

use serde_json::Value;

/// An event, or a comment with nothing else.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Event {
    pub(crate) id: Option<u64>,
    /// Empty for a heartbeat.
    pub(crate) name: String,
    pub(crate) data: Value,
}

impl Event {
    /// What of the line stands behind its heading.
    pub(crate) fn message(&self) -> &str {
        self.data["line"].as_str().unwrap().split_once(" : ").unwrap().1
    }
}

/// An open stream.
pub(crate) struct Viewer {
    pub(crate) status: u16,
    pub(crate) head: String,
    reader: BufReader<TcpStream>,
    text: String,
    /// The last id.
    pub(crate) last: Option<u64>,
}

impl Viewer {
    pub(crate) fn open(address: SocketAddr, query: &str) -> Self {
        Self::open_with(address, query, "")
    }

    /// With further header lines.
    pub(crate) fn open_with(address: SocketAddr, query: &str, headers: &str) -> Self {
        let mut stream = testkit::open(address);
        let request =
            format!("GET /actuator/logstream{query} HTTP/1.1\r\nhost: {address}\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut reader = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(reader.read_line(&mut head).unwrap() > 0, "{head}");
        }
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, head: head.to_ascii_lowercase(), reader, text: String::new(), last: None }
    }

    /// Goes on behind the last event.
    pub(crate) fn again(self, address: SocketAddr, query: &str) -> Self {
        let header = format!("last-event-id: {}\r\n", self.last.unwrap());
        drop(self.reader);
        Self::open_with(address, query, &header)
    }

    /// One chunk; `None` at the end of the answer.
    fn chunk(&mut self) -> Option<Vec<u8>> {
        let mut size = String::new();
        self.reader.read_line(&mut size).unwrap();
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or_default();
        let mut chunk = vec![0; size + 2];
        self.reader.read_exact(&mut chunk).ok()?;
        chunk.truncate(size);
        Some(chunk).filter(|chunk| !chunk.is_empty())
    }

    /// The next event or heartbeat; `None` at the end.
    pub(crate) fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let event = parse(block);
                self.text = rest.to_owned();
                self.last = event.id.or(self.last);
                return Some(event);
            }
            let chunk = self.chunk()?;
            self.text.push_str(&String::from_utf8(chunk).unwrap());
        }
    }

    /// The next event; heartbeats are passed over.
    pub(crate) fn event(&mut self) -> Event {
        loop {
            let event = self.next().expect("the stream has ended");
            if !event.name.is_empty() {
                return event;
            }
        }
    }

    /// The messages of the next lines.
    pub(crate) fn messages(&mut self, count: usize) -> Vec<String> {
        (0..count).map(|_| self.event()).map(|event| event.message().to_owned()).collect()
    }

    /// The next line of a stream that is no stream of events.
    pub(crate) fn line(&mut self) -> String {
        loop {
            if let Some((line, rest)) = self.text.split_once('\n') {
                let line = line.to_owned();
                self.text = rest.to_owned();
                return line;
            }
            let chunk = self.chunk().expect("the stream has ended");
            self.text.push_str(&String::from_utf8(chunk).unwrap());
        }
    }

    /// The whole body of an answer that has a length.
    pub(crate) fn body(mut self) -> String {
        let length = self.head.split("content-length: ").nth(1).unwrap();
        let length = length.split("\r\n").next().unwrap().parse().unwrap();
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body).unwrap();
        String::from_utf8(body).unwrap()
    }
}

fn parse(block: &str) -> Event {
    let mut event = Event::default();
    for line in block.lines() {
        match line.split_once(": ").unwrap() {
            ("id", id) => event.id = Some(id.parse().unwrap()),
            ("event", name) => name.clone_into(&mut event.name),
            ("data", data) => event.data = serde_json::from_str(data).unwrap(),
            ("" | "retry", _) => {}
            other => panic!("{other:?}"),
        }
    }
    event
}

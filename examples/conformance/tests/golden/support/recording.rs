//! One recorded exchange: reads the `.http` files of `actuator/tests/golden` (layout: its README).

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A recorded request with the answer that the real server gave.
#[derive(Clone, Debug)]
pub struct Recording {
    /// `boot-4.1.0/health/get`.
    pub id: String,
    /// The comment lines, without `# `.
    pub notes: Vec<String>,
    pub request: Request,
    pub response: Answer,
}

/// A request as it was sent.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub method: String,
    pub target: String,
    /// In order, spelled as sent.
    pub headers: Headers,
    /// As sent, chunk sizes included.
    pub body: Vec<u8>,
}

/// A response, recorded or received.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub headers: Headers,
    /// Without chunk sizes.
    pub body: Vec<u8>,
}

/// Headers in order.
pub type Headers = Vec<(String, String)>;

/// The folder of all recordings.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../actuator/tests/golden")
}

/// All recordings of one folder (`boot-4.1.0/health`), by name.
pub fn read_folder(name: &str) -> Vec<Recording> {
    let folder = folder().join(name);
    let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.unwrap().file_name().into_string().ok())
        .filter_map(|file| file.strip_suffix(".http").map(str::to_owned))
        .collect();
    names.sort();
    names.iter().map(|case| Recording::read(&format!("{name}/{case}"))).collect()
}

impl Recording {
    /// Reads `boot-4.1.0/health/get`.
    pub fn read(id: &str) -> Self {
        let file = folder().join(format!("{id}.http"));
        let bytes = fs::read(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        Self::parse(id, &bytes).unwrap_or_else(|problem| panic!("{}: {problem}", file.display()))
    }

    fn parse(id: &str, bytes: &[u8]) -> Result<Self, &'static str> {
        let (notes, rest) = comments(bytes);
        let at = find(rest, b"\n--> ").ok_or("no line that starts with `--> `")?;
        let (request, response) = (&rest[..at], &rest[at + b"\n--> ".len()..]);
        Ok(Self {
            id: id.to_owned(),
            notes,
            request: Request::parse(request)?,
            response: Answer::parse(response)?,
        })
    }

    /// The file's name without its ending.
    pub fn case(&self) -> &str {
        self.id.rsplit('/').next().unwrap_or_default()
    }

    /// `4.1.0/health/get`.
    pub fn short_id(&self) -> &str {
        self.id.strip_prefix("boot-").unwrap_or(&self.id)
    }

    /// Whether a comment starts with these words.
    pub fn has_note(&self, start: &str) -> bool {
        self.notes.iter().any(|note| note.starts_with(start))
    }

    /// Whether some members of the container at `path` were cut off (`# trimmed: _links to 3`).
    pub fn is_trimmed(&self) -> bool {
        self.has_note("trimmed:")
    }

    /// Whether it shows the recorded application's own log, which no other has.
    pub fn shows_own_log(&self) -> bool {
        self.has_note("scrubbed") || self.id.contains("/run-")
    }

    /// The port that the client spoke to: 8081 is the management port of the runs that have one.
    pub fn is_for_management_port(&self) -> bool {
        self.request.header("Host").is_some_and(|host| host.ends_with(":8081"))
    }
}

impl Request {
    /// A GET without a body.
    pub fn get(target: &str) -> Self {
        Self {
            method: "GET".to_owned(),
            target: target.to_owned(),
            headers: vec![("Host".to_owned(), "app.example:8080".to_owned())],
            body: Vec::new(),
        }
    }

    /// The request with one more header.
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }

    /// What goes over the wire.
    pub fn bytes(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }

    fn parse(bytes: &[u8]) -> Result<Self, &'static str> {
        // `head\n` without a body, `head\n\nbody\n` with one.
        let (head, body) = match find(bytes, b"\n\n") {
            Some(at) => (&bytes[..at], bytes[at + 2..].strip_suffix(b"\n").unwrap_or(b"")),
            None => (bytes.strip_suffix(b"\n").unwrap_or(bytes), &b""[..]),
        };
        let (line, headers) = head_lines(head)?;
        let mut words = line.split(' ');
        let (Some(method), Some(target)) = (words.next(), words.next()) else {
            return Err("the request line is not METHOD TARGET HTTP/1.1");
        };
        Ok(Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers,
            body: body.to_vec(),
        })
    }
}

impl Answer {
    /// All values of a header, joined as RFC 9110 5.3 allows; `None` if there is none.
    pub fn header(&self, name: &str) -> Option<String> {
        let values: Vec<_> = self
            .headers
            .iter()
            .filter(|(given, _)| given.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// Reads `HTTP/1.1 200 \nName: value\n\nbody`.
    fn parse(bytes: &[u8]) -> Result<Self, &'static str> {
        let (head, body) = match find(bytes, b"\n\n") {
            Some(at) => (&bytes[..at], &bytes[at + 2..]),
            None => (bytes.strip_suffix(b"\n").unwrap_or(bytes), &b""[..]),
        };
        let (line, headers) = head_lines(head)?;
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok());
        Ok(Self {
            status: status.ok_or("the status line has no code")?,
            headers,
            body: body.strip_suffix(b"\n").unwrap_or(body).to_vec(),
        })
    }
}

fn comments(bytes: &[u8]) -> (Vec<String>, &[u8]) {
    let mut notes = Vec::new();
    let mut rest = bytes;
    while rest.starts_with(b"#") {
        let end = find(rest, b"\n").unwrap_or(rest.len() - 1);
        notes.push(String::from_utf8_lossy(&rest[1..end]).trim().to_owned());
        rest = &rest[end + 1..];
    }
    (notes, rest)
}

/// The first line, and the headers below it.
pub(super) fn head_lines(head: &[u8]) -> Result<(String, Headers), &'static str> {
    let head = std::str::from_utf8(head).map_err(|_| "the head is not UTF-8")?;
    let mut lines = head.lines();
    let first = lines.next().ok_or("no first line")?.to_owned();
    let headers = lines
        .map(|line| {
            let (name, value) = line.split_once(':').ok_or("a header line has no colon")?;
            Ok((name.to_owned(), value.trim().to_owned()))
        })
        .collect::<Result<_, &'static str>>()?;
    Ok((first, headers))
}

/// Where `wanted` starts.
pub(super) fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

pub(super) fn first<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    headers
        .iter()
        .find(|(given, _)| given.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

#[test]
fn a_recording_is_read_with_its_comments_bodies_and_headers() {
    let text =
        b"# scrubbed\n# body re-indented\nPOST /a?b=c HTTP/1.1\nHost: x:1\nContent-Length: 3\n\n\
        {\n}\n\n--> HTTP/1.1 404 \nAllow: GET\nA: b\n\n{\n 1}\n";
    let recording = Recording::parse("boot-1/a/b", text).unwrap();
    assert_eq!(recording.notes, ["scrubbed", "body re-indented"]);
    assert_eq!((recording.case(), recording.short_id()), ("b", "1/a/b"));
    assert_eq!(recording.request.target, "/a?b=c");
    assert_eq!(recording.request.body, b"{\n}");
    assert_eq!(recording.response.status, 404);
    assert_eq!(recording.response.header("allow").as_deref(), Some("GET"));
    assert_eq!(recording.response.body, b"{\n 1}");
    assert_eq!(
        String::from_utf8(recording.request.bytes()).unwrap(),
        "POST /a?b=c HTTP/1.1\r\nHost: x:1\r\nContent-Length: 3\r\n\r\n{\n}"
    );
    let without =
        Recording::parse("x", b"GET / HTTP/1.1\nHost: x\n\n--> HTTP/1.1 204 \n\n").unwrap();
    assert!(without.request.body.is_empty() && without.response.body.is_empty());
}

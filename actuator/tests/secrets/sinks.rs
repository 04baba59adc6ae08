//! Those who are sent something: servers of the test that take everything and keep it.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream, UdpSocket},
    sync::{Arc, Mutex},
    thread,
};

use crate::search::Search;

const PUSHGATEWAY: [&str; 3] = [
    "management.prometheus.metrics.export.pushgateway.enabled",
    "management.prometheus.metrics.export.pushgateway.address",
    "management.prometheus.metrics.export.pushgateway.shutdown-operation",
];

/// What one of them has heard.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<u8>>>);

impl Heard {
    fn add(&self, bytes: &[u8]) {
        let mut heard = self.0.lock().unwrap();
        heard.extend_from_slice(bytes);
        heard.push(b'\n');
    }
}

/// All of them, by name.
pub(crate) struct Sinks(Vec<(&'static str, SocketAddr, Heard)>);

impl Sinks {
    pub(crate) fn start() -> Self {
        let http = ["webhook", "pushgateway", "otlp", "sentry"].map(|name| {
            let (address, heard) = http();
            (name, address, heard)
        });
        let datagrams = ["statsd", "syslog"].map(|name| {
            let (address, heard) = datagrams();
            (name, address, heard)
        });
        Self(http.into_iter().chain(datagrams).collect())
    }

    /// What makes a service send something to each of them.
    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        let address = |name: &str| self.0.iter().find(|sink| sink.0 == name).unwrap().1;
        let mut settings = vec![
            ("actuator.health.webhook.url", format!("http://{}/hook", address("webhook"))),
            ("actuator.health.webhook.minimum-gap", "1ms".to_owned()),
            (PUSHGATEWAY[0], "true".to_owned()),
            (PUSHGATEWAY[1], address("pushgateway").to_string()),
            (PUSHGATEWAY[2], "post".to_owned()),
            ("management.statsd.metrics.export.host", "127.0.0.1".to_owned()),
            ("management.statsd.metrics.export.port", address("statsd").port().to_string()),
            ("actuator.logging.syslog.address", format!("udp://{}", address("syslog"))),
        ];
        if cfg!(feature = "otlp") {
            let url = format!("http://{}/v1/metrics", address("otlp"));
            settings.push(("management.otlp.metrics.export.url", url));
        }
        if cfg!(feature = "sentry") {
            let dsn = format!("http://publickey@{}/42", address("sentry"));
            settings.push(("actuator.sentry.dsn", dsn));
        }
        settings
    }

    /// Each has heard what was planted there, but not the secret in it.
    pub(crate) fn look_through(&self, search: &mut Search<'_>) {
        for (name, _, heard) in &self.0 {
            let heard = heard.0.lock().unwrap();
            let text = String::from_utf8_lossy(&heard);
            let by_feature =
                [("otlp", cfg!(feature = "otlp")), ("sentry", cfg!(feature = "sentry"))];
            let is_off = by_feature.contains(&(*name, false));
            assert_ne!(text.contains("******"), is_off, "{name} has heard {} bytes", heard.len());
            search.text(name, &text);
        }
    }
}

/// A server that answers 200 to whatever it is sent.
fn http() -> (SocketAddr, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, heard) = (listener.local_addr().unwrap(), Heard::default());
    let hearing = heard.clone();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let hearing = hearing.clone();
            // Whoever hangs up has said what it wanted.
            thread::spawn(move || serve(stream.unwrap(), &hearing).ok());
        }
    });
    (address, heard)
}

fn serve(stream: TcpStream, heard: &Heard) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let lower = head.to_ascii_lowercase();
    let length = lower.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = Vec::new();
    match length {
        Some(length) => read(&mut reader, length.trim().parse().unwrap(), &mut body)?,
        None => loop {
            let mut size = String::new();
            reader.read_line(&mut size)?;
            let size = usize::from_str_radix(size.trim(), 16).expect("the size of a chunk");
            read(&mut reader, size, &mut body)?;
            reader.read_line(&mut String::new())?;
            if size == 0 {
                break;
            }
        },
    }
    // The line of the request; headers are credentials for the receiver.
    heard.add(head.lines().next().unwrap_or_default().as_bytes());
    heard.add(&body);
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
    reader.into_inner().write_all(answer)
}

/// Reads so many bytes more.
fn read(
    reader: &mut BufReader<TcpStream>,
    length: usize,
    body: &mut Vec<u8>,
) -> std::io::Result<()> {
    let start = body.len();
    body.resize(start + length, 0);
    reader.read_exact(&mut body[start..])
}

fn datagrams() -> (SocketAddr, Heard) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let (address, heard) = (socket.local_addr().unwrap(), Heard::default());
    let hearing = heard.clone();
    thread::spawn(move || {
        let mut buffer = vec![0; 65_536];
        while let Ok(length) = socket.recv(&mut buffer) {
            hearing.add(&buffer[..length]);
        }
    });
    (address, heard)
}

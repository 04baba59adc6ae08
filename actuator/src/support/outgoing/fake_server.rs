//! A server for tests: keeps what it is asked, answers what it is told, or never.

use std::{net::SocketAddr, sync::Arc};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

/// What a server was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `POST /instances`.
    pub line: String,
    /// The header lines in lower case names, as they came.
    pub headers: String,
    /// The body.
    pub body: String,
    /// The same as it came, without the framing of chunks.
    #[cfg_attr(
        not(any(feature = "otlp", feature = "sentry")),
        expect(dead_code, reason = "only OTLP and Sentry are read to the byte")
    )]
    pub bytes: Vec<u8>,
}

/// The raw answer to a request, or `None` to keep the caller waiting.
pub type Answer = dyn Fn(&Asked) -> Option<String> + Send + Sync;

/// A server on a port of its own.
pub struct FakeServer {
    address: SocketAddr,
    asked: mpsc::UnboundedReceiver<Asked>,
}

impl FakeServer {
    /// A server that answers with what the function returns.
    pub async fn start(answer: impl Fn(&Asked) -> Option<String> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, asked) = mpsc::unbounded_channel();
        let answer: Arc<Answer> = Arc::new(answer);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, answer.clone(), tell.clone()));
            }
        });
        Self { address, asked }
    }

    /// A server that accepts connections and never says a word.
    pub async fn hanging() -> Self {
        Self::start(|_| None).await
    }

    /// Its address, without a scheme.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits for the next request.
    pub async fn asked(&mut self) -> Asked {
        self.asked.recv().await.unwrap()
    }

    /// The next request, if it was answered already.
    pub fn was_asked(&mut self) -> Option<Asked> {
        self.asked.try_recv().ok()
    }

    /// Whether nothing was asked since the last look.
    pub fn is_left_alone(&mut self) -> bool {
        self.was_asked().is_none()
    }
}

/// A raw answer; with the header `connection: close` it is the last of its connection.
pub fn answer(status: &str, header: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{header}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

async fn serve(mut stream: TcpStream, answer: Arc<Answer>, tell: mpsc::UnboundedSender<Asked>) {
    while let Some(asked) = read(&mut stream).await {
        let raw = answer(&asked);
        let _ = tell.send(asked);
        match raw {
            Some(raw) => {
                let sent = stream.write_all(raw.as_bytes()).await;
                if sent.is_err() || raw.contains("connection: close") {
                    return;
                }
            }
            None => std::future::pending().await,
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let (head, body) = (String::from_utf8_lossy(&bytes[..end]), &bytes[end + 4..]);
            let (line, headers) = head.split_once("\r\n")?;
            let length = headers.lines().find_map(|line| line.strip_prefix("content-length: "));
            let whole = if headers.contains("transfer-encoding: chunked") {
                unchunked(body)
            } else {
                let length = length.map_or(0, |length| length.parse().unwrap());
                body.get(..length).map(<[u8]>::to_vec)
            };
            if let Some(bytes) = whole {
                let line = line.strip_suffix(" HTTP/1.1")?.to_owned();
                let body = String::from_utf8_lossy(&bytes).into_owned();
                return Some(Asked { line, headers: headers.to_owned(), body, bytes });
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

/// What chunks hold, once the last one is there.
fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n")?;
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?, 16).ok()?;
        let chunk = rest.get(end + 2..end + 2 + length)?;
        rest = rest.get(end + 2 + length + 2..)?;
        if length == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(chunk);
    }
}

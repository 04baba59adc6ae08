//! One GET over a socket, within one deadline.

use std::{
    io::{self, ErrorKind, Read as _, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::{Duration, Instant},
};

use super::{
    MAX_TIMEOUT,
    answer::{Answer, Parsed, parse},
    connection::{Encrypt, Place, connect},
};

/// A health document is at most 250 KiB long; whatever is longer is none of ours.
const MAX_BYTES: usize = 512 * 1024;

/// What is asked, and where.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    place: Place,
    path: String,
}

impl Target {
    /// The path of a listener. A listener on all interfaces is asked on loopback.
    pub(crate) fn new(listener: SocketAddr, path: String, encrypt: Option<Encrypt>) -> Self {
        let ip = match listener.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        Self { place: Place::Network(SocketAddr::new(ip, listener.port()), encrypt), path }
    }

    /// The path of a Unix socket.
    #[cfg(unix)]
    pub(crate) fn of_file(file: std::path::PathBuf, path: String) -> Self {
        Self { place: Place::File(file), path }
    }

    /// The URL, for messages.
    pub(super) fn url(&self) -> String {
        let Self { place, path } = self;
        match place {
            Place::Network(address, None) => format!("http://{address}{path}"),
            Place::Network(address, Some(_)) => format!("https://{address}{path}"),
            #[cfg(unix)]
            Place::File(_) => format!("{path} of {place}"),
        }
    }

    /// Asks; `timeout` is for everything together. The error is a sentence about what failed.
    pub(super) fn get(&self, timeout: Duration) -> Result<Answer, String> {
        let deadline = Instant::now() + timeout.min(MAX_TIMEOUT);
        let place = &self.place;
        self.exchange(deadline).map_err(|error| match error.kind() {
            // Sockets say one or the other, depending on the system.
            ErrorKind::TimedOut | ErrorKind::WouldBlock => {
                format!("no answer from {} within {timeout:?}", self.url())
            }
            ErrorKind::ConnectionRefused => format!("nobody listens on {place}"),
            ErrorKind::UnexpectedEof => format!("the answer of {} is cut off", self.url()),
            // That of TLS says more.
            ErrorKind::InvalidData if error.get_ref().is_none() => {
                format!("what listens on {place} does not speak HTTP/1.1")
            }
            ErrorKind::FileTooLarge => {
                format!("the answer of {} has more than {} KiB", self.url(), MAX_BYTES / 1024)
            }
            _ => format!("{} cannot be asked: {error}", self.url()),
        })
    }

    fn exchange(&self, deadline: Instant) -> io::Result<Answer> {
        let mut stream = connect(&self.place, deadline)?;
        stream.write_all(self.request().as_bytes())?;
        let (mut bytes, mut buffer) = (Vec::new(), [0; 8 * 1024]);
        loop {
            let read = match stream.read(&mut buffer) {
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            bytes.extend_from_slice(buffer.get(..read).unwrap_or_default());
            match parse(&bytes, read == 0) {
                Parsed::Complete(answer) => return Ok(answer),
                Parsed::Invalid => return Err(ErrorKind::InvalidData.into()),
                Parsed::Incomplete if read == 0 => return Err(ErrorKind::UnexpectedEof.into()),
                Parsed::Incomplete if bytes.len() > MAX_BYTES => {
                    return Err(ErrorKind::FileTooLarge.into());
                }
                Parsed::Incomplete => {}
            }
        }
    }

    fn request(&self) -> String {
        let host = match &self.place {
            Place::Network(address, _) => address.to_string(),
            #[cfg(unix)]
            Place::File(_) => "localhost".to_owned(),
        };
        format!(
            "GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: actuator-probe\r\n\
             Accept: application/vnd.spring-boot.actuator.v3+json, application/json\r\n\
             Connection: close\r\n\r\n",
            self.path, host
        )
    }
}

#[cfg(test)]
mod tests {
    use std::{
        net::{TcpListener, TcpStream},
        thread,
    };

    use super::*;

    /// Accepts one connection, reads the request and does something with it.
    fn server(serve: impl FnOnce(TcpStream) + Send + 'static) -> Target {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            let length = stream.read(&mut request).unwrap();
            assert!(request[..length].ends_with(b"\r\n\r\n"));
            serve(stream);
        });
        Target::new(address, "/actuator/health".to_owned(), None)
    }

    #[test]
    fn an_answer_in_small_pieces_is_put_together() {
        let target = server(|mut stream| {
            for piece in ["HTTP/1.1 503 x\r\ncontent-", "length: 4\r\n", "\r\nDO", "WN"] {
                stream.write_all(piece.as_bytes()).unwrap();
                stream.flush().unwrap();
            }
            // Open until the client has gone: the length is what ends the answer.
            let _ = stream.read(&mut [0]);
        });
        let answer = target.get(Duration::from_secs(30)).unwrap();
        assert_eq!(answer, Answer { code: 503, body: b"DOWN".to_vec() });
    }

    #[test]
    fn the_deadline_holds_for_a_server_that_trickles() {
        let target = server(|mut stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nx: ");
            while stream.write_all(b"x").is_ok() {
                thread::yield_now();
                thread::sleep(Duration::from_millis(5));
            }
        });
        let error = target.get(Duration::from_millis(100)).unwrap_err();
        assert!(error.contains("within 100ms"), "{error}");
    }

    #[test]
    fn a_cut_a_foreign_and_an_endless_answer_are_told_apart() {
        let cut = server(|mut stream| stream.write_all(b"HTTP/1.1 200 OK\r\n").unwrap());
        let foreign = server(|mut stream| stream.write_all(b"220 mail.example ESMTP").unwrap());
        let endless = server(|mut stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
            while stream.write_all(&[b'x'; 4096]).is_ok() {}
        });
        for (target, word) in [(cut, "cut off"), (foreign, "HTTP/1.1"), (endless, "512 KiB")] {
            let error = target.get(Duration::from_secs(30)).unwrap_err();
            assert!(error.contains(word), "{error}");
        }
    }

    #[test]
    fn a_listener_on_all_interfaces_is_asked_on_loopback() {
        for (listener, url) in [
            ("0.0.0.0:80", "http://127.0.0.1:80/x"),
            ("[::]:80", "http://[::1]:80/x"),
            ("10.1.2.3:80", "http://10.1.2.3:80/x"),
        ] {
            assert_eq!(Target::new(listener.parse().unwrap(), "/x".to_owned(), None).url(), url);
        }
    }
}

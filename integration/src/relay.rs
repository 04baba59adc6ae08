//! A wire between two parties that a test can listen to and cut: what a client really sends, and a server that hangs.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Passes every byte on to a server, and remembers what the clients sent.
pub struct Relay {
    url: String,
    wire: Arc<Wire>,
}

struct Wire {
    /// `host:port` of the server.
    upstream: String,
    sent: Mutex<Vec<u8>>,
    hangs: AtomicBool,
}

impl Relay {
    /// A relay in front of the server at this URL.
    pub fn to(url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let upstream = url.trim_start_matches("http://").to_owned();
        let wire =
            Arc::new(Wire { upstream, sent: Mutex::default(), hangs: AtomicBool::new(false) });
        let shared = Arc::clone(&wire);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let wire = Arc::clone(&shared);
                thread::spawn(move || wire.pass(client));
            }
        });
        Self { url: format!("http://{address}"), wire }
    }

    /// The address of the relay.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How often clients sent these bytes, such as `POST /instances `.
    pub fn count(&self, bytes: &str) -> usize {
        let sent = self.wire.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.windows(bytes.len()).filter(|window| *window == bytes.as_bytes()).count()
    }

    /// From now on requests are read and never answered: a server that hangs.
    pub fn hang(&self) {
        self.wire.hangs.store(true, Ordering::SeqCst);
    }
}

impl Wire {
    fn pass(&self, mut client: TcpStream) {
        let Ok(mut server) = TcpStream::connect(&self.upstream) else { return };
        let (Ok(mut from_server), Ok(mut to_client)) = (server.try_clone(), client.try_clone())
        else {
            return;
        };
        let back = thread::spawn(move || {
            // Ends when either side closes; a closed connection is no news to a relay.
            let _ = std::io::copy(&mut from_server, &mut to_client);
            let _ = to_client.shutdown(Shutdown::Both);
        });
        let mut buffer = [0; 8192];
        while let Ok(length @ 1..) = client.read(&mut buffer) {
            let bytes = &buffer[..length];
            self.sent.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
            if !self.hangs.load(Ordering::SeqCst) && server.write_all(bytes).is_err() {
                break;
            }
        }
        let _ = server.shutdown(Shutdown::Both);
        let _ = back.join();
    }
}

//! A server that takes every connection and never says a word.

use std::net::{SocketAddr, TcpListener};
use std::thread;

/// Lives as long as the process: a thread that waits costs nothing.
pub struct Silent {
    address: SocketAddr,
}

impl Silent {
    /// Starts it on a free port of loopback.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("the address of a listener");
        thread::spawn(move || {
            // Kept: a connection that is dropped would be closed.
            let _kept: Vec<_> = listener.incoming().collect();
        });
        Self { address }
    }

    /// Its address in a URL of this scheme, with a password that nobody reads.
    pub fn url(&self, scheme: &str) -> String {
        format!("{scheme}://app:{}@{}/app", crate::PASSWORD, self.address)
    }
}

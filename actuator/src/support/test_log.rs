//! What is logged, for tests to read.

use std::sync::{Arc, Mutex};

use tracing::{Dispatch, subscriber::DefaultGuard};
use tracing_subscriber::{fmt::MakeWriter, layer::SubscriberExt};

/// What is logged on this thread while it lives.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Takes what is logged on this thread, until the guard is dropped.
    pub fn listen(&self) -> Listening {
        // While there is only one subscriber, a line that another thread reaches first is switched
        // off for all threads.
        let other = Dispatch::new(tracing_subscriber::registry());
        let layer = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(self.clone());
        let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
        Listening { _guard: guard, _other: other }
    }

    /// All that was logged.
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// How many lines hold this.
    pub fn count(&self, part: &str) -> usize {
        self.text().lines().filter(|line| line.contains(part)).count()
    }
}

/// Listens while it lives.
pub struct Listening {
    _guard: DefaultGuard,
    _other: Dispatch,
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

//! A switch that is thrown once, for a reason, and that any number of tasks can wait for.

use std::sync::Arc;

use tokio::sync::watch;

/// A switch; clones are the same switch.
#[derive(Clone, Debug)]
pub struct Trigger {
    sender: Arc<watch::Sender<Option<&'static str>>>,
}

impl Default for Trigger {
    fn default() -> Self {
        Self { sender: Arc::new(watch::Sender::new(None)) }
    }
}

impl Trigger {
    /// Throws the switch; more than once is the same.
    pub fn throw(&self) {
        self.throw_because("");
    }

    /// Throws the switch for a reason; the first one counts.
    pub fn throw_because(&self, reason: &'static str) {
        self.sender.send_if_modified(|thrown| {
            let is_first = thrown.is_none();
            thrown.get_or_insert(reason);
            is_first
        });
    }

    /// Why it was thrown, if it is.
    pub fn reason(&self) -> Option<&'static str> {
        *self.sender.borrow()
    }

    /// Whether it is thrown.
    pub fn is_thrown(&self) -> bool {
        self.sender.borrow().is_some()
    }

    /// Waits until it is thrown.
    pub async fn thrown(&self) {
        // The sender is held by self, so the only answer is that the value is true.
        let _ = self.sender.subscribe().wait_for(Option::is_some).await;
    }
}

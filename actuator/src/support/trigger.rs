//! A switch that is thrown once and that any number of tasks can wait for.

use std::sync::Arc;

use tokio::sync::watch;

/// A switch; clones are the same switch.
#[derive(Clone, Debug)]
pub struct Trigger {
    sender: Arc<watch::Sender<bool>>,
}

impl Default for Trigger {
    fn default() -> Self {
        Self { sender: Arc::new(watch::Sender::new(false)) }
    }
}

impl Trigger {
    /// Throws the switch; more than once is the same.
    pub fn throw(&self) {
        self.sender.send_replace(true);
    }

    /// Whether it is thrown.
    pub fn is_thrown(&self) -> bool {
        *self.sender.borrow()
    }

    /// Waits until it is thrown.
    pub async fn thrown(&self) {
        // The sender is held by self, so the only answer is that the value is true.
        let _ = self.sender.subscribe().wait_for(|thrown| *thrown).await;
    }
}

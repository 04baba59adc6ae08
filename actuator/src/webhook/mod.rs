//! The webhook: tells a receiver (a chat, a pager, a script) that health has changed.
//!
//! `settings` says where to and what of, `template` and `message` what is sent; changes come into
//! the `mailbox`, `ledger` says which are still to be told and when, `task` tells them. A check
//! never waits for any of this, and what waits here is one state per check: the latest.

mod ledger;
mod mailbox;
mod message;
mod settings;
mod task;
mod template;

#[cfg(test)]
mod task_tests;

pub use message::Sender;
pub use settings::WebhookSettings;
pub use task::{MessageCounts, WebhookHandle, start};

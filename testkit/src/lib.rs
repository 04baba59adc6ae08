//! What black-box tests share: an HTTP client that can be rude, and processes that end with
//! their test. Everything blocks, and gives up with a panic instead of hanging.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a failed expectation is a failed test"
)]

mod answer;
mod http;
mod openapi;
mod own_process;
mod process;

pub use answer::Answer;
pub use http::{Request, get, open, send, send_and_end};
pub use openapi::{Members, OpenApi};
pub use own_process::in_own_process;
pub use process::{Process, Program, free_port};

use std::time::Duration;

/// How long anything may take before the test fails: far more than it needs on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

//! Secrets are planted wherever an application or a caller can put one, and nothing of them is found
//! in any answer or line of the log.
//!
//! The log and the variables are those of the process, so the service runs in one of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[allow(dead_code)]
#[path = "../it/app.rs"]
mod app;
mod plants;
mod service;
mod start;

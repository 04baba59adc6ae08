//! Secrets are planted wherever an application or a caller can put one, and nothing of them is found
//! in any answer, in any line of the log, or in what is sent to others.
//!
//! The log and the variables are those of the process, so the service runs in one of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[allow(dead_code)]
#[path = "../it/app.rs"]
mod app;
mod callers;
#[cfg(feature = "tls")]
#[path = "../../src/server/tls/test_certificates.rs"]
mod certificates;
mod parts;
mod plants;
mod search;
mod service;
mod sinks;
mod start;
mod visit;

//! `#[derive(Settings)]`: structs that no other test links, since some of them refuse the start.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

/// The vocabulary of the other tests.
#[allow(dead_code)]
#[path = "../it/app.rs"]
mod app;
mod reading;

//! The recordings of real Spring Boot applications against the conformance application.
//!
//! `cargo test -p conformance --test golden -- --nocapture` prints what was compared.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod refusals;
mod replay;
mod schemas;
mod support;

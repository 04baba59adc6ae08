//! Endpoints of one's own, by macro and at run time: what they are asked, what they answer, and that
//! settings, access, roles, the audit trail and the conditions know them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

/// The vocabulary of the other tests.
#[allow(dead_code)]
#[path = "../it/app.rs"]
mod app;
mod declared;
mod refused;
mod run_time;

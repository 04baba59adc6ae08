//! The `metrics` crate through the front door: macros here, `/actuator/metrics` there.
//!
//! The crate has one recorder per process, so these tests are a process of their own with one
//! service, and those that need another one start themselves again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod hostile;
mod processes;
mod recorded;
mod service;

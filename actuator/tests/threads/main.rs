//! Stacks, tasks and profiles of a running service, asked over HTTP. A process of its own: the signal
//! by which threads are asked ends what those of other tests wait for.

#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

/// The vocabulary of the other tests.
#[allow(dead_code)]
#[path = "../it/app.rs"]
mod app;
mod dumps;
mod profiles;

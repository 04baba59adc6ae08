//! Reading the log through the front door: `/actuator/logfile`, `/actuator/logfiles` and
//! `/actuator/logstream`.
//!
//! The log is that of the process, so these tests are a process of their own, and those that fill
//! the log or count its lines take turns.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[allow(dead_code)]
#[path = "../it/app.rs"]
mod app;
mod files;
mod hostile;
mod loops;
mod pressure;
mod stream;
mod tailer;
mod viewer;

use std::sync::{Mutex, MutexGuard, PoisonError};

use app::TestApp;

/// Only one of those who hold it runs at a time.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A service with a log of 64 KiB in memory that writes nothing to the console.
fn service() -> TestApp {
    app::app()
        .setting("actuator.logfile.ring-size", "64KB")
        .setting("actuator.logstream.heartbeat", "50ms")
        .setting("logging.console.enabled", "false")
}

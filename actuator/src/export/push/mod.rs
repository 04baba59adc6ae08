//! What all pushes over HTTP have in common: a task that pushes at a rate, waits for nobody for
//! long, says once per change how it goes, and counts what it costs.

mod cost;
mod failure;
mod task;

pub(super) use failure::PushFailure;
pub(super) use task::{Exporter, Pace, PushHandle, start};

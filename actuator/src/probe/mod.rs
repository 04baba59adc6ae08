//! The command line probe: asks the running instance how it is, as `curl` would in an image that
//! has none.
//!
//! A request of its own over a plain socket: a process that lives for some milliseconds starts no
//! runtime, no log and no HTTP library. What to ask comes from `server`, which knows the settings.

mod answer;
mod arguments;
mod client;
mod connection;
mod report;

pub(crate) use arguments::ProbeArguments;
pub(crate) use client::Target;
pub(crate) use connection::Encrypt;
pub use report::ProbeReport;

/// What a probe waits for at most, connecting included, unless it is told otherwise.
pub(crate) const DEFAULT_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(5);
/// More than any caller waits, and far from what a clock cannot add.
const MAX_TIMEOUT: std::time::Duration = std::time::Duration::from_mins(10);

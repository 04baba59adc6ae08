//! What `/info` tells about the machine and the process: only what stays the same while the
//! process lives. The admin server raises an event for each change of `/info`, so uptime, current
//! time and memory belong to metrics.

use std::time::SystemTime;

/// Facts of the operating system and the process; assembly reads them once from `support::host`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostFacts {
    /// The id of this process.
    pub pid: u32,
    /// The id of the process that started it, if known.
    pub parent_pid: Option<u32>,
    /// The name of the user as whom it runs.
    pub owner: Option<String>,
    /// How many processors it may use.
    pub cpus: usize,
    /// When it was started.
    pub start_time: Option<SystemTime>,
    /// The folder in which it was started.
    pub working_directory: Option<String>,
    /// The name of the operating system: `Linux`.
    pub os_name: Option<String>,
    /// The version of its kernel.
    pub os_version: Option<String>,
    /// The processor's architecture: `x86_64`.
    pub arch: String,
}

//! What `/info` tells about the machine and the process: only what stays the same while the
//! process lives. The admin server raises an event for each change of `/info`, so uptime, current
//! time and memory belong to metrics.

use std::time::SystemTime;

use crate::support::host::{self, ProcessIdentity};

/// Facts of the operating system and the process, read once.
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

impl HostFacts {
    /// The facts of this machine and of this process.
    pub fn of(process: &ProcessIdentity) -> Self {
        Self {
            pid: process.pid,
            parent_pid: process.parent_pid,
            owner: process.owner.clone(),
            cpus: host::cpu_count(),
            os_name: host::os_name(),
            os_version: host::os_version(),
            arch: std::env::consts::ARCH.to_owned(),
            start_time: Some(process.started_at),
            working_directory: process
                .working_directory
                .as_ref()
                .map(|path| path.display().to_string()),
        }
    }
}

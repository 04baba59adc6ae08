//! Services that run in a process of their own, and what a process holds.

use std::{
    fs, io,
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::load::Target;

const PATIENCE: Duration = Duration::from_mins(1);

/// A process that is killed when it is no longer needed.
#[derive(Debug)]
pub struct Service {
    process: Child,
    address: SocketAddr,
}

impl Service {
    /// Starts what `command` makes of a free port, and waits until `path` answers 200; how long
    /// that took.
    ///
    /// # Errors
    /// It cannot be started, or is not healthy within a minute.
    pub async fn start(
        command: impl FnOnce(u16) -> Command,
        path: &str,
    ) -> io::Result<(Self, Duration)> {
        let address = free_address()?;
        let health = Target::get(address, path);
        let mut command = command(address.port());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let began = Instant::now();
        let service = Self { process: command.spawn()?, address };
        loop {
            if health.ask().await.is_ok_and(|answer| answer.status == 200) {
                return Ok((service, began.elapsed()));
            }
            if began.elapsed() > PATIENCE {
                return Err(io::Error::other(format!("{command:?} is not healthy")));
            }
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its resident memory (`VmRSS`), in MB.
    ///
    /// # Errors
    /// As [`resident_megabytes`].
    pub fn resident_megabytes(&self) -> io::Result<f64> {
        resident_megabytes(&self.process.id().to_string())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to do.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Resident memory (`VmRSS`) of a process, in MB; `self` is this one.
///
/// # Errors
/// There is no such process, or no Linux.
pub fn resident_megabytes(process: &str) -> io::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()).unwrap_or_default();
    Ok(kilobytes.parse::<f64>().map_err(io::Error::other)? / 1024.0)
}

/// An address that nobody listens on at this moment.
fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")?.local_addr()
}

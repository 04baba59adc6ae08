//! Services that run in a process of their own, and what a process holds.

use std::{
    env, fs, io,
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

    /// What it holds at the moment.
    ///
    /// # Errors
    /// It is gone, or no Linux.
    pub fn memory(&self) -> io::Result<Memory> {
        let text = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.process.id()))?;
        let figure = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            let kilobytes =
                line.and_then(|line| line.split_whitespace().next()).unwrap_or_default();
            kilobytes.parse().map_err(io::Error::other)
        };
        Ok(Memory {
            resident: figure("Rss:")?,
            proportional: figure("Pss:")?,
            anonymous: figure("Anonymous:")?,
        })
    }

    /// Its resident memory (`VmRSS`), in MB.
    ///
    /// # Errors
    /// As [`resident_megabytes`].
    pub fn resident_megabytes(&self) -> io::Result<f64> {
        resident_megabytes(&self.process.id().to_string())
    }
}

/// What a process holds, in kB.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// All that is in memory.
    pub resident: f64,
    /// The same, where what others have as well counts by its share.
    pub proportional: f64,
    /// What is no file's.
    pub anonymous: f64,
}

/// Runs `cargo build` with these arguments, with the cargo that this program was started by.
///
/// # Errors
/// It cannot be started, or fails.
pub fn cargo_build(arguments: &[&str]) -> io::Result<()> {
    let mut build = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    build.arg("build").args(arguments);
    // What cargo tells this program about its own package would make build scripts run again.
    for (name, _) in env::vars_os() {
        let told = name.to_str().is_some_and(|name| {
            ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_"].iter().any(|at| name.starts_with(at))
        });
        if told {
            build.env_remove(name);
        }
    }
    if build.status()?.success() {
        return Ok(());
    }
    Err(io::Error::other(format!("cargo build {} fails", arguments.join(" "))))
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

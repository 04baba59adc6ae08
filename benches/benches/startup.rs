//! What a service costs before it does anything: milliseconds from the start of the process to the
//! first 200 of `/actuator/health`, and resident memory after 10,000 requests; of quickstart, and
//! of an axum server without anything else. Both are built in release.

use std::{
    error::Error,
    fs, io,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use actuator_benches::{load::Target, table};
use tokio::runtime;

const STARTS: usize = 20;
const REQUESTS: usize = 10_000;
const PATIENCE: Duration = Duration::from_secs(10);

fn main() -> Result<(), Box<dyn Error>> {
    let bare = PathBuf::from(env!("CARGO_BIN_EXE_bare-axum"));
    let quickstart = build_quickstart(&bare)?;
    let programs = [
        ("bare axum", bare, Service::command_of_bare as CommandOf),
        ("quickstart", quickstart, Service::command_of_quickstart),
    ];
    let load = runtime::Builder::new_current_thread().enable_all().build()?;
    let mut times = vec![Vec::new(); programs.len()];
    for start in 0..=STARTS {
        for ((_, program, command), times) in programs.iter().zip(&mut times) {
            let (_service, took) = load.block_on(Service::start(program, *command))?;
            // The first start reads the program from the disk.
            if start > 0 {
                times.push(took.as_secs_f64() * 1e3);
            }
        }
    }
    let rows: Vec<_> = programs
        .iter()
        .zip(&times)
        .map(|((name, ..), times)| (*name, table::median(times)))
        .collect();
    table::print(&format!("start to first 200, median of {STARTS}"), "ms", &rows);

    let mut rows = Vec::new();
    for (name, program, command) in &programs {
        let (service, _) = load.block_on(Service::start(program, *command))?;
        load.block_on(service.health.send(REQUESTS))?;
        rows.push((*name, service.resident_megabytes()?));
    }
    table::print(&format!("resident after {REQUESTS} requests"), "MB", &rows);
    Ok(())
}

/// Builds quickstart beside `sibling`, with the same cargo.
fn build_quickstart(sibling: &Path) -> io::Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--release", "--package=quickstart"]);
    // What cargo tells this program about its own package would make build scripts run again.
    for (name, _) in std::env::vars_os() {
        let told = name.to_str().is_some_and(|name| {
            ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_"].iter().any(|at| name.starts_with(at))
        });
        if told {
            build.env_remove(name);
        }
    }
    if !build.status()?.success() {
        return Err(io::Error::other("quickstart cannot be built"));
    }
    Ok(sibling.with_file_name(format!("quickstart{}", std::env::consts::EXE_SUFFIX)))
}

type CommandOf = fn(&Path, u16) -> Command;

/// A process that is killed when it is no longer needed.
struct Service {
    process: Child,
    health: Target,
}

impl Service {
    fn command_of_bare(program: &Path, port: u16) -> Command {
        let mut command = Command::new(program);
        command.arg(port.to_string());
        command
    }

    fn command_of_quickstart(program: &Path, port: u16) -> Command {
        let mut command = Command::new(program);
        command.args([format!("--server.port={port}"), "--server.address=127.0.0.1".to_owned()]);
        command
    }

    /// Starts the program and waits until it is healthy.
    async fn start(program: &Path, command: CommandOf) -> io::Result<(Self, Duration)> {
        let address = free_address()?;
        let health = Target::get(address, "/actuator/health");
        let mut command = command(program, address.port());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let began = Instant::now();
        let service = Self { process: command.spawn()?, health };
        loop {
            if service.health.ask().await.is_ok_and(|answer| answer.status == 200) {
                return Ok((service, began.elapsed()));
            }
            if began.elapsed() > PATIENCE {
                return Err(io::Error::other(format!("{} is not healthy", program.display())));
            }
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
    }

    fn resident_megabytes(&self) -> Result<f64, Box<dyn Error>> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()).unwrap_or_default();
        Ok(kilobytes.parse::<f64>()? / 1024.0)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to do.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An address that nobody listens on at this moment.
fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")?.local_addr()
}

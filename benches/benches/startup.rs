//! What a service costs before it does anything: milliseconds from the start of the process to the
//! first 200 of `/actuator/health`, and resident memory after 10,000 requests; of quickstart, and
//! of an axum server without anything else. Both are built in release.

use std::{
    error::Error,
    io,
    path::{Path, PathBuf},
    process::Command,
};

use actuator_benches::{
    load::Target,
    process::{Service, cargo_build},
    table,
};
use tokio::runtime;

const STARTS: usize = 20;
const REQUESTS: usize = 10_000;
const HEALTH: &str = "/actuator/health";

fn main() -> Result<(), Box<dyn Error>> {
    let bare = PathBuf::from(env!("CARGO_BIN_EXE_bare-axum"));
    let quickstart = build_quickstart(&bare)?;
    let programs = [
        ("bare axum", bare, command_of_bare as CommandOf),
        ("quickstart", quickstart, command_of_quickstart),
    ];
    let load = runtime::Builder::new_current_thread().enable_all().build()?;
    let mut times = vec![Vec::new(); programs.len()];
    for start in 0..=STARTS {
        for ((_, program, command), times) in programs.iter().zip(&mut times) {
            let (_service, took) =
                load.block_on(Service::start(|port| command(program, port), HEALTH))?;
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
        let (service, _) = load.block_on(Service::start(|port| command(program, port), HEALTH))?;
        load.block_on(Target::get(service.address(), HEALTH).send(REQUESTS))?;
        rows.push((*name, service.resident_megabytes()?));
    }
    table::print(&format!("resident after {REQUESTS} requests"), "MB", &rows);
    Ok(())
}

/// Builds quickstart beside `sibling`.
fn build_quickstart(sibling: &Path) -> io::Result<PathBuf> {
    cargo_build(&["--release", "--package=quickstart"])?;
    Ok(sibling.with_file_name(format!("quickstart{}", std::env::consts::EXE_SUFFIX)))
}

type CommandOf = fn(&Path, u16) -> Command;

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

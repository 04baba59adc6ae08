//! What everything compiled in costs a service that uses none of it: requests per second and memory of one small
//! service, built with the library's default features and with all of them.
//!
//! Both are processes of their own with one worker, built in release. For the throughput they take turns under the
//! same load over loopback. For the memory each is started anew, gets the same requests, and is looked at; of several
//! starts in turns the median counts. What is resident includes pages of the executable, which is larger; anonymous
//! memory is what the service has asked for.

use std::{
    env,
    error::Error,
    io,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use actuator_benches::{
    load::{Target, compare},
    process::{Memory, Service, cargo_build},
    table,
};
use tokio::{runtime, time};

const ROUNDS: usize = 25;
const ROUND: Duration = Duration::from_secs(1);
const STARTS: usize = 9;
const REQUESTS: usize = 50_000;
/// For what starts in the background, before memory is looked at.
const REST: Duration = Duration::from_secs(2);
const HEALTH: &str = "/actuator/health";
const HELLO: &str = "/hello";

fn main() -> Result<(), Box<dyn Error>> {
    let variants = [
        ("default features", build("default", &[])?),
        ("all features", build("everything", &["--features=everything"])?),
    ];
    let load = runtime::Builder::new_current_thread().enable_all().build()?;
    load.block_on(async {
        throughput(&variants).await?;
        memory(&variants).await
    })?;
    Ok(())
}

type Variant = (&'static str, PathBuf);

async fn throughput(variants: &[Variant]) -> io::Result<()> {
    let mut services = Vec::new();
    for (name, program) in variants {
        services.push((*name, start(program).await?));
    }
    // The first one once more: by how much the same program differs from itself is what cannot be measured.
    let (_, program) = variants.first().ok_or(io::ErrorKind::NotFound)?;
    services.push(("default features, once more", start(program).await?));
    let targets: Vec<_> = services
        .iter()
        .map(|(name, service)| (*name, Target::get(service.address(), HELLO)))
        .collect();
    compare(&targets, ROUNDS, ROUND).await
}

async fn memory(variants: &[Variant]) -> io::Result<()> {
    let mut measured = vec![Vec::new(); variants.len()];
    for _ in 0..STARTS {
        for ((_, program), measured) in variants.iter().zip(&mut measured) {
            let service = start(program).await?;
            Target::get(service.address(), HELLO).send(REQUESTS).await?;
            time::sleep(REST).await;
            measured.push(service.memory()?);
        }
    }
    let median = |of: fn(&Memory) -> f64, measured: &[Memory]| {
        table::median(&measured.iter().map(of).collect::<Vec<_>>())
    };
    let rows: Vec<_> = variants
        .iter()
        .zip(&measured)
        .map(|((name, _), measured)| {
            let figures = [
                median(|memory| memory.resident, measured),
                median(|memory| memory.proportional, measured),
                median(|memory| memory.anonymous, measured),
            ];
            (*name, figures.to_vec())
        })
        .collect();
    let title = format!("after {REQUESTS} requests, median of {STARTS} starts");
    table::print_columns(&title, &["resident, kB", "pss, kB", "anonymous, kB"], &rows);
    if let [(_, default), (_, everything)] = &rows[..] {
        let more = everything.iter().zip(default).map(|(all, default)| all - default);
        let more: Vec<String> = more.map(|kilobytes| format!("{kilobytes:>14.0}")).collect();
        println!("{:<58} {}", "more with all features, kB", more.join(" "));
    }
    Ok(())
}

/// Starts the program on one worker.
async fn start(program: &Path) -> io::Result<Service> {
    let command = |port: u16| {
        let mut command = Command::new(program);
        command.env("TOKIO_WORKER_THREADS", "1");
        command.args([format!("--server.port={port}"), "--server.address=127.0.0.1".to_owned()]);
        command
    };
    Ok(Service::start(command, HEALTH).await?.0)
}

/// Builds the service, and puts it aside under a name of its own: the next build replaces it.
fn build(name: &str, arguments: &[&str]) -> io::Result<PathBuf> {
    cargo_build(&[&["--release", "--package=actuator-idle"], arguments].concat())?;
    let this = env::current_exe()?;
    // target/release/deps/idle_cost-…
    let folder = this.ancestors().nth(2).ok_or(io::ErrorKind::NotFound)?;
    let aside = folder.join(format!("actuator-idle-{name}{}", env::consts::EXE_SUFFIX));
    std::fs::copy(folder.join(format!("actuator-idle{}", env::consts::EXE_SUFFIX)), &aside)?;
    Ok(aside)
}

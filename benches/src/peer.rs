//! Other libraries, as `scripts/build-peers` leaves them: services with slow checks, and
//! Micrometer's meters.

use std::{
    env, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use crate::{load::Target, process::Service};

/// What `benches/peers` holds.
#[derive(Clone, Copy, Debug)]
pub enum Peer {
    /// Spring Boot with Tomcat.
    SpringBoot,
    /// pyctuator in `FastAPI`, served by uvicorn.
    PyctuatorFastApi,
    /// pyctuator in Flask, served by its own server with a thread for each connection.
    PyctuatorFlask,
}

impl Peer {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::SpringBoot, Self::PyctuatorFastApi, Self::PyctuatorFlask];

    /// How tables call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::SpringBoot => "Spring Boot 4.1",
            Self::PyctuatorFastApi => "pyctuator 1.2, FastAPI",
            Self::PyctuatorFlask => "pyctuator 1.2, Flask",
        }
    }

    /// Starts a service with `checks` checks that take `each`; or says what to install for it.
    ///
    /// # Errors
    /// It is there, and does not become healthy.
    pub async fn start(self, checks: usize, each: Duration) -> io::Result<Result<Asked, String>> {
        let built = built()?;
        let program = built.join(match self {
            Self::SpringBoot => JAR,
            Self::PyctuatorFastApi | Self::PyctuatorFlask => "pyctuator/bin/python",
        });
        if !program.exists() {
            let name = self.name();
            return Ok(Err(format!("{name} is not available: make peers builds it")));
        }
        let command = |port: u16| self.command(&program, port, checks, each.as_millis());
        let (service, _) = Service::start(command, RUNS).await?;
        Ok(Ok(Asked { service }))
    }

    fn command(self, program: &Path, port: u16, checks: usize, milliseconds: u128) -> Command {
        let framework = match self {
            Self::SpringBoot => {
                let mut command = Command::new("java");
                command.arg("-jar").arg(program).args([
                    format!("--server.port={port}"),
                    format!("--checks={checks}"),
                    format!("--milliseconds={milliseconds}"),
                ]);
                return command;
            }
            Self::PyctuatorFastApi => "fastapi",
            Self::PyctuatorFlask => "flask",
        };
        let mut command = Command::new(program);
        command
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/peers/pyctuator/health_peer.py"))
            .arg(framework)
            .args([port.to_string(), checks.to_string(), milliseconds.to_string()]);
        command
    }
}

const RUNS: &str = "/runs";
const JAR: &str = "spring-boot/spring-boot-health.jar";

/// A peer that runs.
#[derive(Debug)]
pub struct Asked {
    service: Service,
}

impl Asked {
    /// Its health.
    pub fn health(&self) -> Target {
        Target::get(self.service.address(), "/actuator/health")
    }

    /// How often one of its checks ran.
    ///
    /// # Errors
    /// It does not say.
    pub async fn runs(&self) -> io::Result<u32> {
        let answer = Target::get(self.service.address(), RUNS).ask().await?;
        String::from_utf8_lossy(&answer.body).trim().parse().map_err(io::Error::other)
    }
}

/// What Micrometer with its Prometheus registry does: each line that it prints, in words, or what
/// to install for it.
///
/// # Errors
/// It is there, and fails.
pub fn micrometer(arguments: &[&str]) -> io::Result<Result<Vec<Vec<String>>, String>> {
    let program = built()?.join(JAR);
    if !program.exists() {
        return Ok(Err("Micrometer is not available: make peers builds it".to_owned()));
    }
    let output = Command::new("java")
        .args(["-Xmx6g", "-jar"])
        .arg(program)
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other(format!("Micrometer: {}", output.status)));
    }
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect();
    Ok(Ok(String::from_utf8_lossy(&output.stdout).lines().map(words).collect()))
}

/// `target/peers`, seen from the program that measures: `target/release/deps/…`.
fn built() -> io::Result<PathBuf> {
    let program = env::current_exe()?;
    let target = program.ancestors().nth(3).ok_or(io::ErrorKind::NotFound)?;
    Ok(target.join("peers"))
}

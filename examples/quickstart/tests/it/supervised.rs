//! The unit of systemd in `deploy/`: systemd understands it, and the service does what it says.
#![cfg(target_os = "linux")]

use std::{os::unix::net::UnixDatagram, path::Path, process::Command};

use crate::quickstart;

const UNIT: &str = include_str!("../../../../deploy/systemd/actuator.service");
const SOCKET: &str = include_str!("../../../../deploy/systemd/actuator.socket");
const PROGRAM: &str = "/usr/local/bin/quickstart";

fn folder(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("quickstart-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn systemd_understands_the_unit_and_its_socket() {
    let folder = folder("unit");
    let unit = folder.join("quickstart.service");
    assert!(UNIT.contains(PROGRAM));
    std::fs::write(&unit, UNIT.replace(PROGRAM, env!("CARGO_BIN_EXE_quickstart"))).unwrap();
    let socket = folder.join("quickstart.socket");
    std::fs::write(&socket, SOCKET).unwrap();
    let verify = Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .args([&unit, &socket])
        .output()
        .expect("systemd-analyze is missing: scripts/setup installs it");
    let said = String::from_utf8_lossy(&verify.stderr);
    // It also looks at what the unit names: lines about others' units are not ours.
    let ours: Vec<&str> = said.lines().filter(|line| line.contains("quickstart")).collect();
    assert!(verify.status.success() && ours.is_empty(), "{said}");
    std::fs::remove_dir_all(folder).unwrap();
}

/// The value of a setting of the unit.
fn value(name: &str) -> &'static str {
    let line = UNIT.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    line.expect("a setting of the unit")
}

#[test]
fn the_service_does_what_the_unit_says_of_it() {
    let folder = folder("supervised");
    let manager = UnixDatagram::bind(folder.join("notify")).unwrap();
    manager.set_read_timeout(Some(testkit::PATIENCE)).unwrap();
    let heard = |text: &str| loop {
        let mut bytes = [0; 4096];
        let length = manager.recv(&mut bytes).unwrap();
        let message = String::from_utf8_lossy(&bytes[..length]).into_owned();
        if message.contains(text) {
            return message;
        }
    };
    let run = folder.join("run").display().to_string();
    let mut service = quickstart()
        .env("NOTIFY_SOCKET", &folder.join("notify").display().to_string())
        .env("WATCHDOG_USEC", "100000")
        .folder(&folder);
    for line in UNIT.lines().filter_map(|line| line.strip_prefix("Environment=")) {
        let (name, value) = line.split_once('=').unwrap();
        service = service.env(name, &value.replace("/run/quickstart", &run));
    }
    assert_eq!(value("Type"), "notify");
    let service = service.serve();
    heard("READY=1");
    heard("WATCHDOG=1");
    let pid = std::fs::read_to_string(Path::new(&run).join("quickstart.pid")).unwrap();
    assert_eq!(pid, service.id().to_string());
    assert!(value("ExecReload").contains("-HUP"));
    service.signal("HUP");
    heard("RELOADING=1");
    heard("READY=1");
    let log = service.stop();
    heard("STOPPING=1");
    assert!(!log.contains(" WARN "), "{log}");
    assert!(!Path::new(&run).join("quickstart.pid").exists());
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_exit_codes_of_the_unit_are_those_of_the_service() {
    assert_eq!(value("RestartForceExitStatus"), "75");
    let restart = quickstart()
        .arg("--actuator.restart.mode=exit")
        .arg("--management.endpoint.restart.access=unrestricted")
        .serve();
    restart.send(testkit::Request::new("POST", "/actuator/restart")).assert_status(200);
    let (status, log) = restart.finish();
    assert_eq!(status.code(), Some(75), "{log}");
    assert_eq!(value("SuccessExitStatus"), "130 143");
}

//! What a service manager hears: a socket of our own stands in for that of systemd.
#![cfg(target_os = "linux")]

use std::{
    io::{ErrorKind, Write as _},
    os::unix::net::UnixDatagram,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use testkit::{Process, Request};

use crate::life::{folder, service};

/// The socket, and where it is.
struct Manager {
    socket: UnixDatagram,
    folder: PathBuf,
}

impl Manager {
    fn start(name: &str) -> Self {
        let folder = folder(name);
        let socket = UnixDatagram::bind(folder.join("notify")).unwrap();
        socket.set_read_timeout(Some(testkit::PATIENCE)).unwrap();
        Self { socket, folder }
    }

    fn address(&self) -> String {
        self.file("notify")
    }

    fn file(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// The next message; `None` if nothing comes within the time that is set.
    fn next(&self) -> Option<String> {
        let mut bytes = [0; 4096];
        match self.socket.recv(&mut bytes) {
            Ok(length) => Some(String::from_utf8(bytes[..length].to_vec()).unwrap()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => None,
            Err(error) => panic!("{error}"),
        }
    }

    /// Reads until a message has `text`; that message.
    #[track_caller]
    fn until(&self, text: &str) -> String {
        let mut heard = Vec::new();
        let deadline = Instant::now() + testkit::PATIENCE;
        while Instant::now() < deadline {
            let Some(message) = self.next() else { break };
            if message.contains(text) {
                return message;
            }
            heard.push(message);
        }
        panic!("no {text:?}, but {heard:#?}")
    }

    /// Waits until nothing is heard for a while, which is many times what lies between two signs of
    /// life.
    #[track_caller]
    fn until_silent(&self) {
        self.socket.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
        let deadline = Instant::now() + testkit::PATIENCE;
        while self.next().is_some() {
            assert!(Instant::now() < deadline, "it still gives signs of life");
        }
        self.socket.set_read_timeout(Some(testkit::PATIENCE)).unwrap();
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn block(process: &Process) -> std::net::TcpStream {
    let mut stream = testkit::open(process.address());
    stream.write_all(b"GET /block HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    stream
}

#[test]
fn it_is_ready_after_its_start_up_tasks_and_says_what_it_does_on_the_way_down() {
    let manager = Manager::start("ready");
    let process = service()
        .env("NOTIFY_SOCKET", &manager.address())
        .env("TROUBLE", "task")
        .env("RELEASE", &manager.file("release"))
        .env("ACTUATOR_SHUTDOWN_DELAY", "20ms")
        .start();
    let first = manager.next().unwrap();
    assert_eq!(first, "STATUS=starting: start-up tasks run");
    std::fs::write(manager.file("release"), "").unwrap();
    assert_eq!(manager.next().unwrap(), "READY=1\nSTATUS=ready");
    process.terminate();
    assert_eq!(manager.next().unwrap(), "STOPPING=1\nSTATUS=stopping: SIGTERM");
    let mut steps = Vec::new();
    let (status, log) = process.finish();
    assert_eq!(status.code(), Some(0), "{log}");
    manager.socket.set_nonblocking(true).unwrap();
    while let Some(message) = manager.next() {
        let (time, status) = message.split_once('\n').unwrap();
        assert!(time.starts_with("EXTEND_TIMEOUT_USEC="), "{message}");
        steps.push(status.to_owned());
    }
    assert_eq!(
        steps,
        [
            "STATUS=stopping: unready, but serving for 20ms",
            "STATUS=stopping: requests in progress finish",
            "STATUS=stopping: second",
            "STATUS=stopping: first",
            "STATUS=stopping: lowest",
        ]
    );
}

#[test]
fn signs_of_life_come_while_the_application_answers_and_not_while_it_is_stuck() {
    let manager = Manager::start("watchdog");
    let release = manager.file("release");
    let mut process = service()
        .env("NOTIFY_SOCKET", &manager.address())
        .env("WATCHDOG_USEC", "40000")
        .env("WORKERS", "1")
        .env("RELEASE", &release)
        .env("MANAGEMENT_SERVER_PORT", "0")
        .start();
    for _ in 0..3 {
        manager.until("WATCHDOG=1");
    }
    let blocked = block(&process);
    process.log_until("blocked");
    manager.until_silent();
    std::fs::write(Path::new(&release), "").unwrap();
    manager.until("WATCHDOG=1");
    drop(blocked);
}

#[test]
fn an_application_that_is_broken_gives_none_unless_a_setting_says_so() {
    let manager = Manager::start("broken");
    let broken = || {
        service()
            .env("NOTIFY_SOCKET", &manager.address())
            .env("WATCHDOG_USEC", "40000")
            .env("TROUBLE", "broken")
    };
    let process = broken().start();
    manager.until("STATUS=broken: for the test");
    manager.until_silent();
    drop(process);
    let process = broken().env("ACTUATOR_SYSTEMD_WATCHDOG_FOLLOWS_LIVENESS", "false").start();
    manager.until("STATUS=broken: for the test");
    for _ in 0..3 {
        manager.until("WATCHDOG=1");
    }
    drop(process);
}

#[test]
fn a_hangup_reads_the_settings_again_between_reloading_and_ready() {
    let manager = Manager::start("reload");
    let file = manager.folder.join("actuator.toml");
    std::fs::write(&file, "demo.color = \"red\"\n").unwrap();
    let mut process = service()
        .env("NOTIFY_SOCKET", &manager.address())
        .env("ACTUATOR_REFRESH_ON_HANGUP", "true")
        .folder(&manager.folder)
        .start();
    manager.until("READY=1");
    std::fs::write(&file, "demo.color = \"blue\"\nactuator.shutdown.delay = \"1s\"\n").unwrap();
    process.signal("HUP");
    let reloading = manager.next().unwrap();
    assert!(reloading.starts_with("RELOADING=1\nMONOTONIC_USEC="), "{reloading}");
    assert_eq!(manager.next().unwrap(), "READY=1");
    process.log_until("settings have changed: actuator.shutdown.delay, demo.color");
    process.log_until("take effect at the next start only: actuator.shutdown.delay");
    let color = process.get("/actuator/env/demo.color").assert_status(200).json();
    assert_eq!(color["property"]["value"], "blue");
    std::fs::write(&file, "demo.color = \n").unwrap();
    process.signal("HUP");
    manager.until("RELOADING=1");
    let status = manager.next().unwrap();
    assert!(status.starts_with("READY=1\nSTATUS=other settings were not taken over"), "{status}");
    assert_eq!(process.get("/actuator/env/demo.color").json()["property"]["value"], "blue");
}

#[test]
fn restarting_in_place_is_a_reload_to_it_and_no_end() {
    let manager = Manager::start("restart");
    let process = service()
        .env("NOTIFY_SOCKET", &manager.address())
        .env("SERVER_PORT", &testkit::free_port().to_string())
        .env("MANAGEMENT_ENDPOINT_RESTART_ACCESS", "unrestricted")
        .start();
    manager.until("READY=1");
    process.send(Request::new("POST", "/actuator/restart")).assert_status(200);
    let reloading = manager.next().unwrap();
    assert!(reloading.starts_with("RELOADING=1\n"), "{reloading}");
    let ready = manager.until("READY=1");
    assert_eq!(ready, "READY=1\nSTATUS=ready");
    process.get("/actuator/health").assert_status(200);
}

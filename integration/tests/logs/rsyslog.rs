//! The real rsyslog takes what the service sends, and its mmjsonparse takes that apart.

use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;

use actuator_integration::process::Process;
use actuator_integration::{Folder, Service, wait};
use serde_json::Value;

use crate::lines::read;

const REMEDY: &str = "apt-get install rsyslog";

/// A server of its test's own, on one port for UDP and TCP and with a socket.
struct Rsyslog {
    process: Option<Process>,
    port: u16,
    folder: Folder,
}

/// What it wrote of one message.
#[derive(Debug)]
struct Received {
    program: String,
    severity: String,
    facility: String,
    /// The JSON.
    fields: Value,
}

impl Rsyslog {
    #[track_caller]
    fn start() -> Self {
        let folder = Folder::new("rsyslog");
        let path = folder.path().display().to_string();
        let port = free_port();
        let config = include_str!("rsyslog.conf")
            .replace("@FOLDER@", &path)
            .replace("@PORT@", &port.to_string());
        folder.write("rsyslog.conf", &config);
        let mut server = Self { process: None, port, folder };
        server.run();
        server
    }

    #[track_caller]
    fn run(&mut self) {
        let mut command = Command::new("/usr/sbin/rsyslogd");
        command.arg("-n").arg("-f").arg(self.folder.path().join("rsyslog.conf"));
        command.arg("-i").arg(self.folder.path().join("pid"));
        self.process = Some(Process::start("rsyslogd", &mut command, REMEDY));
        wait::until("rsyslog listens", || {
            let socket = self.socket().exists().then_some(());
            socket.and_then(|()| TcpStream::connect(("127.0.0.1", self.port)).ok())
        });
    }

    /// Without a word.
    fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill();
        }
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("log.socket")
    }

    fn received(&self) -> Vec<Received> {
        let text = read(&self.folder.path().join("received"));
        // What is still being written has no end.
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let lines = whole.lines().map(|line| {
            let mut parts = line.splitn(4, ' ').map(str::to_owned);
            let mut next = || parts.next().expect("four parts");
            Received {
                program: next(),
                severity: next(),
                facility: next(),
                fields: serde_json::from_str(&next()).unwrap_or_else(|_| panic!("{line}")),
            }
        });
        lines.collect()
    }

    /// Waits for the message about this number.
    #[track_caller]
    fn message(&self, number: u64) -> Received {
        wait::until(&format!("rsyslog has message {number}"), || {
            self.received().into_iter().find(|received| received.fields["number"] == number)
        })
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

#[track_caller]
fn service(address: &str) -> Service {
    Service::wordy()
        .setting("actuator.logging.syslog.address", address)
        .setting("actuator.logging.syslog.facility", "local3")
        .start()
}

#[test]
fn rsyslog_takes_cee_lines_over_udp_tcp_and_a_socket_apart() {
    let server = Rsyslog::start();
    let socket = format!("unix://{}", server.socket().display());
    let port = server.port;
    let addresses = [format!("udp://127.0.0.1:{port}"), format!("tcp://localhost:{port}"), socket];
    for (round, address) in addresses.iter().enumerate() {
        let service = service(address);
        let first = round as u64 * 100;
        service.log_lines(first, 20);
        for number in first..first + 20 {
            let received = server.message(number);
            assert_eq!(received.program, "wordy", "{address}");
            assert_eq!((&*received.severity, &*received.facility), ("info", "local3"), "{address}");
            let fields = &received.fields;
            assert_eq!(fields["msg"], format!("said {number} times"), "{address}: {fields}");
            assert_eq!(fields["logger_name"], "wordy::voice");
            assert_eq!((&fields["level_name"], &fields["level"]), (&"INFO".into(), &6.into()));
            assert_eq!(fields["pid"], service.id());
            assert!(fields["timestamp"].as_f64().is_some_and(|at| at > 1.7e9), "{fields}");
            assert!(
                fields["host"].is_string() && fields["source_facility"].is_string(),
                "{fields}"
            );
        }
        // Longer than a message may be.
        service.log_long_lines(first + 50, 1, 20_000);
        let received = server.message(first + 50);
        let text = received.fields["text"].as_str().expect("a text");
        assert!((7_000..8_000).contains(&text.len()) && text.ends_with('…'), "{}", text.len());
        service.stop();
    }
    assert_eq!(read(&server.folder.path().join("refused")), "", "all of it was JSON");
}

#[test]
fn lines_wait_for_an_rsyslog_that_comes_back() {
    let mut server = Rsyslog::start();
    let service = service(&format!("tcp://127.0.0.1:{}", server.port));
    service.log_lines(1, 1);
    server.message(1);
    server.kill();
    service.log_lines(2, 50);
    assert_eq!(service.get("/actuator/health").status, 200);
    wait::until("the service says that it waits", || {
        let log = service.log();
        log.iter().any(|line| line.contains("cannot be reached")).then_some(())
    });
    server.run();
    for number in 2..52 {
        server.message(number);
    }
    service.stop();
}

#[test]
fn the_last_lines_before_the_end_arrive() {
    let server = Rsyslog::start();
    let service = service(&format!("tcp://127.0.0.1:{}", server.port));
    service.log_lines(0, 500);
    let (status, _) = service.stop();
    assert!(status.success());
    for number in [0, 499] {
        server.message(number);
    }
}

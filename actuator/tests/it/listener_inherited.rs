//! Sockets that were open before the service began, as systemd hands them over.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    os::{fd::OwnedFd, unix::net::UnixListener},
    process::{Child, Command, Stdio},
};

use actuator::Actuator;
use axum::{Router, routing::get};

/// Runs a service with these sockets as descriptors 3 and 4, under these names.
struct Handed(Child);

impl Handed {
    fn start(sockets: [OwnedFd; 2], names: &str) -> Self {
        let [third, fourth] = sockets.map(Stdio::from);
        let child = Command::new("sh")
            .args(["-c", "exec 3<&0 4<&2 2>&1 </dev/null; LISTEN_PID=$$ exec \"$0\" \"$@\""])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "listener_inherited::a_service", "--ignored", "--nocapture"])
            .env("LISTEN_FDS", "2")
            .env("LISTEN_FDNAMES", names)
            // What it would open otherwise.
            .env("SERVER_PORT", "0")
            .stdin(third)
            .stderr(fourth)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self(child)
    }

    fn output(mut self) -> String {
        let mut output = String::new();
        self.0.stdout.take().unwrap().read_to_string(&mut output).unwrap();
        output
    }
}

impl Drop for Handed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
#[ignore = "a process of other tests"]
fn a_service() {
    let routes = Router::new().route("/own", get(|| async { "own" }));
    let builder = Actuator::builder()
        .force_setting("actuator.threaddump.stacks", "false")
        .application("handed", "1")
        .without_declarations();
    crate::app::runtime().block_on(builder.router(routes).run()).unwrap();
}

#[test]
fn the_application_and_management_serve_the_sockets_that_are_handed_over() {
    let folder = std::env::temp_dir().join(format!("it-handed-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("management.sock");
    let application = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = application.local_addr().unwrap();
    let management = UnixListener::bind(&path).unwrap();
    let handed = Handed::start([management.into(), application.into()], "management:web.socket");
    // Connections wait in the socket until somebody serves it: no need to wait here.
    assert_eq!(testkit::get(address, "/own").assert_status(200).text(), "own");
    testkit::get(address, "/actuator/health").assert_status(404);
    // It may not be ready yet, but it lives.
    let mut caller = std::os::unix::net::UnixStream::connect(&path).unwrap();
    write!(
        caller,
        "GET /actuator/health/liveness HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    caller.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    drop(handed);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn two_sockets_for_one_listener_are_refused_with_the_name_that_helps() {
    let sockets = [(), ()].map(|()| TcpListener::bind("127.0.0.1:0").unwrap().into());
    let output = Handed::start(sockets, "a:b").output();
    assert!(output.contains("FileDescriptorName=management"), "{output}");
}

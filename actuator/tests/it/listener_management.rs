//! Management on a Unix socket, or nowhere.

use std::{
    io::{Read as _, Write as _},
    os::unix::{fs::PermissionsExt as _, net::UnixListener, net::UnixStream},
    path::{Path, PathBuf},
};

use axum::{Router, routing::get};
use testkit::Answer;

use crate::app::{Service, TestApp, app};

/// A folder of its own, gone with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("it-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn socket(&self) -> PathBuf {
        self.0.join("management.sock")
    }

    fn app(&self) -> TestApp {
        let path = self.socket();
        app()
            .setting("actuator.management.unix-socket.path", path.to_str().unwrap())
            .routes(Router::new().route("/own", get(|| async { "own" })))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[track_caller]
fn ask(socket: &Path, target: &str) -> Answer {
    let mut stream = UnixStream::connect(socket).unwrap();
    stream.set_read_timeout(Some(testkit::PATIENCE)).unwrap();
    write!(stream, "GET {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    Answer::parse(&bytes, false)
}

fn names(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

#[test]
fn on_a_unix_socket_there_is_management_and_nothing_else() {
    let folder = Folder::new("socket");
    let service = folder.app().setting("actuator.management.unix-socket.mode", "660").start();
    ask(&folder.socket(), "/actuator/health").assert_status(200);
    ask(&folder.socket(), "/actuator/loggers").assert_status(200);
    ask(&folder.socket(), "/own").assert_status(404);
    service.get("/own").assert_status(200);
    service.get("/actuator/health").assert_status(404);
    let mode = std::fs::metadata(folder.socket()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o660);
    assert_eq!(names(&folder.0), 1);
    service.stop().finish();
    assert_eq!(names(&folder.0), 0, "it is removed at the end");
}

#[test]
fn with_a_port_management_is_on_both() {
    let folder = Folder::new("both");
    let service = folder.app().setting("management.server.port", "0").start();
    ask(&folder.socket(), "/actuator/health").assert_status(200);
    testkit::get(service.management, "/actuator/health").assert_status(200);
    service.get("/actuator/health").assert_status(404);
}

#[test]
fn what_a_dead_process_left_is_replaced_and_what_lives_is_not() {
    let folder = Folder::new("stale");
    drop(UnixListener::bind(folder.socket()).unwrap());
    assert!(folder.socket().exists(), "left behind");
    let service = folder.app().start();
    ask(&folder.socket(), "/actuator/health").assert_status(200);
    let error = folder.app().refused().to_string();
    assert!(error.contains("another process listens there"), "{error}");
    assert!(error.contains("actuator.management.unix-socket.path"), "{error}");
    ask(&folder.socket(), "/actuator/health").assert_status(200);
    assert_eq!(names(&folder.0), 1);
    // A successor has put its own there: it is not ours to remove.
    std::fs::remove_file(folder.socket()).unwrap();
    let _successor = UnixListener::bind(folder.socket()).unwrap();
    service.stop().finish();
    assert_eq!(names(&folder.0), 1);
}

#[test]
fn a_file_that_is_no_socket_is_left_alone() {
    let folder = Folder::new("file");
    std::fs::write(folder.socket(), "precious").unwrap();
    let error = folder.app().refused().to_string();
    assert!(error.contains("a file that is no socket"), "{error}");
    assert_eq!(std::fs::read_to_string(folder.socket()).unwrap(), "precious");
}

fn off() -> TestApp {
    app().setting("management.server.port", "-1")
}

#[track_caller]
fn assert_off(service: &Service) {
    for path in ["/actuator", "/actuator/health", "/actuator/health/liveness", "/health"] {
        service.get(path).assert_status(404);
    }
}

#[test]
fn a_negative_port_turns_management_off() {
    let service = off().routes(Router::new().route("/own", get(|| async { "own" }))).start();
    assert_off(&service);
    service.get("/own").assert_status(200);
    assert_eq!(service.management, service.address);
}

#[test]
fn additional_paths_of_health_stay_where_management_is_off() {
    let service =
        off().setting("management.endpoint.health.probes.add-additional-paths", "true").start();
    assert_off(&service);
    service.get("/livez").assert_status(200);
    service.get("/readyz").assert_status(200);
}

#[test]
fn which_listener_a_request_is_for_is_decided_by_the_socket_and_not_by_what_it_says() {
    let service = app()
        .setting("management.server.port", "0")
        .routes(Router::new().route("/own", get(|| async { "own" })))
        .start();
    let (application, management) = (service.address, service.management);
    for (address, target, host, expected) in [
        (application, "/own".to_owned(), management, 200),
        (application, "/actuator/health".to_owned(), management, 404),
        (application, format!("http://{management}/actuator/health"), management, 404),
        (management, "/own".to_owned(), application, 404),
        (management, format!("http://{application}/own"), application, 404),
        (management, "/actuator/health".to_owned(), application, 200),
    ] {
        let request = testkit::Request::get(&target)
            .header("host", &host.to_string())
            .header("x-forwarded-host", &host.to_string())
            .header("x-forwarded-port", &host.port().to_string());
        let status = request.send(address).status();
        assert_eq!(status, expected, "{target} at {address} for {host}");
    }
}

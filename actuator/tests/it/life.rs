//! The life of a whole process: its way down in the order that is promised, what it ends with, and
//! how it begins anew.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    sync::mpsc,
    time::Duration,
};

use actuator::{Actuator, App, Availability};
use axum::{Router, routing::get};
use testkit::{Process, Program, Request, get as ask};

/// The service that the tests start: this very program, as the one ignored test below. Its settings
/// are variables, since its arguments are the test runner's.
pub(crate) fn service() -> Program {
    let program = std::env::current_exe().unwrap();
    Program::at(program.to_str().unwrap())
        .arg("--exact")
        .arg("life::process_that_serves")
        .arg("--ignored")
        .arg("--nocapture")
        .env("SERVER_PORT", "0")
}

#[test]
#[ignore = "it is the service that other tests start"]
fn process_that_serves() {
    let workers = variable("WORKERS").map_or(2, |workers| workers.parse().unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_all()
        .build()
        .unwrap();
    let builder = Actuator::builder()
        .force_setting("actuator.threaddump.stacks", "false")
        .without_declarations()
        .with(set_up);
    let ran = runtime.block_on(async { builder.router(routes()).run().await });
    runtime.shutdown_background();
    let code = ran.map_or_else(|error| error.exit_code(), |()| 0);
    std::process::exit(code.into());
}

fn set_up(app: &mut App) {
    let lifecycle = app.lifecycle();
    match variable("TROUBLE").as_deref() {
        Some("hang") => {
            app.on_shutdown_in_phase(9, "hangs", std::future::pending::<()>);
        }
        Some("fail") => {
            app.on_shutdown_in_phase(9, "fails", || async { Err("no disk") });
            app.on_shutdown_in_phase(8, "panics", || async {
                assert!(std::hint::black_box(false), "for the test");
            });
        }
        Some("task") => {
            let task = app.availability().startup_task("warm");
            std::thread::spawn(move || {
                while !variable_file("RELEASE").exists() {
                    std::thread::sleep(Duration::from_millis(5));
                }
                drop(task);
            });
        }
        Some("broken") => {
            let availability = app.availability();
            app.on_ready("break", move || async move { availability.broken("for the test") });
        }
        Some(code) => lifecycle.set_exit_code(code.parse().unwrap()),
        None => {}
    }
    if variable("JOB").is_some() {
        app.on_ready("job", move || async move { lifecycle.exit_with(3) });
    }
    app.on_ready("ready", || async { tell("ready") });
    app.on_shutdown("first", || async { tell("first") });
    app.on_shutdown("second", || async { tell("second") });
    app.on_shutdown_in_phase(-1, "lowest", || async { tell("lowest") });
    AVAILABILITY.set(app.availability()).ok();
}

static AVAILABILITY: std::sync::OnceLock<Availability> = std::sync::OnceLock::new();

fn routes() -> Router {
    // Ends once the way down has begun and the port is closed: in the drain, that is.
    let work = || async {
        AVAILABILITY.get().unwrap().when_shutting_down().await;
        let port: u16 =
            std::fs::read_to_string(variable_file("PORTFILE")).unwrap().parse().unwrap();
        while TcpStream::connect(("127.0.0.1", port)).is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tell("drained");
        "done"
    };
    let block = || async {
        println!("blocked");
        while !variable_file("RELEASE").exists() {
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    let hang = || async {
        println!("hanging");
        std::future::pending::<()>().await;
    };
    Router::new().route("/work", get(work)).route("/block", get(block)).route("/hang", get(hang))
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn variable_file(name: &str) -> PathBuf {
    PathBuf::from(variable(name).unwrap_or_default())
}

/// Tells the test what happens, and waits until it has heard it.
fn tell(what: &str) {
    let Some(address) = variable("TELL") else { return };
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "POST /{what} HTTP/1.1\r\n\r\n").unwrap();
    let _ = stream.read_to_string(&mut String::new());
}

/// Hears what happens in the service, an admin server among others: each first line, and what
/// readiness was at that moment, once it is known where to ask.
struct Listening {
    address: SocketAddr,
    heard: mpsc::Receiver<(String, Option<u16>)>,
    management: mpsc::Sender<SocketAddr>,
}

impl Listening {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, heard) = mpsc::channel();
        let (management, told) = mpsc::channel();
        std::thread::spawn(move || {
            let mut place = None;
            for connection in listener.incoming() {
                let mut connection = connection.unwrap();
                let mut line = String::new();
                BufReader::new(&connection).read_line(&mut line).unwrap();
                place = told.try_recv().ok().or(place);
                let readiness =
                    place.map(|place| ask(place, "/actuator/health/readiness").status());
                let head = "HTTP/1.1 201 Created\r\ncontent-type: application/json";
                let body = r#"{"id":"42"}"#;
                let _ = write!(
                    connection,
                    "{head}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                );
                if tell.send((line.trim_end().to_owned(), readiness)).is_err() {
                    return;
                }
            }
        });
        Self { address, heard, management }
    }

    #[track_caller]
    fn next(&self) -> (String, Option<u16>) {
        let (line, readiness) = self.heard.recv_timeout(testkit::PATIENCE).unwrap();
        (line.trim_end_matches(" HTTP/1.1").to_owned(), readiness)
    }
}

/// A folder of a test's own.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("life-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Where management listens, by its own account.
fn management_of(process: &mut Process) -> SocketAddr {
    let line = process.log_until("management at http://");
    let address = line.split("management at http://").nth(1).unwrap();
    address.split('/').next().unwrap().parse().unwrap()
}

/// Sends a request whose answer is not waited for.
fn send_only(process: &Process, path: &str) -> TcpStream {
    let mut stream = testkit::open(process.address());
    write!(stream, "GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    stream
}

#[test]
fn the_way_down_is_readiness_delay_drain_deregistration_hooks_and_the_management_port_last() {
    let (listening, folder) = (Listening::start(), folder("order"));
    let address = listening.address.to_string();
    let mut process = service()
        .env("MANAGEMENT_SERVER_PORT", "0")
        .env("TELL", &address)
        .env("PORTFILE", &folder.join("port").display().to_string())
        .env("SPRING_BOOT_ADMIN_CLIENT_URL", &format!("http://{address}"))
        .env("ACTUATOR_SHUTDOWN_DELAY", "50ms")
        .start();
    let management = management_of(&mut process);
    let mut before = [listening.next().0, listening.next().0];
    before.sort();
    assert_eq!(before, ["POST /instances", "POST /ready"]);
    listening.management.send(management).unwrap();
    let work = send_only(&process, "/work");
    // It was accepted before the port closes.
    process.get("/nothing").assert_status(404);
    process.terminate();
    process.log_until("unready, but serving for 50ms more");
    let order: Vec<(String, Option<u16>)> = (0..5).map(|_| listening.next()).collect();
    let lines: Vec<&str> = order.iter().map(|(line, _)| line.as_str()).collect();
    assert_eq!(
        lines,
        ["POST /drained", "DELETE /instances/42", "POST /second", "POST /first", "POST /lowest"]
    );
    assert!(order.iter().all(|(_, readiness)| *readiness == Some(503)), "{order:?}");
    let (status, log) = process.finish();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(TcpStream::connect(management).is_err());
    assert!(!folder.join("port").exists());
    drop(work);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_files_of_the_ports_are_there_while_it_runs_and_go_with_it() {
    let folder = folder("ports");
    let file = |name: &str| folder.join("run").join(name);
    let mut process = service()
        .env("MANAGEMENT_SERVER_PORT", "0")
        .env("PORTFILE", &file("shop.port").display().to_string())
        .start();
    let management = management_of(&mut process);
    let port =
        |name: &str| -> u16 { std::fs::read_to_string(file(name)).unwrap().parse().unwrap() };
    assert_eq!(port("shop.port"), process.address().port());
    assert_eq!(port("shop-management.port"), management.port());
    let status = |port: u16| ask(([127, 0, 0, 1], port).into(), "/actuator/health").status();
    assert_eq!((status(port("shop.port")), status(port("shop-management.port"))), (404, 200));
    process.stop();
    assert_eq!(std::fs::read_dir(folder.join("run")).unwrap().count(), 0, "both are gone");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_second_signal_waits_for_nothing_and_says_so_by_the_exit_code() {
    for (second, code) in [("TERM", 143), ("INT", 130)] {
        let mut process = service().env("TROUBLE", "hang").start();
        let _request = send_only(&process, "/hang");
        process.log_until("hanging");
        process.terminate();
        process.log_until("shutting down: received SIGTERM");
        process.signal(second);
        let (status, log) = process.finish();
        assert_eq!(status.code(), Some(code), "{log}");
        assert!(log.contains("requests still in progress are cut off at once"), "{log}");
        assert!(log.contains("\"hangs\" failed: not run"), "{log}");
    }
}

#[test]
fn a_second_signal_gives_a_hook_up_that_runs() {
    let mut process = service()
        .env("TROUBLE", "hang")
        .env("ACTUATOR_SHUTDOWN_DELAY", "1ms")
        .env("LOGGING_LEVEL_ACTUATOR", "debug")
        .start();
    process.terminate();
    process.log_until("unready, but serving for 1ms more");
    // The hook has begun once the port is closed; too early is a hurry all the same.
    while TcpStream::connect(process.address()).is_ok() {
        std::thread::yield_now();
    }
    process.terminate();
    let (status, log) = process.finish();
    assert_eq!(status.code(), Some(143), "{log}");
    assert!(log.contains("\"hangs\" failed: "), "{log}");
}

#[test]
fn hooks_that_hang_fail_or_panic_are_told_and_stop_no_other() {
    let limit = ("SPRING_LIFECYCLE_TIMEOUT_PER_SHUTDOWN_PHASE", "100ms");
    for (trouble, told) in [
        ("hang", &["\"hangs\" failed: given up after 100ms"][..]),
        ("fail", &["\"fails\" failed: no disk", "\"panics\" failed: panicked"]),
    ] {
        let listening = Listening::start();
        let process = service()
            .env("TROUBLE", trouble)
            .env(limit.0, limit.1)
            .env("TELL", &listening.address.to_string())
            .start();
        assert_eq!(listening.next().0, "POST /ready");
        process.terminate();
        for hook in ["second", "first", "lowest"] {
            assert_eq!(listening.next().0, format!("POST /{hook}"));
        }
        let (status, log) = process.finish();
        assert_eq!(status.code(), Some(0), "{log}");
        for text in told {
            assert!(log.contains(text), "no {text} in {log}");
        }
    }
}

#[test]
fn the_application_says_with_which_code_it_ends_and_may_end_by_itself() {
    let process = service().env("TROUBLE", "7").start();
    process.terminate();
    let (status, log) = process.finish();
    assert_eq!(status.code(), Some(7), "{log}");
    let (status, log) = service().env("JOB", "1").spawn().finish();
    assert_eq!(status.code(), Some(3), "{log}");
}

#[test]
fn signals_are_heard_while_the_application_is_stuck_on_the_port_that_it_shares() {
    let mut process = service().env("WORKERS", "1").env("SERVER_SHUTDOWN", "immediate").start();
    let _request = send_only(&process, "/block");
    process.log_until("blocked");
    process.terminate();
    process.log_until("shutting down: received SIGTERM");
    process.terminate();
    let (status, log) = process.finish();
    assert_eq!(status.code(), Some(143), "{log}");
}

#[test]
fn restart_begins_anew_in_the_same_process_with_the_same_arguments() {
    let (listening, folder) = (Listening::start(), folder("restart"));
    let port = testkit::free_port();
    let pid_file = folder.join("pid");
    let process = service()
        .env("SERVER_PORT", &port.to_string())
        .env("TELL", &listening.address.to_string())
        .env("SPRING_PID_FILE", &pid_file.display().to_string())
        .env("MANAGEMENT_ENDPOINT_RESTART_ACCESS", "unrestricted")
        .start();
    assert_eq!(listening.next().0, "POST /ready");
    let pid = || std::fs::read_to_string(&pid_file).unwrap();
    assert_eq!(pid(), process.id().to_string());
    let answer = process.send(Request::post("/actuator/restart", "{}")).assert_status(200);
    assert_eq!(answer.text(), r#"{"message":"Restarting"}"#);
    for hook in ["second", "first", "lowest", "ready"] {
        assert_eq!(listening.next().0, format!("POST /{hook}"));
    }
    process.get("/actuator/health/readiness").assert_status(200);
    assert_eq!(pid(), process.id().to_string());
    process.terminate();
    let (status, log) = process.finish();
    assert_eq!(status.code(), Some(0), "{log}");
    assert_eq!(log.matches("listening on http://").count(), 2, "{log}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn restart_by_a_supervisor_is_an_exit_code_and_off_unless_it_is_asked_for() {
    let process = service().env("ACTUATOR_RESTART_MODE", "exit").start();
    process.send(Request::new("POST", "/actuator/restart")).assert_status(404);
    drop(process);
    let process = service()
        .env("ACTUATOR_RESTART_MODE", "exit")
        .env("MANAGEMENT_ENDPOINT_RESTART_ACCESS", "unrestricted")
        .start();
    process.send(Request::new("POST", "/actuator/restart")).assert_status(200);
    let (status, log) = process.finish();
    assert_eq!(status.code(), Some(75), "{log}");
}

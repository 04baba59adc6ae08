//! More callers than there is room for, in processes of their own, whose descriptors can be counted.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{SocketAddr, TcpStream},
    process::{Command, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

use actuator::Actuator;
use axum::{Router, body::Body, routing::get};

use crate::app::app;

const CALLERS: usize = 400;

fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

#[test]
#[ignore = "a process of another test"]
fn descriptors_of_slow_callers() {
    let long = get(|| async { Body::from(vec![b'x'; 32 * 1024 * 1024]) });
    let service = app()
        .setting("actuator.server.header-timeout", "500ms")
        .setting("actuator.server.keep-alive-timeout", "500ms")
        .setting("actuator.server.write-timeout", "500ms")
        .setting("actuator.server.body-timeout", "500ms")
        .routes(Router::new().route("/long", long))
        .start();
    service.get("/actuator/health/liveness").assert_status(200);
    std::thread::sleep(Duration::from_millis(100));
    let before = open_files();
    let post =
        b"POST /actuator/loggers/x HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
        content-length: 9\r\n\r\n{";
    let callers: Vec<TcpStream> = (0..CALLERS)
        .map(|number| {
            let mut caller = testkit::open(service.address);
            match number % 4 {
                0 => {}
                1 => caller.write_all(b"GET /actuator/health HTTP/1.1\r\nx: ").unwrap(),
                2 => caller.write_all(post).unwrap(),
                _ => caller.write_all(b"GET /long HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap(),
            }
            caller
        })
        .collect();
    service.get("/actuator/health/liveness").assert_status(200);
    // No caller closes anything: what is left of both sides is theirs.
    let deadline = Instant::now() + testkit::PATIENCE;
    while open_files() > before + CALLERS {
        assert!(Instant::now() < deadline, "{} of {before} are open", open_files());
        std::thread::sleep(Duration::from_millis(10));
    }
    drop(callers);
    assert!(open_files() <= before);
    service.get("/actuator/health/liveness").assert_status(200);
}

#[test]
fn descriptors_of_slow_callers_come_back() {
    if cfg!(target_os = "linux") {
        let _ = testkit::in_own_process("listener_crowd::descriptors_of_slow_callers", &[]);
    }
}

#[test]
#[ignore = "a process of another test"]
fn a_service_with_few_files() {
    let builder = Actuator::builder()
        .force_setting("actuator.threaddump.stacks", "false")
        .application("few", "1")
        .without_declarations()
        .force_setting("actuator.server.max-connections", "8192");
    crate::app::runtime().block_on(builder.run()).unwrap();
}

#[test]
fn without_files_idle_connections_give_up_theirs_and_the_log_says_so_once() {
    let mut service = Command::new("sh")
        .args(["-c", "ulimit -n 100; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "listener_crowd::a_service_with_few_files", "--ignored", "--nocapture"])
        .env("SERVER_PORT", "0")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (send, lines) = mpsc::channel();
    let output = BufReader::new(service.stdout.take().unwrap());
    std::thread::spawn(move || {
        output.lines().map_while(Result::ok).for_each(|line| drop(send.send(line)));
    });
    let mut log = Vec::new();
    let address: SocketAddr = loop {
        let line = lines.recv_timeout(testkit::PATIENCE).unwrap();
        log.push(line.clone());
        if let Some(rest) = line.split("listening on http://").nth(1) {
            break rest.split([' ', ',']).next().unwrap().parse().unwrap();
        }
    };
    let silent: Vec<TcpStream> = (0..300).map(|_| testkit::open(address)).collect();
    for _ in 0..3 {
        testkit::get(address, "/actuator/health/liveness").assert_status(200);
    }
    drop(silent);
    service.kill().unwrap();
    service.wait().unwrap();
    log.extend(lines.iter());
    let told = log.iter().filter(|line| line.contains("no connection can be accepted")).count();
    assert_eq!(told, 1, "{log:#?}");
}

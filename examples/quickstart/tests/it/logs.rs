//! What the service writes, and to whom.

use std::{
    net::TcpStream,
    time::{Duration, Instant},
};

use testkit::Program;

use crate::quickstart;

/// Without what tests ask for: as into any pipe.
fn piped() -> Program {
    quickstart().env("LOGGING_STRUCTURED_FORMAT_CONSOLE", "")
}

#[test]
fn into_a_pipe_each_line_is_json_up_to_the_last_one() {
    let mut service = piped().serve();
    service.log_until("listening on");
    let log = service.stop();
    let lines: Vec<&str> = log.lines().collect();
    assert!(lines.iter().all(|line| line.starts_with("{\"@timestamp\":\"20")), "{log}");
    assert!(lines.iter().all(|line| line.ends_with('}')), "{log}");
    // The last word of the thread that stops the service; one of another thread on its health may
    // come behind it.
    let stopping = "\"thread_name\":\"actuator-management\"";
    let last = lines.iter().rfind(|line| line.contains(stopping)).unwrap();
    assert!(last.contains("\"message\":\"stopped in "), "{log}");
}

#[test]
fn the_format_is_chosen_by_name_and_knows_the_service() {
    let service = piped().arg("--logging.structured.format.console=ecs").serve();
    let log = service.stop();
    let known = "\"service\":{\"name\":\"quickstart\",\"version\":\"1.0.0\"}";
    assert!(log.contains(known) && log.contains("\"ecs\":{\"version\":\"8.11\"}"), "{log}");
}

#[test]
fn another_format_and_other_bad_settings_of_the_log_are_refused_with_what_is_accepted() {
    let (status, log) = piped()
        .arg("--logging.structured.format.console=xml")
        .arg("--logging.threshold.console=loud")
        .arg("--actuator.logging.rate-limit=many")
        .arg("--actuator.logging.queue-size=1KB")
        .arg("--spring.output.ansi.enabled=perhaps")
        .spawn()
        .finish();
    assert_eq!(status.code(), Some(1), "{log}");
    for part in [
        "expected one of text, logstash, ecs, gelf, c2c",
        "logging.threshold.console",
        "100/s, 20/m, 5/h",
        "from 16KB to 256MB",
        "detect, always, never",
    ] {
        assert!(log.contains(part), "no {part} in {log}");
    }
}

#[test]
fn colours_are_forced_and_forbidden_by_setting_and_variable() {
    let coloured = |program: Program| program.serve().stop().contains("\x1b[32mINFO\x1b[0m");
    assert!(!coloured(quickstart()));
    assert!(coloured(quickstart().arg("--spring.output.ansi.enabled=always")));
    assert!(coloured(quickstart().env("CLICOLOR_FORCE", "1")));
    assert!(!coloured(quickstart().env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1")));
}

/// Has a warning and a greeting logged, and gives what reached the file and what the console.
fn file_and_console(threshold: &str) -> (String, String) {
    let id = std::process::id();
    let folder = std::env::temp_dir().join(format!("actuator-quickstart-{id}-{threshold}"));
    let path = folder.join("app.log");
    let port = testkit::free_port();
    let service = piped()
        .arg(&format!("--logging.file.name={}", path.display()))
        .arg(&format!("--logging.threshold.{threshold}=warn"))
        .arg("--actuator.errors.enabled=true")
        .arg(&format!("--server.port={port}"))
        .spawn();
    // Only one of the two says where it listens.
    let began = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(began.elapsed() < testkit::PATIENCE, "nothing listens on port {port}");
        std::thread::sleep(Duration::from_millis(10));
    }
    let address = ([127, 0, 0, 1], port).into();
    testkit::get(address, "/orders/refused").assert_status(400);
    testkit::get(address, "/hello/Ada").assert_status(200);
    service.terminate();
    let (status, console) = service.finish();
    assert_eq!(status.code(), Some(0), "{console}");
    let file = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    (file, console)
}

#[test]
fn the_file_gets_text_and_the_console_what_its_threshold_lets_through() {
    let (file, console) = file_and_console("file");
    assert!(file.contains(" WARN ") && file.contains("path=\"/orders/refused\""), "{file}");
    assert!(file.lines().all(|line| line.contains(" WARN ")), "{file}");
    assert!(console.contains("/orders/refused") && console.contains("\"greeting\""), "{console}");

    let (file, console) = file_and_console("console");
    assert!(file.contains("path=\"/orders/refused\"") && file.contains(" : greeting "), "{file}");
    assert!(!file.lines().any(|line| line.starts_with('{')), "{file}");
    assert!(console.contains("/orders/refused"), "{console}");
    assert!(console.lines().all(|line| line.contains("\"level\":\"WARN\"")), "{console}");
}

#[test]
fn a_place_that_logs_too_much_is_cut_short_and_the_others_are_not() {
    let service = quickstart()
        .arg("--actuator.logging.rate-limit=3/h")
        .env("LOGGING_LEVEL_QUICKSTART", "debug")
        .serve();
    for number in 0..10 {
        service.get(&format!("/hello/n{number}")).assert_status(200);
    }
    service.get("/orders/3").assert_status(200);
    let log = service.stop();
    for place in [" : greeting ", " : only seen once"] {
        let written = log.lines().filter(|line| line.contains(place)).count();
        // A new hour may have begun meanwhile.
        assert!((3..=6).contains(&written), "{written} lines of {place}: {log}");
    }
    assert_eq!(log.matches(" : converting ").count(), 1, "{log}");
    let left_out = log.lines().filter_map(|line| line.split("quickstart : left out ").nth(1));
    let left_out: Vec<&str> = left_out.collect();
    assert!(left_out.iter().all(|told| told.contains("main.rs:")), "{left_out:?}");
    let counts = left_out.iter().map(|told| told.split(' ').next().unwrap());
    let count: usize = counts.map(|count| count.parse::<usize>().unwrap()).sum();
    let written = log.matches(" : greeting ").count() + log.matches(" : only seen once").count();
    assert_eq!(count + written, 20, "each line is written or counted: {log}");
}

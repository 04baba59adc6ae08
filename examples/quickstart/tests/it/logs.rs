//! What the service writes, and to whom.

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
    assert!(lines.last().unwrap().contains("\"message\":\"stopped in "), "{log}");
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

#[test]
fn the_file_gets_text_and_the_console_what_its_threshold_lets_through() {
    let folder = std::env::temp_dir().join(format!("actuator-quickstart-{}", std::process::id()));
    let path = folder.join("app.log");
    let service = piped()
        .arg(&format!("--logging.file.name={}", path.display()))
        .arg("--logging.threshold.file=warn")
        .arg("--server.port=0")
        .env("LOGGING_LEVEL_ACTUATOR", "debug");
    let mut process = service.spawn();
    process.log_until("listening on");
    process.stop();
    let written = std::fs::read_to_string(&path).unwrap();
    assert!(!written.contains(" INFO ") && !written.contains('{'), "{written}");
    std::fs::remove_dir_all(folder).unwrap();
}

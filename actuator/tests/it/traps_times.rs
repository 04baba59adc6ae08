//! Every moment that is told names its time zone, wherever it is told, and is the right one.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use actuator::{Health, scheduling::Schedule};
use regex_lite::Regex;
use serde_json::Value;
use testkit::Request;

use crate::app::{Service, app};

/// Far from UTC, and not by whole hours.
const ZONE: &str = "Asia/Kolkata";
const FOLDER: &str = "IT_TIMES_FOLDER";
const FORMAT: &str = "IT_TIMES_FORMAT";

/// Endpoints that tell moments; were one of them silent, this would prove nothing of it.
const TELLING: [&str; 9] = [
    "auditevents",
    "health",
    "httpexchanges",
    "httptrace",
    "info",
    "loggeroverrides",
    "loggers",
    "scheduledtasks",
    "startup",
];

/// A folder that is gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("it-times-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn run(test: &str, format: &str) -> Folder {
    let folder = Folder::new(&format!("{test}-{format}"));
    let variables = [("TZ", ZONE), (FORMAT, format), (FOLDER, folder.0.to_str().unwrap())];
    let _ = testkit::in_own_process(&format!("traps_times::{test}"), &variables);
    folder
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap()
}

/// The moments in a text.
#[track_caller]
fn moments(text: &str) -> Vec<SystemTime> {
    let moment = Regex::new(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d+)?)?(\S{0,6})").unwrap();
    let zone = Regex::new(r"^(Z|[+-]\d\d:?\d\d)([^0-9A-Za-z]|$)").unwrap();
    let found = moment.captures_iter(text).map(|found| {
        let whole = found.get(0).unwrap().as_str();
        let rest = found.get(3).unwrap().as_str();
        assert!(zone.is_match(rest), "without a zone: {whole:?} in {text}");
        let end = whole.len() - rest.len();
        // All that we write ourselves is UTC.
        assert!(rest.starts_with('Z'), "{whole:?} in {text}");
        humantime::parse_rfc3339(&format!("{}Z", &whole[..end])).unwrap()
    });
    found.collect()
}

/// Whether a moment is of this test: a time of the zone that says it is UTC is hours away.
fn is_of_now(moment: SystemTime) -> bool {
    const WITHIN: Duration = Duration::from_hours(2);
    let now = SystemTime::now();
    now.duration_since(moment).unwrap_or_else(|ahead| ahead.duration()) < WITHIN
}

#[test]
fn trap_seed_22_every_moment_of_an_endpoint_and_of_the_file_of_levels_names_its_zone() {
    let folder = run("process_that_tells_times", "text");
    let file = fs::read_to_string(folder.0.join("levels.json")).unwrap();
    let told = moments(&file);
    assert!(told.len() >= 2 && told.iter().copied().all(is_of_now), "{file}");
}

#[test]
#[ignore = "run in a process of its own by the test above"]
fn process_that_tells_times() {
    let folder = PathBuf::from(variable(FOLDER));
    let service = app()
        .setting("actuator.loggers.overrides.file", folder.join("levels.json").to_str().unwrap())
        .setting("actuator.health.show-check", "true")
        .setting("actuator.compat.httptrace", "true")
        .setting("management.endpoints.web.exposure.include", "*")
        .with(|app| {
            app.health_check("orders", || async { Health::from_error("no orders") });
            app.scheduled("often", Schedule::fixed_rate(Duration::from_hours(1)), || async {});
        })
        .start();
    let body = r#"{"configuredLevel":"DEBUG","expiresIn":"PT1H","actor":"kim"}"#;
    service.post("/actuator/loggers/it_times", body).assert_status(204);
    service.get("/actuator/health");
    let mut told = BTreeSet::new();
    for (id, path) in links(&service) {
        let answer = service.send(Request::get(&path).header("accept", "application/json"));
        if answer.media_type() == "application/json" {
            assert!(moments(&answer.text()).into_iter().all(is_of_now), "{}", answer.text());
            told.extend((!moments(&answer.text()).is_empty()).then_some(id));
        }
    }
    let silent: Vec<&str> = TELLING.into_iter().filter(|id| !told.contains(*id)).collect();
    assert!(silent.is_empty(), "{silent:?} tell no moments; {told:?} do");
    // The way down has written what was set.
    service.stop().finish();
}

/// The paths of the endpoints that are asked for something and end, by id.
fn links(service: &Service) -> Vec<(String, String)> {
    let index = service.get("/actuator").assert_status(200).json();
    let links = index["_links"].as_object().unwrap().iter();
    let finite = links.filter(|(_, link)| link["templated"] == false);
    let finite =
        finite.filter(|(id, _)| !["logstream", "heapdump", "profile"].contains(&id.as_str()));
    let path = |link: &Value| {
        let href = link["href"].as_str().unwrap();
        href[href.find("/actuator").unwrap()..].to_owned()
    };
    finite.map(|(id, link)| (id.clone(), path(link))).collect()
}

#[test]
fn trap_seed_22_lines_of_the_log_name_the_zone_in_every_format() {
    for format in ["text", "logstash", "ecs", "gelf", "c2c"] {
        let folder = run("process_that_logs_times", format);
        let log = fs::read_to_string(folder.0.join("app.log")).unwrap();
        let lines: Vec<&str> = log.lines().filter(|line| line.contains("it_times")).collect();
        assert_eq!(lines.len(), 3, "{log}");
        for line in lines {
            // These two tell seconds since 1970, which have no zone.
            let seconds = ["gelf", "c2c"].contains(&format).then(|| seconds(line));
            let told = moments(line);
            assert!(seconds.is_some() || !told.is_empty(), "{format}: {line}");
            assert!(told.into_iter().chain(seconds).all(is_of_now), "{format}: {line}");
        }
    }
}

fn seconds(line: &str) -> SystemTime {
    let line: Value = serde_json::from_str(line).unwrap();
    let seconds = line["timestamp"].as_f64().unwrap_or_else(|| panic!("{line}"));
    SystemTime::UNIX_EPOCH + Duration::from_secs_f64(seconds)
}

#[test]
#[ignore = "run in a process of its own by the test above"]
fn process_that_logs_times() {
    let (folder, format) = (variable(FOLDER), variable(FORMAT));
    let file = Path::new(&folder).join("app.log");
    let service = app()
        .setting("logging.file.name", file.to_str().unwrap())
        .setting("logging.structured.format.file", &format)
        .setting("logging.level.it_times", "debug")
        .start();
    tracing::error!(target: "it_times", "one");
    tracing::info_span!(target: "it_times", "span", number = 7).in_scope(|| {
        tracing::info!(target: "it_times", text = "x", "two");
    });
    tracing::debug!(target: "it_times", "three");
    service.stop().finish();
    actuator::logging::flush();
}

//! Fetches everything that can be fetched, in every form.

use std::{
    collections::BTreeSet,
    io::{Read as _, Write as _},
    net::SocketAddr,
    time::Instant,
};

use serde_json::Value;
use testkit::Request;

use crate::{
    plants::one_of_each,
    search::{Search, escaped},
    service::{OF_SET_UP, VARIABLES},
};

const FORMS: [&str; 7] = [
    "*/*",
    "application/vnd.spring-boot.actuator.v2+json",
    "text/plain",
    "application/openmetrics-text",
    "application/health+json",
    "text/html",
    "application/problem+json",
];
/// Beside the base path, and what is not there.
const MORE: [&str; 13] = [
    "/actuator/health?details=true",
    "/actuator/threaddump?group=true",
    "/actuator/sessions?username=ada",
    "/c2c/health_check",
    "/c2c/health_check?max_level=9",
    "/healthcheck",
    "/environment",
    "/health",
    "/health/ready",
    "/livez?verbose",
    "/readyz?verbose",
    "/healthz?verbose",
    "/actuator/nothing?password=x",
];
/// What is large, and alike in every form.
const LARGE: [&str; 9] = [
    "/actuator/auditevents",
    "/actuator/caches",
    "/actuator/configprops",
    "/actuator/env",
    "/actuator/http",
    "/actuator/logfile",
    "/actuator/logger",
    "/actuator/metrics/",
    "/actuator/trace",
];

pub(crate) fn look_through(address: SocketAddr, search: &mut Search<'_>) {
    let mut targets = of_links(address);
    targets.extend(MORE.map(|target| (target.to_owned(), 0)));
    assert!(targets.len() > 100, "{targets:?}");
    for (target, number) in &targets {
        let is_large = LARGE.iter().any(|path| target.starts_with(path));
        let forms = match number {
            _ if is_large => &FORMS[..1],
            0 => &FORMS[..],
            // Of many that are alike each has its turn in another form.
            number => &FORMS[number % FORMS.len()..][..1],
        };
        for accept in forms {
            let answer = Request::get(target).header("accept", accept).send(address);
            search.answer(&format!("{target} as {accept}"), &answer);
        }
        if *number == 0 {
            for method in ["HEAD", "OPTIONS"] {
                let answer = Request::new(method, target).send(address);
                search.answer(&format!("{method} {target}"), &answer);
            }
        }
    }
    search.text("the log stream", &log_stream(address));
}

/// The targets of all links of the discovery page, with names that are there, numbered by link.
fn of_links(address: SocketAddr) -> Vec<(String, usize)> {
    let index = testkit::get(address, "/actuator").assert_status(200).json();
    let mut targets = Vec::new();
    for (id, link) in index["_links"].as_object().unwrap() {
        let path = link["href"].as_str().unwrap().split_once("/actuator").unwrap().1;
        let path = format!("/actuator{path}");
        match path.split_once('{') {
            // Profiles take their time; the stream has no end.
            None if ["logstream", "profile"].contains(&&**id) => {}
            None => targets.push((path, 0)),
            Some((before, selector)) => {
                let names = names(address, before, selector.trim_matches(['*', '}']));
                assert!(!names.is_empty(), "nothing is below {path}");
                let target = |name: &String| format!("{before}{}", escaped(name));
                targets.extend(names.iter().map(target).zip(0..));
            }
        }
    }
    targets
}

/// Names that stand for a selector of a link.
fn names(address: SocketAddr, before: &str, selector: &str) -> Vec<String> {
    let list = || testkit::get(address, before.trim_end_matches('/')).assert_status(200).json();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let members = |list: &Value, name: &str| {
        let all = list.as_array().unwrap().iter();
        all.map(|one| one[name].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    match (before, selector) {
        ("/actuator/caches/", _) => keys(&list()["cacheManagers"]["planted"]["caches"]),
        ("/actuator/configprops/", _) => ["planted", "actuator", "server"].map(String::from).into(),
        ("/actuator/debug/", _) => vec!["headers".to_owned(), "time".to_owned()],
        ("/actuator/env/", _) => properties(&list()),
        ("/actuator/health/", _) => {
            (0..one_of_each(OF_SET_UP).len()).map(|number| format!("n{number}")).collect()
        }
        ("/actuator/loggers/", _) => keys(&list()["loggers"]),
        ("/actuator/loggeroverrides/", _) => members(&list()["overrides"], "name"),
        ("/actuator/metrics/", _) => {
            let names = list()["names"].as_array().unwrap().clone();
            names.iter().map(|name| name.as_str().unwrap().to_owned()).collect()
        }
        ("/actuator/sbom/", _) => vec!["application".to_owned()],
        ("/actuator/scheduledtasks/", _) => vec!["plain".to_owned(), "panics".to_owned()],
        ("/actuator/sessions/", _) => vec!["s1".to_owned()],
        ("/actuator/planted/", _) => {
            (0..one_of_each(OF_SET_UP).len()).map(|number| number.to_string()).collect()
        }
        (_, "how") => vec!["0".to_owned()],
        other => panic!("say with which names {other:?} is to be asked"),
    }
}

/// The names of some properties: of those of the settings file, and of variables.
fn properties(env: &Value) -> Vec<String> {
    let sources = env["propertySources"].as_array().unwrap();
    let names: BTreeSet<&str> = sources
        .iter()
        .flat_map(|source| source["properties"].as_object().unwrap().keys())
        .map(|name| &**name)
        .collect();
    assert!(names.contains("DATABASE_URL"), "{names:?}");
    let own = names.iter().filter(|name| name.contains("n1") || VARIABLES.contains(name));
    own.map(|name| (*name).to_owned()).collect()
}

/// The last lines, as somebody who watches the log gets them.
fn log_stream(address: SocketAddr) -> String {
    const MARKER: &str = "marker of the stream";
    tracing::error!("{MARKER}");
    let mut stream = testkit::open(address);
    let head = "GET /actuator/logstream?tail=5000 HTTP/1.1\r\n";
    write!(stream, "{head}host: {address}\r\n\r\n").unwrap();
    let (mut heard, mut buffer) = (Vec::new(), vec![0; 64 * 1024]);
    let deadline = Instant::now() + testkit::PATIENCE;
    loop {
        let length = stream.read(&mut buffer).unwrap();
        heard.extend_from_slice(&buffer[..length]);
        let text = String::from_utf8_lossy(&heard);
        if text.contains(MARKER) {
            return text.into_owned();
        }
        assert!(length > 0 && Instant::now() < deadline, "{text}");
    }
}

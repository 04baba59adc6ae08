//! One service that is full of secrets, and all that it answers and logs.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt::Write as _,
    io,
    net::SocketAddr,
    path::PathBuf,
};

use actuator::{Actuator, App, Health, HealthCheck, HttpError, Redacted};
use axum::{
    Router,
    body::Bytes,
    http::StatusCode,
    routing::{get, post},
};
use serde_json::{Map, Value, json};
use testkit::Request;

use crate::{
    app::runtime,
    plants::{Plant, one_of_each, plants},
};

/// What is switched on, so that all of it is looked through.
const SETTINGS: &[(&str, &str)] = &[
    ("server.port", "0"),
    ("server.address", "127.0.0.1"),
    ("management.info.env.enabled", "true"),
    (
        "management.httpexchanges.recording.include",
        "request-headers,response-headers,remote-address",
    ),
    ("actuator.httpexchanges.include-bodies", "request,response"),
    ("actuator.httpexchanges.max-bytes", "64MB"),
    ("actuator.httpexchanges.capacity", "5000"),
    ("actuator.compat.httptrace", "true"),
    ("actuator.compat.dump", "true"),
    ("actuator.compat.c2c.enabled", "true"),
    ("actuator.compat.healthcheck.enabled", "true"),
    ("actuator.health.microprofile.enabled", "true"),
    ("actuator.health.health-json.enabled", "true"),
    ("actuator.health.plain-text.enabled", "true"),
    ("actuator.health.kubernetes.enabled", "true"),
    ("actuator.request-log.enabled", "true"),
    ("actuator.errors.enabled", "true"),
    ("server.error.include-message", "always"),
    ("server.error.include-stacktrace", "always"),
    ("actuator.logfile.ring-size", "16MB"),
    ("actuator.audit.capacity", "2000"),
    ("logging.level.root", "debug"),
];
const VARIABLES: [&str; 4] = ["DB_PASSWORD", "DATABASE_URL", "SHOP_API_KEY", "MQ_CONNECTION"];

/// Seeds of what is planted where.
const OF_SETTINGS: u8 = 1;
const OF_SET_UP: u8 = 2;
const OF_CALLERS: u8 = 3;
/// How many random plants there are beside one of each shape.
const CALLS: usize = 60;

fn variables() -> Vec<(&'static str, Plant)> {
    let wanted = plants(7, 40);
    let is_bare = |plant: &&Plant| plant.value == plant.secret;
    let bare = wanted.iter().filter(is_bare).take(2).cloned();
    let within = wanted.iter().filter(|plant| !is_bare(plant)).take(2).cloned();
    let all = bare.zip(within).flat_map(|(bare, within)| [bare, within]);
    VARIABLES.into_iter().zip(all).collect()
}

#[test]
fn trap_seed_09_no_secret_is_in_any_answer_or_line() {
    let variables: Vec<_> =
        variables().into_iter().map(|(name, plant)| (name, plant.line())).collect();
    let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, &**value)).collect();
    let output = testkit::in_own_process("service::process_that_is_full_of_secrets", &variables);
    let log = String::from_utf8_lossy(&output.stdout);
    assert!(log.contains("marker of the last line"), "{log}");
    refuse(&leaks("the console", &log, &everything()));
}

/// All that is planted by the other process, too.
fn everything() -> Vec<Plant> {
    let mut all: Vec<Plant> = variables().into_iter().map(|(_, plant)| plant).collect();
    for seed in [OF_SETTINGS, OF_SET_UP, OF_CALLERS] {
        all.extend(one_of_each(seed));
    }
    all.extend(plants(OF_CALLERS + 100, CALLS));
    all
}

/// The secrets that a text tells. One pass over it, whatever their number: it may have many
/// megabytes.
fn leaks(place: &str, text: &str, plants: &[Plant]) -> Vec<String> {
    let length = plants[0].secret.len();
    let secrets: HashMap<&[u8], &Plant> =
        plants.iter().map(|plant| (plant.secret.as_bytes(), plant)).collect();
    let candidates = text.as_bytes().windows(length).enumerate();
    let found: BTreeMap<&str, String> = candidates
        .filter(|(_, window)| window[3].is_ascii_digit() && window[6].is_ascii_uppercase())
        .filter_map(|(at, window)| Some((at, *secrets.get(window)?)))
        .map(|(at, plant)| {
            let near = &text[text.floor_char_boundary(at.saturating_sub(120))..];
            let near = &near[..near.floor_char_boundary(240)];
            (&*plant.secret, format!("{place}: {} = {}\n      …{near}…", plant.key, plant.value))
        })
        .collect();
    found.into_values().collect()
}

#[track_caller]
fn refuse(leaks: &[String]) {
    let told: Vec<&str> = leaks.iter().map(|leak| &**leak).take(30).collect();
    assert!(leaks.is_empty(), "{} secrets are told:\n  - {}", leaks.len(), told.join("\n  - "));
}

#[test]
#[ignore = "run in a process of its own by the test above"]
fn process_that_is_full_of_secrets() {
    // The panics of the service are meant, and only those of the test are worth a word.
    std::panic::set_hook(Box::new(|panic| {
        if std::thread::current().name().is_some_and(|name| name.contains("process_that")) {
            eprintln!("{panic}");
        }
    }));
    let mut builder =
        Actuator::builder().application("it", "1.2.3").without_declarations().with(set_up);
    for (name, value) in SETTINGS {
        builder = builder.default_setting(name, *value);
    }
    for (number, plant) in one_of_each(OF_SETTINGS).iter().enumerate() {
        builder = builder
            .default_setting(&format!("shop.n{number}.{}", plant.key), plant.line())
            .default_setting(&format!("info.n{number}.{}", plant.key), plant.line())
            .force_setting(&format!("shop.copy{number}.{}", plant.key), plant.value.clone());
    }
    let folder = Folder::with_settings();
    builder = builder.settings_directory(&folder.0);
    let of_admin = &one_of_each(OF_SETTINGS)[0].secret;
    builder = builder
        .default_setting("spring.boot.admin.client.url", format!("http://u:{of_admin}@127.0.0.1:1"))
        .default_setting("spring.boot.admin.client.instance.metadata.user.password", of_admin);
    let runtime = runtime();
    let running = runtime.block_on(builder.router(routes()).start()).unwrap();
    let address = running.address();
    let (all, mut found) = (everything(), Vec::new());
    for plant in one_of_each(OF_CALLERS).iter().chain(&plants(OF_CALLERS + 100, CALLS)) {
        found.extend(call(address, plant, &all));
    }
    found.extend(look_through(address, &all));
    tracing::error!("marker of the last line");
    runtime.block_on(running.shutdown());
    actuator::logging::flush();
    refuse(&found);
}

/// A folder with a settings file, for as long as the service runs.
struct Folder(PathBuf);

impl Folder {
    fn with_settings() -> Self {
        let folder = std::env::temp_dir().join(format!("actuator-secrets-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let lines = one_of_each(OF_SET_UP).into_iter().enumerate().map(|(number, plant)| {
            let value = Value::from(plant.line()).to_string();
            format!("file.n{number}.{} = {value}\n", plant.key)
        });
        std::fs::write(folder.join("actuator.toml"), lines.collect::<String>()).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What the application has.
fn set_up(app: &mut App) {
    let all = one_of_each(OF_SET_UP);
    let document = || {
        let members = one_of_each(OF_SET_UP).into_iter().enumerate();
        let member = |(number, plant): (usize, Plant)| {
            (format!("n{number}"), json!({ &*plant.key: plant.value, "list": [plant.text()] }))
        };
        Value::Object(members.map(member).collect::<Map<_, _>>())
    };
    app.env_source("planted", document).info_source("planted", document);
    app.info_source("failing", || -> Map<String, Value> {
        panic!("{}", one_of_each(OF_SET_UP)[20].text())
    });
    for (number, plant) in all.iter().enumerate() {
        let (given, text) = (plant.clone(), plant.text());
        app.add_health_check(HealthCheck::new(format!("n{number}"), move || {
            let (plant, text) = (given.clone(), text.clone());
            async move {
                if number % 2 == 0 {
                    return Health::from_error(&*text);
                }
                let nested = json!({ plant.key.clone(): plant.value.clone(), "l": [text] });
                Health::down()
                    .with_detail(plant.key.clone(), &plant.value)
                    .with_detail("nested", nested)
            }
        }));
        app.audit().record(plant.text(), "PLANTED", json!({ plant.key.clone(): plant.value }));
        app.meters()
            .meter(format!("planted.{number}"))
            .tag(&*plant.key, &*plant.value)
            .tag("text", plant.text())
            .description(plant.text())
            .counter()
            .increment();
    }
    app.named_component("pool", Redacted::new(all[0].secret.clone()));
}

fn routes() -> Router {
    Router::new()
        .route("/echo", post(|body: Bytes| async { body }))
        .route("/echo/{name}", get(|| async { "named" }))
        .route(
            "/fail",
            post(|body: String| async move {
                let cause = io::Error::other(body.clone());
                Err::<(), _>(HttpError::internal(cause).with_detail(body))
            }),
        )
        .route("/refuse", post(|body: String| async { (StatusCode::BAD_REQUEST, body) }))
        .route("/panic", post(|body: String| async move { panic!("{body}") as () }))
}

/// A caller that says it in every place that a request has, and a log that repeats it.
fn call(address: SocketAddr, plant: &Plant, all: &[Plant]) -> Vec<String> {
    let mut found = Vec::new();
    let (key, line) = (&*plant.key, plant.line());
    let header = key.replace(['.', '_'], "-");
    let query = format!("page=2&{key}={}", escaped(&plant.value));
    let bodies = [
        ("application/json", json!({ key: plant.value, "n": 1 }).to_string()),
        ("application/x-www-form-urlencoded", query.clone()),
        ("text/plain", plant.text()),
    ];
    for (content_type, body) in bodies {
        let request = Request::new("POST", &format!("/echo?{query}"))
            .header("content-type", content_type)
            .header(&header, &line)
            .header("referer", &format!("https://shop.example/?{query}"))
            .header("authorization", &format!("Bearer {}", plant.secret))
            .header("cookie", &format!("sid={}", plant.secret))
            .header("user-agent", &plant.text().replace('\n', "\\n"))
            .body(body);
        request.send(address).assert_status(200);
    }
    for target in ["/fail", "/refuse", "/panic"] {
        let request = Request::new("POST", target)
            .header("accept", "application/json")
            .header("content-type", "text/plain")
            .body(plant.text());
        found.extend(leaks(target, &request.send(address).text(), all));
    }
    let change = json!({
        "configuredLevel": "DEBUG", "reason": plant.text(), "actor": plant.text(),
    });
    let logger = format!("/actuator/loggers/planted::{}", plant.key.replace('.', "_"));
    let _ = Request::post(&logger, &change.to_string()).send(address);
    log(plant);
    found
}

/// What code logs when it is not careful.
fn log(plant: &Plant) {
    #[derive(Debug)]
    #[expect(dead_code, reason = "Debug reads it")]
    struct Config<'c> {
        url: &'c str,
        password: &'c str,
        api_key: Option<&'c str>,
    }
    let (secret, value, text) = (&*plant.secret, &*plant.value, plant.text());
    let config = Config { url: value, password: secret, api_key: Some(secret) };
    let config = if value == secret { Config { url: "x", ..config } } else { config };
    let error = io::Error::other(text.clone());
    let span = tracing::info_span!("login", password = secret, text, client_secret = ?value);
    span.in_scope(|| {
        tracing::info!(password = %secret, api_key = secret, "{text}");
        tracing::warn!(error = &error as &dyn std::error::Error, note = ?text, "failed: {text}");
        tracing::debug!(config = ?config, "config is {config:?}");
        tracing::debug!("config is {config:#?}");
        tracing::info!(document = %json!({ "password": secret, "text": text }), "document");
    });
}

/// Everything that can be fetched, in every form.
fn look_through(address: SocketAddr, all: &[Plant]) -> Vec<String> {
    let mut found = Vec::new();
    let index = testkit::get(address, "/actuator").assert_status(200).json();
    let mut targets: Vec<String> = index["_links"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(id, link)| link["templated"] == false && *id != "logstream" && *id != "shutdown")
        .filter_map(|(_, link)| Some(link["href"].as_str()?.split_once("/actuator")?.1.to_owned()))
        .map(|path| format!("/actuator{path}"))
        .collect();
    assert!(targets.len() > 15, "{targets:?}");
    let meters = testkit::get(address, "/actuator/metrics").json();
    let names = meters["names"].as_array().unwrap().iter();
    targets.extend(names.map(|name| format!("/actuator/metrics/{}", name.as_str().unwrap())));
    for number in 0..one_of_each(OF_SET_UP).len() {
        targets.push(format!("/actuator/health/n{number}"));
    }
    let env = testkit::get(address, "/actuator/env").json();
    let sources = env["propertySources"].as_array().unwrap();
    let names: BTreeSet<&str> = sources
        .iter()
        .flat_map(|source| source["properties"].as_object().unwrap().keys())
        .map(|name| &**name)
        .collect();
    assert!(names.contains("DATABASE_URL"), "{names:?}");
    let own = names.iter().filter(|name| name.contains("n1") || VARIABLES.contains(name));
    targets.extend(own.map(|name| format!("/actuator/env/{}", escaped(name))));
    let more = [
        "/actuator/health?details=true",
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
    targets.extend(more.map(str::to_owned));
    let forms = [
        "*/*",
        "application/vnd.spring-boot.actuator.v2+json",
        "text/plain",
        "application/openmetrics-text",
        "application/health+json",
        "text/html",
        "application/problem+json",
    ];
    for target in &targets {
        let is_alike = ["/actuator/env/", "/actuator/metrics/", "/actuator/logfile"];
        let count =
            if is_alike.iter().any(|path| target.starts_with(path)) { 1 } else { forms.len() };
        for accept in forms.iter().take(count) {
            let answer = Request::get(target).header("accept", accept).send(address);
            let place = format!("{target} as {accept}");
            found.extend(leaks(&place, &String::from_utf8_lossy(answer.body()), all));
        }
    }
    found
}

fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            write!(escaped, "%{byte:02X}").unwrap();
        }
        escaped
    })
}

//! One service that is full of secrets, and all that it answers and logs.

use std::{fmt::Write as _, io, net::SocketAddr, path::PathBuf};

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
    callers,
    parts::{self, OF_PARTS},
    plants::{Plant, one_of_each, plants},
    search::Search,
    sinks::Sinks,
    visit,
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
    ("actuator.env.writable", "demo.*"),
    ("actuator.health.override.enabled", "true"),
    ("actuator.health.show-check", "true"),
    ("management.endpoint.scheduledtasks.access", "unrestricted"),
    ("server.error.include-stacktrace", "always"),
    ("actuator.logfile.ring-size", "16MB"),
    ("actuator.audit.capacity", "4000"),
    ("logging.level.root", "debug"),
];
pub(crate) const VARIABLES: [&str; 4] =
    ["DB_PASSWORD", "DATABASE_URL", "SHOP_API_KEY", "MQ_CONNECTION"];

/// Seeds of what is planted where.
const OF_SETTINGS: u8 = 1;
pub(crate) const OF_SET_UP: u8 = 2;
const OF_CALLERS: u8 = 3;
/// Of the file of settings as it is when they are read again.
const OF_REFRESH: u8 = 5;
/// How many random plants there are beside one of each shape.
const CALLS: usize = 20;

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
    let all = everything();
    let mut search = Search::of(&all);
    search.text("the console", &log);
    search.refuse();
}

/// All that is planted by the other process, too.
fn everything() -> Vec<Plant> {
    let mut all: Vec<Plant> = variables().into_iter().map(|(_, plant)| plant).collect();
    for seed in [OF_SETTINGS, OF_SET_UP, OF_CALLERS, OF_PARTS, OF_REFRESH] {
        all.extend(one_of_each(seed));
    }
    all.extend(plants(OF_CALLERS + 100, CALLS));
    all
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
    if cfg!(feature = "debug") {
        builder = builder.default_setting("actuator.debug.enabled", "true");
    }
    let folder = Folder::with_settings();
    let (all, sinks) = (everything(), Sinks::start());
    for (name, value) in parts::settings() {
        builder = builder.default_setting(&name, value);
    }
    for (name, value) in sinks.settings() {
        builder = builder.default_setting(name, value);
    }
    #[cfg(feature = "tls")]
    {
        builder = builder
            .default_setting("spring.boot.admin.client.ca-certificate", folder.authorities());
    }
    builder = builder.settings_directory(&folder.0).bind_settings::<parts::Planted>();
    let of_admin = &one_of_each(OF_SETTINGS)[0].secret;
    builder = builder
        .default_setting("spring.boot.admin.client.url", format!("http://u:{of_admin}@127.0.0.1:1"))
        .default_setting("spring.boot.admin.client.instance.metadata.user.password", of_admin);
    let runtime = runtime();
    let running = runtime.block_on(builder.router(routes()).start()).unwrap();
    let address = running.address();
    let mut search = Search::of(&all);
    for plant in one_of_each(OF_CALLERS).iter().chain(&plants(OF_CALLERS + 100, CALLS)) {
        callers::call(address, plant, &mut search);
    }
    for plant in &one_of_each(OF_CALLERS) {
        callers::write(address, plant, &mut search);
    }
    visit::look_through(address, &mut search);
    read_again(address, &folder, &mut search);
    tracing::error!("marker of the last line");
    runtime.block_on(running.shutdown());
    actuator::logging::flush();
    sinks.look_through(&mut search);
    search.refuse();
}

/// Other settings, some that cannot be used, and the end of all that was set by hand.
fn read_again(address: SocketAddr, folder: &Folder, search: &mut Search<'_>) {
    let within = |plant: &Plant| plant.value != plant.secret;
    let lines = |prefix: &str| {
        let plants = one_of_each(OF_REFRESH).into_iter().filter(within).enumerate();
        plants.fold(String::new(), |mut lines, (number, plant)| {
            writeln!(lines, "{prefix}{number} = {}", Value::from(plant.line())).unwrap();
            lines
        })
    };
    let mut send = |method: &str, path: &str| {
        let answer = Request::new(method, &format!("/actuator/{path}")).send(address);
        search.answer(&format!("{method} {path}"), &answer);
        answer.status()
    };
    for (prefix, status) in [("logging.level.planted", 500), ("other.note", 200)] {
        std::fs::write(folder.0.join("actuator.toml"), lines(prefix)).unwrap();
        assert_eq!(send("POST", "refresh"), status, "{prefix}");
    }
    for number in 0..one_of_each(OF_PARTS).len() {
        assert_eq!(send("DELETE", &format!("caches/failing{number}")), 500);
        assert_eq!(send("GET", &format!("sessions?username={number}")), 500);
    }
    for path in ["caches", "env", "loggeroverrides", "health/n0", "sessions/s1"] {
        send("DELETE", path);
    }
    for path in ["startup", "nothing"] {
        send("POST", path);
    }
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

    /// A file of authorities whose names tell something.
    #[cfg(feature = "tls")]
    fn authorities(&self) -> String {
        let file = self.0.join("authorities.pem");
        // Quotes are escaped in a name.
        let all = one_of_each(OF_PARTS).into_iter().filter(|plant| !plant.value.contains('"'));
        let all = all.map(|plant| crate::certificates::Authority::new(&plant.text()).pem());
        std::fs::write(&file, all.collect::<String>()).unwrap();
        file.display().to_string()
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
        let check = HealthCheck::new(format!("n{number}"), move || {
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
        });
        app.add_health_check(check.description(plant.text()).tag(plant.text()));
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
    app.refreshable();
    parts::register(app);
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

//! `/health` as it was recorded from Spring Boot 4.1.0: the same application, the same answers.

use std::{
    borrow::Cow,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::{Value, json};

use super::*;
use crate::{
    health::{Availability, Health, HealthCheck, HealthDefaults, HealthSettings, Status, builtin},
    model::{call::ApiVersion, principal::Principal, show::Show},
    settings::{Settings, SettingsReader},
    support::application_runtime::ApplicationRuntime,
};

/// The groups of the recorded application.
const RECORDED: &[(&str, &str)] = &[
    ("show-details", "always"),
    ("probes.add-additional-paths", "true"),
    ("group.shallow.include", "custom,ping"),
    ("group.shallow.show-details", "never"),
    ("group.shallow.show-components", "always"),
    ("group.shallow.additional-path", "server:/healthz"),
    ("group.mapped.include", "custom"),
    ("group.mapped.status.order", "fatal,down,out-of-service,unknown,up"),
    ("group.mapped.status.http-mapping.fatal", "500"),
    ("group.mapped.status.http-mapping.down", "299"),
    ("group.nested.include", "brokers/primary,db"),
    ("group.hidden.include", "*"),
    ("group.hidden.exclude", "custom"),
    ("group.hidden.show-details", "never"),
];

struct App {
    endpoint: HealthEndpoint,
    availability: Availability,
    custom: Arc<Mutex<Health>>,
    asked: Arc<AtomicUsize>,
}

impl App {
    fn recorded() -> Self {
        Self::with(RECORDED)
    }

    fn with(settings: &[(&str, &str)]) -> Self {
        let settings = settings
            .iter()
            .fold(Settings::builder(), |builder, (name, value)| {
                builder.default_value(&format!("management.endpoint.health.{name}"), *value)
            })
            .build()
            .unwrap();
        let mut reader = SettingsReader::new(&settings);
        let settings =
            HealthSettings::read(&mut reader, HealthDefaults { show_details: Show::Never });
        let contributors =
            Arc::new(settings.contributors(&settings.groups, ApplicationRuntime::default(), None));
        let availability = Availability::starting();
        availability.ready();
        let disk: builtin::DiskReader = Arc::new(|_| Some((270_553_174_016, 83_206_356_992)));
        builtin::register(&contributors, &settings, &availability, &disk).unwrap();
        let custom = Arc::new(Mutex::new(custom(Status::UP)));
        let asked = Arc::new(AtomicUsize::new(0));
        let add = |name: &str, health: Box<dyn Fn() -> Health + Send + Sync>| {
            let indicator = move || std::future::ready(health());
            contributors.register(HealthCheck::new(name, indicator)).unwrap();
        };
        let (answer, counted) = (Arc::clone(&custom), Arc::clone(&asked));
        add(
            "custom",
            Box::new(move || {
                counted.fetch_add(1, Ordering::SeqCst);
                answer.lock().unwrap().clone()
            }),
        );
        add("brokers/primary", Box::new(|| Health::up().with_detail("version", "1.0")));
        add("brokers/secondary", Box::new(Health::unknown));
        add(
            "db",
            Box::new(|| {
                Health::up()
                    .with_detail("database", "H2")
                    .with_detail("validationQuery", "isValid()")
            }),
        );
        settings.validate(&mut reader, &contributors);
        reader.finish().unwrap();
        let sanitizer = Arc::new(Sanitizer::default());
        let endpoint = HealthEndpoint::new(contributors, settings.groups, sanitizer);
        Self { endpoint, availability, custom, asked }
    }

    fn becomes(&self, health: Health) {
        *self.custom.lock().unwrap() = health;
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        self.ask(path, ApiVersion::V3, None).await
    }

    async fn ask(
        &self,
        path: &str,
        version: ApiVersion,
        principal: Option<&Principal>,
    ) -> (u16, Value) {
        let mut call = Call { version, principal, ..Call::new(0) };
        let below = path.strip_prefix("/health");
        if let Some(rest) = below.filter(|rest| rest.is_empty() || rest.starts_with('/')) {
            let segments = rest.strip_prefix('/');
            call.operation = usize::from(segments.is_some());
            call.selectors =
                segments.map(|s| s.split('/').map(Cow::Borrowed).collect()).unwrap_or_default();
        } else {
            call.additional_path = Some(path);
        }
        match self.endpoint.invoke(call).await.unwrap() {
            Reply::Json { status, body } => (status, serde_json::from_slice(&body).unwrap()),
            Reply::NotFound => (404, Value::Null),
            other => panic!("{other:?}"),
        }
    }
}

fn custom(status: Status) -> Health {
    Health::new(status).with_detail("counter", 42).with_detail("list", [1, 2])
}

fn brokers() -> Value {
    json!({"components": {
        "primary": {"details": {"version": "1.0"}, "status": "UP"},
        "secondary": {"status": "UNKNOWN"},
    }, "status": "UP"})
}

const GROUPS: [&str; 6] = ["hidden", "liveness", "mapped", "nested", "readiness", "shallow"];

#[tokio::test]
async fn the_whole_health_has_its_components_sorted_and_its_groups() {
    let (status, body) = App::recorded().get("/health").await;
    assert_eq!(status, 200);
    assert_eq!(body["status"], "UP");
    assert_eq!(body["groups"], json!(GROUPS));
    assert_eq!(body["components"]["brokers"], brokers());
    let db = json!({"details": {"database": "H2", "validationQuery": "isValid()"}, "status": "UP"});
    assert_eq!(body["components"]["db"], db);
    assert_eq!(body["components"]["ping"], json!({"status": "UP"}));
    let disk = &body["components"]["diskSpace"]["details"];
    assert_eq!(disk["total"], 270_553_174_016_u64);
    assert_eq!((&disk["threshold"], &disk["exists"]), (&json!(10_485_760), &json!(true)));
    let names: Vec<_> = body["components"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        names,
        ["brokers", "custom", "db", "diskSpace", "livenessState", "ping", "readinessState"]
    );
}

#[tokio::test]
async fn version_2_calls_components_details_at_every_level() {
    let app = App::recorded();
    let (_, body) = app.ask("/health", ApiVersion::V2, None).await;
    assert!(body.get("components").is_none());
    assert_eq!(body["details"]["brokers"]["details"]["primary"]["details"]["version"], "1.0");
    let (_, body) = app.ask("/health/shallow", ApiVersion::V2, None).await;
    let details = json!({"custom": {"status": "UP"}, "ping": {"status": "UP"}});
    assert_eq!(body, json!({"details": details, "status": "UP"}));
}

#[tokio::test]
async fn a_component_is_found_by_its_path_with_stray_slashes() {
    let app = App::recorded();
    let db = json!({"details": {"database": "H2", "validationQuery": "isValid()"}, "status": "UP"});
    for path in ["/health/db", "/health//db", "/health/db/"] {
        assert_eq!(app.get(path).await, (200, db.clone()), "{path}");
    }
    assert_eq!(app.get("/health/").await.1["groups"], json!(GROUPS));
    let primary = json!({"details": {"version": "1.0"}, "status": "UP"});
    assert_eq!(app.get("/health/brokers/primary").await, (200, primary.clone()));
    assert_eq!(app.get("/health/nested/brokers/primary").await, (200, primary));
}

#[tokio::test]
async fn groups_are_listed_at_the_root_and_at_composites_of_the_primary_group_only() {
    let app = App::recorded();
    let mut expected = brokers();
    expected["groups"] = json!(GROUPS);
    assert_eq!(app.get("/health/brokers").await, (200, expected));
    for path in ["/health/db", "/health/nested", "/health/nested/brokers", "/health/liveness"] {
        assert!(app.get(path).await.1.get("groups").is_none(), "{path}");
    }
}

#[tokio::test]
async fn trap_seed_05_an_unknown_or_hidden_component_is_404() {
    let app = App::recorded();
    for path in [
        "/health/nosuch",
        "/health/DB",
        "/health/db/x",
        "/health/brokers/nosuch",
        "/health/hidden/db",
        "/health/liveness/livenessState",
        "/health/nested/ping",
        "/health/nested/brokers/secondary",
        "/health/shallow/nosuch",
    ] {
        assert_eq!(app.get(path).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn a_group_shows_its_members_by_its_own_rules() {
    let app = App::recorded();
    assert_eq!(app.get("/health/hidden").await, (200, json!({"status": "UP"})));
    assert_eq!(app.get("/health/shallow/custom").await, (200, json!({"status": "UP"})));
    assert_eq!(app.get("/health/liveness/").await, (200, json!({"status": "UP"})));
    let (_, nested) = app.get("/health/nested").await;
    let only_primary = json!({"components": {"primary": {"details": {"version": "1.0"}, "status": "UP"}}, "status": "UP"});
    assert_eq!(nested["components"]["brokers"], only_primary);
    assert_eq!(nested["components"].as_object().unwrap().len(), 2);
    assert_eq!(app.get("/health/nested/brokers").await, (200, only_primary));
}

#[tokio::test]
async fn each_group_maps_the_status_to_its_own_code() {
    let app = App::recorded();
    for (status, whole, component, mapped, shown) in [
        ("DOWN", 503, 503, 299, "DOWN"),
        ("OUT_OF_SERVICE", 503, 503, 200, "OUT_OF_SERVICE"),
        ("out-of-service", 503, 503, 200, "out-of-service"),
        ("UNKNOWN", 200, 200, 200, "UP"),
        ("FATAL", 200, 200, 500, "UP"),
    ] {
        app.becomes(custom(Status::custom(status)));
        let (code, body) = app.get("/health").await;
        assert_eq!((code, body["status"].as_str()), (whole, Some(shown)), "{status}");
        let (code, body) = app.get("/health/custom").await;
        assert_eq!((code, body["status"].as_str()), (component, Some(status)));
        let (code, body) = app.get("/health/mapped").await;
        assert_eq!((code, body["status"].as_str()), (mapped, Some(status)));
    }
}

#[tokio::test]
async fn the_description_that_decided_is_shown_at_every_level() {
    let app = App::recorded();
    app.becomes(custom(Status::DOWN.with_description("disk is \"full\"")));
    for path in ["/health", "/health/custom", "/health/mapped"] {
        assert_eq!(app.get(path).await.1["description"], "disk is \"full\"", "{path}");
    }
}

#[tokio::test]
async fn additional_paths_answer_their_group_on_their_listener() {
    let app = App::recorded();
    let expected = [("liveness", "/livez"), ("readiness", "/readyz"), ("shallow", "/healthz")];
    assert_eq!(
        app.endpoint.additional_paths(),
        expected.map(|(group, path)| (group.to_owned(), Listener::Application, path.to_owned()))
    );
    let shallow = json!({"components": {"custom": {"status": "UP"}, "ping": {"status": "UP"}}, "status": "UP"});
    assert_eq!(app.get("/healthz").await, (200, shallow));
    assert_eq!(app.get("/livez").await, (200, json!({"status": "UP"})));
    let other =
        Call { listener: Listener::Management, additional_path: Some("/livez"), ..Call::new(0) };
    assert!(matches!(app.endpoint.invoke(other).await, Ok(Reply::NotFound)));
}

#[tokio::test]
async fn probes_follow_the_availability_of_the_application() {
    use crate::health::LivenessState;
    let app = App::recorded();
    app.availability.shutting_down();
    let refused = json!({"status": "OUT_OF_SERVICE"});
    for path in ["/health/readiness", "/health/readinessState", "/readyz"] {
        assert_eq!(app.get(path).await, (503, refused.clone()), "{path}");
    }
    assert_eq!(app.get("/health").await.1["status"], "OUT_OF_SERVICE");
    assert_eq!(app.get("/livez").await.0, 200);
    app.availability.set_liveness(LivenessState::Broken);
    assert_eq!(app.get("/livez").await, (503, json!({"status": "DOWN"})));
}

#[tokio::test]
async fn by_default_only_the_status_and_the_groups_are_shown() {
    let app = App::with(&[]);
    let bare = |status: &str| json!({"groups": ["liveness", "readiness"], "status": status});
    assert_eq!(app.get("/health").await, (200, bare("UP")));
    assert_eq!(app.get("/health/db").await.0, 404);
    app.becomes(custom(Status::DOWN));
    assert_eq!(app.get("/health").await, (503, bare("DOWN")));
}

#[tokio::test]
async fn details_are_shown_to_callers_with_the_role_only() {
    let app = App::with(&[
        ("show-details", "when-authorized"),
        ("show-components", "always"),
        ("roles", "OPS"),
    ]);
    let caller = |role: &str| Principal { name: "ada".to_owned(), roles: vec![role.to_owned()] };
    let (ops, guest) = (caller("OPS"), caller("GUEST"));
    let details = async |principal| {
        app.ask("/health/custom", ApiVersion::V3, principal).await.1.get("details").is_some()
    };
    assert!(details(Some(&ops)).await);
    assert!(!details(Some(&guest)).await);
    assert!(!details(None).await);
}

#[tokio::test]
async fn trap_seed_01_a_check_that_panics_is_503_and_not_500() {
    let app = App::recorded();
    let custom = Arc::clone(&app.custom);
    // A poisoned lock makes the check panic each time that it is asked.
    let _ = std::thread::spawn(move || {
        let _held = custom.lock().unwrap();
        panic!("poison");
    })
    .join();
    let (status, body) = app.get("/health").await;
    assert_eq!((status, body["status"].as_str()), (503, Some("DOWN")));
    let error = body["components"]["custom"]["details"]["error"].as_str().unwrap();
    assert!(error.starts_with("panicked: "), "{error}");
    assert_eq!(body["components"]["db"]["status"], "UP");
    assert_eq!(app.get("/health/shallow").await.0, 503);
}

#[tokio::test]
async fn trap_seed_19_no_check_and_no_detail_can_overwrite_the_status() {
    let app = App::recorded();
    let check = HealthCheck::new("status", || async { Health::down().with_detail("status", "UP") });
    app.endpoint.contributors.register(check).unwrap();
    let (code, body) = app.get("/health").await;
    assert_eq!((code, &body["status"]), (503, &json!("DOWN")));
    assert_eq!(
        body["components"]["status"],
        json!({"details": {"status": "UP"}, "status": "DOWN"})
    );
}

#[tokio::test]
async fn trap_sba_08_health_is_never_unknown_before_or_after_the_start() {
    use crate::health::{LivenessState, ReadinessState};
    let app = App::recorded();
    app.availability.set_readiness(ReadinessState::RefusingTraffic);
    app.availability.set_liveness(LivenessState::Broken);
    assert_eq!(app.get("/health").await.1["status"], "DOWN");
    app.availability.set_liveness(LivenessState::Correct);
    assert_eq!(app.get("/health").await.1["status"], "OUT_OF_SERVICE");
    app.availability.set_readiness(ReadinessState::AcceptingTraffic);
    assert_eq!(app.get("/health").await.1["status"], "UP");
    let settings = Settings::builder().build().unwrap();
    let mut reader = SettingsReader::new(&settings);
    let settings = HealthSettings::read(&mut reader, HealthDefaults { show_details: Show::Never });
    let none = HealthEndpoint::new(
        Arc::new(settings.contributors(&settings.groups, ApplicationRuntime::default(), None)),
        settings.groups,
        Arc::default(),
    );
    let Ok(Reply::Json { status, body }) = none.invoke(Call::new(0)).await else { panic!() };
    assert_eq!((status, body.as_ref()), (200, &br#"{"status":"UP"}"#[..]));
}

#[tokio::test]
async fn only_the_checks_that_are_needed_are_asked() {
    let app = App::recorded();
    app.get("/health/db").await;
    app.get("/health/liveness").await;
    app.get("/health/nosuch").await;
    assert_eq!(app.asked.load(Ordering::SeqCst), 0);
    app.get("/health").await;
    assert_eq!(app.asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn text_details_pass_the_sanitizer() {
    let app = App::recorded();
    app.becomes(Health::up().with_detail("password", "s3cret").with_detail("host", "db.example"));
    let details = app.get("/health/custom").await.1["details"].clone();
    assert_eq!(details, json!({"password": "******", "host": "db.example"}));
}

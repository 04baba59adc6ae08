//! What refuses a start: one message, with every culprit, its place, and the remedy.

use std::net::TcpListener;

use actuator::{Health, env_source, health_check};

use crate::app::{TestApp, app, app_with_declarations};

pub(crate) struct Ledger {
    open: bool,
}
pub(crate) struct Mailer {
    waiting: usize,
}

pub(crate) const LEDGER: Ledger = Ledger { open: true };
pub(crate) const MAILER: Mailer = Mailer { waiting: 0 };

/// Is the ledger open?
#[health_check(name = "ledger")]
async fn ledger(ledger: &Ledger) -> bool {
    ledger.open
}

/// Is there post?
#[health_check(name = "mail")]
fn mail(outgoing: &Mailer, ledger: &Ledger) -> Health {
    Health::up().with_detail("waiting", outgoing.waiting).with_detail("ledger", ledger.open)
}

#[env_source(name = "declared")]
fn declared() -> [u8; 1] {
    [1]
}

fn with_components(app: TestApp) -> TestApp {
    app.with(|app| {
        app.component(LEDGER).component(MAILER);
    })
}

fn places(message: &str) -> usize {
    message.matches("tests/it/refusals.rs:").count()
}

#[test]
fn with_its_components_the_same_program_starts() {
    let service = with_components(app_with_declarations()).start();
    let health = service.get("/actuator/health").assert_status(200).json();
    assert_eq!(health["components"]["ledger"]["status"], "UP");
    assert_eq!(health["components"]["mail"]["status"], "UP");
}

#[test]
fn all_missing_components_are_named_at_once_with_check_type_and_place() {
    let error = app_with_declarations().refused();
    assert!(error.is_declaration());
    let message = error.to_string();
    for part in ["\"ledger\"", "\"mail\"", "Ledger", "Mailer", "app.component("] {
        assert!(message.contains(part), "no {part} in: {message}");
    }
    assert!(places(&message) >= 2, "{message}");
}

#[test]
fn a_choice_between_two_components_of_a_type_is_not_guessed() {
    let app = app_with_declarations().with(|app| {
        app.component(LEDGER);
        app.named_component("first", MAILER).named_component("second", MAILER);
    });
    let message = app.refused().to_string();
    for part in ["\"mail\"", "first", "second", "named_component(\"outgoing\""] {
        assert!(message.contains(part), "no {part} in: {message}");
    }
    assert!(!message.contains("\"ledger\""), "{message}");
}

#[test]
fn a_name_of_a_macro_that_is_taken_again_at_run_time_is_refused_with_both_places() {
    let first_line = line!() + 2;
    let app = with_components(app_with_declarations()).with(|app| {
        app.health_check("mail", || async { true });
        app.env_source("declared", || 1);
    });
    let error = app.refused();
    assert!(error.is_declaration());
    let message = error.to_string();
    assert!(message.contains(&format!("tests/it/refusals.rs:{first_line}")), "{message}");
    assert!(message.contains("health check \"mail\""), "{message}");
    assert!(message.contains("env source \"declared\""), "{message}");
    assert_eq!(places(&message), 4, "{message}");
}

#[test]
fn trap_seed_21_two_checks_of_one_name_are_refused_at_start() {
    let app = app().with(|app| {
        app.health_check("db", || async { true });
        app.health_check("db", || async { false });
    });
    let message = app.refused().to_string();
    assert!(message.contains("\"db\""), "{message}");
    assert_eq!(places(&message), 2, "{message}");
}

#[test]
fn a_check_named_as_a_group_is_refused() {
    let app = app().setting("management.endpoint.health.group.custom.include", "*").with(|app| {
        app.health_check("custom", || async { true });
    });
    let message = app.refused().to_string();
    assert!(message.contains("custom"), "{message}");
}

#[test]
fn all_bad_settings_are_named_at_once_with_value_origin_and_what_is_accepted() {
    let error = app()
        .setting("server.port", "abc")
        .setting("logging.level.root", "loud")
        .setting("management.endpoint.health.show-details", "perhaps")
        .setting("management.endpoints.access.default", "some")
        .setting("management.httpexchanges.recording.enabled", "si")
        .setting("spring.boot.admin.client.url", "not a url")
        .refused();
    assert!(error.is_setting());
    let message = error.to_string();
    let named = [
        "server.port",
        "abc",
        "logging.level.root",
        "loud",
        "management.endpoint.health.show-details",
        "perhaps",
        "management.endpoints.access.default",
        "none, read-only or unrestricted",
        "management.httpexchanges.recording.enabled",
        "spring.boot.admin.client.url",
        "forced by code",
    ];
    for part in named {
        assert!(message.contains(part), "no {part} in: {message}");
    }
}

#[test]
fn a_group_member_that_does_not_exist_is_refused_with_the_nearest_name() {
    let error = app()
        .setting("management.endpoint.health.group.shop.include", "stok")
        .with(|app| {
            app.health_check("stock", || async { true });
        })
        .refused();
    let message = error.to_string();
    assert!(error.is_setting());
    for part in ["management.endpoint.health.group.shop.include", "stok", "stock"] {
        assert!(message.contains(part), "no {part} in: {message}");
    }
}

#[test]
fn a_port_in_use_is_refused_with_the_name_of_the_setting() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let error = app().setting("server.port", &port).refused();
    assert!(error.is_bind());
    let message = error.to_string();
    assert!(message.contains(&format!("127.0.0.1:{port}")), "{message}");
    assert!(message.contains("set server.port to"), "{message}");
    let error = app().setting("management.server.port", &port).refused();
    assert!(error.is_bind());
    assert!(error.to_string().contains("set management.server.port to"), "{error}");
}

#[test]
fn an_error_of_the_applications_own_is_told_as_such() {
    let app = app().with(|app| {
        assert!(app.setting::<u16>("shop.size").unwrap_err().to_string().contains("shop.size"));
    });
    drop(app.start());
}

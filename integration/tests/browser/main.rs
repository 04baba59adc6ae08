//! Every view that the admin server's web UI offers for the quickstart and for a service that has more, in Chromium: the view has to show what the
//! instance itself says, and must neither raise a toast nor complain in the console.
//!
//! Each view leaves a picture in `target/screenshots/`.

mod audit;
mod collected;
mod dependencies;
mod health;
mod heapdump;
mod inside;
mod inside_start;
mod logger_row;
mod logs;
mod metrics;
mod requests;
mod rotation;
mod view;

use std::collections::BTreeSet;

use actuator_integration::http::ACCEPT_V3;
use actuator_integration::wait;
use serde_json::Value;

use view::{Scene, View};

/// The views of the quickstart, each with a test below or in one of the modules.
const VIEWS: [&str; 15] = [
    "auditevents",
    "beans",
    "conditions",
    "configprops",
    "dependencies",
    "details",
    "env",
    "httpexchanges",
    "logfile",
    "loggers",
    "mappings",
    "metrics",
    "sbom",
    "startup",
    "threaddump",
];

#[test]
fn every_view_that_is_offered_has_a_test_here() {
    let view = View::of_instance("details");
    assert_eq!(view.offered(), VIEWS.map(str::to_owned).into());
}

#[test]
fn details_show_info_health_process_and_metadata_of_the_instance() {
    let view = View::of_instance("details");
    let info = view.scene.actuator("info");
    let (commit, target) =
        (info["git"]["commit"]["id"].as_str().unwrap(), info["rust"]["target"].as_str().unwrap());
    view.shows(&["quickstart", &view.scene.instance, "environment\ndemo"]);
    view.shows(&["name: quickstart", "version: 1.0.0", commit, target]);
    view.shows(&["build.version\n1.0.0", "tags.environment\ndemo", "startup\n"]);
    view.shows(&[
        "greetings\nUP",
        "sent\n",
        "tempDir\nUP",
        "diskSpace\nUP",
        "Health Group",
        "readiness\n",
    ]);
    // The process card is filled by four requests of its own.
    view.shows(&["Up:\n0d 0h", "Sys:\n", "CPU:\n", &format!("PID\n{}", info["process"]["pid"])]);
    view.close();
}

#[test]
fn a_health_group_opens_with_what_the_instance_answers() {
    let view = View::of_instance("details");
    view.open_group("liveness");
    view.shows(&["livenessState\nUP"]);
    view.close();
}

#[test]
fn the_environment_shows_settings_with_origin_and_hides_secrets() {
    let view = View::of_instance("env");
    view.shows(&[
        "commandLineArgs",
        "server.port",
        "systemEnvironment",
        "shop",
        "currency",
        "EUR",
        "******",
    ]);
    assert!(!view.browser.text().contains("s3cr3t"));
    view.close();
}

#[test]
fn conditions_show_why_an_endpoint_is_there_and_another_is_not() {
    let view = View::of_instance("conditions");
    let told = view.scene.actuator("conditions");
    let context = &told["contexts"]["quickstart"];
    for matches in ["positiveMatches", "negativeMatches"] {
        for name in context[matches].as_object().unwrap().keys() {
            view.shows(&[name]);
        }
    }
    // Their reasons unfold at a click.
    for name in ["endpoint loggers", "endpoint shutdown"] {
        view.browser.run(
            "[...document.querySelectorAll('main h4')].find(e => e.title === arguments[0]).click()",
            &[name.into()],
        );
    }
    let reason = &context["negativeMatches"]["endpoint shutdown"]["notMatched"][0]["message"];
    view.shows(&["OnExposure", "so everything is exposed", reason.as_str().unwrap()]);
    view.close();
}

#[test]
fn a_level_set_in_the_loggers_view_changes_the_log() {
    let view = View::of_instance("loggers");
    let hidden = "only seen once the level of quickstart is DEBUG";
    let says_hidden =
        |view: &View| view.scene.service.log().iter().filter(|line| line.contains(hidden)).count();
    view.row("quickstart");
    view.scene.service.get("/hello/before");
    wait::until("the greeting is logged", || {
        view.scene.service.log().iter().any(|line| line.contains("before")).then_some(())
    });
    assert_eq!(says_hidden(&view), 0);

    let logger = view.logger("quickstart");
    logger.set("DEBUG");
    assert_eq!(view.scene.actuator("loggers/quickstart")["configuredLevel"], "DEBUG");
    view.scene.service.get("/hello/after");
    wait::until("the debug line is logged", || (says_hidden(&view) == 1).then_some(()));

    logger.press("Unset");
    logger.shows(&["INFO"]);
    assert_eq!(view.scene.actuator("loggers/quickstart")["configuredLevel"], Value::Null);
    view.close();
}

#[test]
fn the_log_file_grows_while_it_is_watched() {
    let view = View::of_instance("logfile");
    view.shows(&["quickstart 1.0.0 listening on"]);
    assert!(!view.browser.text().contains("watched"));
    view.scene.service.get("/hello/watched");
    view.shows(&["name=watched"]);
    view.close();
}

#[test]
fn the_thread_dump_shows_the_threads_of_the_process() {
    let view = View::of_instance("threaddump");
    let dump = view.scene.actuator("threaddump");
    let names = dump["threads"]
        .as_array()
        .unwrap()
        .iter()
        .map(|thread| thread["threadName"].as_str().unwrap());
    let names: BTreeSet<&str> = names.collect();
    assert!(names.contains("tokio-rt-worker"), "{names:?}");
    view.shows(&names.into_iter().collect::<Vec<_>>());
    view.close();
}

#[test]
fn http_exchanges_show_a_request_to_the_application() {
    let view = View::of_instance("httpexchanges");
    view.scene.service.get("/hello/exchanged");
    view.scene.service.get("/nowhere");
    view.shows(&["/hello/exchanged", "GET\t200", "/nowhere", "GET\t404"]);
    view.close();
}

#[test]
fn audit_events_show_what_the_application_recorded() {
    let view = View::of_instance("auditevents");
    view.scene.service.get("/hello/audited");
    view.shows(&["audited", "GREETED"]);
    view.close();
}

#[test]
fn the_wallboard_shows_the_instance_up() {
    let view = View::of_server("wallboard");
    view.shows(&["quickstart", "1 instance", "1.0.0"]);
    view.browser.wait_until(
        "the tile is green",
        "return !!document.querySelector('.hex-mesh .up')",
        &[],
    );
    view.close();
}

#[test]
fn the_journal_shows_the_events_of_the_instance() {
    let view = View::of_server("journal");
    let instance = view.scene.instance.clone();
    view.shows(&["REGISTERED", "STATUS_CHANGED", "ENDPOINTS_DETECTED", "INFO_CHANGED", &instance]);
    view.close();
}

#[test]
fn the_applications_page_shows_the_instance_up() {
    let view = View::of_server("applications");
    view.shows(&["all up", "quickstart", "1 instance", "1.0.0"]);
    view.close();
}

#[test]
fn what_a_page_polls_every_second_is_answered_in_the_type_it_asks_for() {
    let scene = Scene::shared();
    for path in [
        "metrics/process.cpu.usage",
        "metrics/system.cpu.usage",
        "metrics/process.uptime",
        "env/PID",
    ] {
        let answer = scene.server.proxied(&scene.instance, path, ACCEPT_V3);
        assert_eq!(
            (answer.status, answer.media_type()),
            (200, "application/vnd.spring-boot.actuator.v3+json"),
            "{path}"
        );
    }
}

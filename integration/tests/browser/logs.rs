//! Levels and the log during an incident: what is pressed in one window shows in the log that is open in the other.

use std::sync::Arc;

use actuator_integration::wait;
use serde_json::{Value, json};

use crate::view::{Scene, View};

/// The steered service as an application of its own, as the view of loggers changes all instances of one; its three
/// loggers have been used.
pub fn application(name: &str, settings: &[(&str, &str)]) -> Arc<Scene> {
    let mut all = vec![("spring.application.name", name)];
    all.extend(settings);
    let scene = Scene::steered(&all);
    order(&scene, "first");
    scene
}

/// Has the service log of this order.
pub fn order(scene: &Scene, name: &str) {
    assert_eq!(scene.service.get(&format!("/order/{name}")).status, 204);
}

/// The level that was set for a logger and the one that counts, as the instance tells them.
fn levels(scene: &Scene, logger: &str) -> (Value, Value) {
    let told = scene.actuator(&format!("loggers/{logger}"));
    (told["configuredLevel"].clone(), told["effectiveLevel"].clone())
}

/// The lines that the log view shows.
fn lines(view: &View) -> Vec<String> {
    view.browser.text().lines().map(str::to_owned).collect()
}

/// The order was logged at INFO, and then at DEBUG by these loggers alone.
#[track_caller]
fn shows_order(log: &View, name: &str, debugging: &[&str]) {
    let of_order = |lines: &[String]| -> Vec<String> {
        let suffix = format!("name={name}");
        lines.iter().filter(|line| line.ends_with(&suffix)).cloned().collect()
    };
    let count = 1 + debugging.len();
    let lines = wait::until(&format!("{count} lines of {name} are shown"), || {
        let shown = of_order(&lines(log));
        (shown.len() >= count).then_some(shown)
    });
    let found = |level: &str, logger: &str| {
        lines.iter().any(|line| {
            line.contains(&format!(" {level} ")) && line.contains(&format!(" {logger} : "))
        })
    };
    assert_eq!(lines.len(), count, "{lines:#?}");
    assert!(found("INFO", "steered::cart"), "{lines:#?}");
    for logger in debugging {
        assert!(found("DEBUG", logger), "no {logger} in {lines:#?}");
    }
}

#[test]
fn a_debug_line_appears_in_the_open_log_until_the_level_expires_or_is_unset() {
    let scene = application("lookout", &[]);
    let loggers = View::of(scene.clone(), "loggers", "levels");
    let log = loggers.beside("logfile", "levels-log");
    shows_order(&log, "first", &[]);

    loggers.logger("steered::cart").set("DEBUG");
    order(&scene, "second");
    // Not that of `steered::carton`, which only sounds alike.
    shows_order(&log, "second", &["steered::cart"]);
    log.shows(&["Level of steered::cart: inherited -> DEBUG"]);

    // The UI has no field for an end; whoever wants one goes the way that the UI goes.
    let terms = json!({"configuredLevel": "DEBUG", "expiresIn": "PT3S", "reason": "orders hang", "actor": "kim"});
    let answer = scene.server.send("POST", &scene.instance, "loggers/steered::cart", Some(&terms));
    assert_eq!(answer.status, 204, "{answer:?}");
    wait::until("the level has expired", || {
        (levels(&scene, "steered::cart") == (Value::Null, json!("INFO"))).then_some(())
    });
    loggers.browser.reload();
    loggers.logger("steered::cart").shows(&["INFO"]);
    log.shows(&["Level of steered::cart: DEBUG -> inherited"]);
    order(&scene, "third");
    shows_order(&log, "third", &[]);

    let row = loggers.logger("steered::cart");
    row.set("DEBUG");
    row.press("Unset");
    row.shows(&["INFO"]);
    order(&scene, "fourth");
    shows_order(&log, "fourth", &[]);
    log.wrap_lines();
    log.close();
    loggers.close();
}

#[test]
fn a_group_is_shown_and_its_members_change_with_it() {
    let group = ("logging.group.orders", "steered::cart,steered::checkout");
    let scene = application("grouped", &[group]);
    let loggers = View::of(scene.clone(), "loggers", "levels-group");
    loggers.shows(&["orders", "web", "sql"]);
    loggers.logger("orders").shows(&[]);
    loggers.logger("orders").set("DEBUG");
    for member in ["steered::cart", "steered::checkout"] {
        loggers.logger(member).shows(&["DEBUG"]);
        assert_eq!(levels(&scene, member), (json!("DEBUG"), json!("DEBUG")));
    }
    let log = loggers.beside("logfile", "levels-group-log");
    order(&scene, "second");
    shows_order(&log, "second", &["steered::cart", "steered::checkout"]);
    log.close();

    loggers.logger("orders").press("Unset");
    loggers.logger("orders").shows(&[]);
    loggers.logger("steered::checkout").shows(&["INFO"]);
    loggers.logger("orders").set("TRACE");
    loggers.close();
}

#[test]
fn a_logger_that_is_not_known_yet_is_set_by_its_name() {
    let scene = application("unknown", &[]);
    let loggers = View::of(scene.clone(), "loggers", "levels-new");
    loggers.logger("steered::cart");
    let type_name = "const filter = document.querySelector('input[name=filter]');
        filter.value = arguments[0]; filter.dispatchEvent(new Event('input'))";
    // Nothing was logged at DEBUG so far, and this one logs nothing else.
    loggers.browser.run(type_name, &[json!("steered::checkout")]);
    loggers.shows(&["steered::checkout"]);
    loggers.logger("steered::checkout").set("DEBUG");
    let log = loggers.beside("logfile", "levels-new-log");
    order(&scene, "second");
    shows_order(&log, "second", &["steered::checkout"]);
    log.close();
    loggers.close();
}

#[test]
fn a_level_set_for_the_application_is_that_of_both_instances() {
    let scenes = [application("pair", &[]), application("pair", &[])];
    let logger = "steered::cart";
    let told = |scenes: &[Arc<Scene>; 2]| scenes.each_ref().map(|scene| levels(scene, logger).1);
    let loggers = View::of(scenes[0].clone(), "loggers", "levels-application");
    let scope = |label: &str| {
        let script =
            "const button = [...document.querySelectorAll('main button, nav button, button')]
                .find(button => button.innerText === arguments[0]);
            button?.click(); return !!button";
        loggers.browser.wait_until(&format!("the scope is the {label}"), script, &[json!(label)]);
    };
    loggers.logger(logger).shows(&["INFO"]);
    loggers.logger(logger).set("DEBUG");
    assert_eq!(told(&scenes), ["DEBUG", "DEBUG"]);

    // Pressed, the button that names the scope changes it.
    scope("Application");
    loggers.shows(&["web", "sql"]);
    loggers.logger(logger).set("TRACE");
    assert_eq!(told(&scenes), ["TRACE", "DEBUG"]);

    scope("Instance");
    loggers.logger(logger).shows(&["DEBUG", "TRACE"]);
    loggers.logger(logger).press("Unset");
    loggers.logger(logger).shows(&["INFO"]);
    assert_eq!(told(&scenes), ["INFO", "INFO"]);
    loggers.logger(logger).set("DEBUG");
    loggers.close();
}

#[test]
fn the_log_view_shows_text_where_the_console_is_json() {
    let scene = application("structured", &[("logging.structured.format.console", "logstash")]);
    let log = View::of(scene.clone(), "logfile", "log-json-console");
    shows_order(&log, "first", &[]);
    let console = scene.service.log();
    let ordered = console.iter().find(|line| line.contains("\"ordered\"")).unwrap();
    let ordered: Value = serde_json::from_str(ordered).unwrap();
    assert_eq!(
        (&ordered["logger_name"], &ordered["name"]),
        (&json!("steered::cart"), &json!("first"))
    );
    log.close();
}

//! The trail of an incident in the UI: what was done, by whom, and what happened by itself.

use std::sync::Arc;

use actuator_integration::{Folder, Service, http, wait};
use base64::Engine as _;
use serde_json::{Value, json};

use crate::logs::application;
use crate::view::{Scene, View};

/// The audit events of this type that the instance tells of.
fn recorded(scene: &Scene, event: &str) -> Vec<Value> {
    let told = scene.actuator(&format!("auditevents?type={event}"));
    told["events"].as_array().unwrap().clone()
}

/// Waits until the instance tells of one of this type.
#[track_caller]
fn wait_for(scene: &Scene, event: &str) {
    wait::until(&format!("{event} is recorded"), || {
        (!recorded(scene, event).is_empty()).then_some(())
    });
}

/// Asks the instance to set the level of `steered::cart`, as the UI does; the status of the answer.
fn set(scene: &Arc<Scene>, order: &Value) -> u16 {
    scene.server.send("POST", &scene.instance, "loggers/steered::cart", Some(order)).status
}

#[test]
fn the_audit_log_shows_start_levels_health_and_writes_with_who_and_what() {
    let scene = application("audited", &[("logging.level.steered::cart", "info")]);
    let loud = json!({"configuredLevel": "LOUD", "actor": "kim"});
    assert_eq!(set(&scene, &loud), 400);
    let debug = json!({"configuredLevel": "DEBUG", "expiresIn": "PT1S", "reason": "orders hang", "actor": "kim"});
    assert_eq!(set(&scene, &debug), 204);
    wait_for(&scene, "LOG_LEVEL_REVERTED");
    scene.service.say("down");
    wait_for(&scene, "HEALTH_CHANGED");

    let view = View::of(scene, "auditevents", "audit");
    let started = opened(&view, "APPLICATION_STARTED", "");
    assert_eq!(started["application"], "audited");
    let changed = opened(&view, "LOG_LEVEL_CHANGED", "kim");
    let expected = json!({
        "name": "steered::cart", "from": "INFO", "to": "DEBUG",
        "expiresAt": changed["expiresAt"], "reason": "orders hang", "actorClaimed": true,
    });
    assert_eq!(changed, expected);
    let reverted = opened(&view, "LOG_LEVEL_REVERTED", "");
    assert_eq!((&reverted["from"], &reverted["to"]), (&json!("DEBUG"), &json!("INFO")));
    let sick = opened(&view, "HEALTH_CHANGED", "");
    assert_eq!((&sick["check"], &sick["to"]), (&json!("orders"), &json!("DOWN")));
    let refused = opened(&view, "ENDPOINT_WRITE", "kim");
    let expected = json!({
        "endpoint": "loggers", "operation": "write", "selectors": ["steered::cart"],
        "status": 400, "actorClaimed": true,
    });
    assert_eq!(refused, expected);
    view.close();
}

#[test]
fn the_audit_log_shows_a_failed_login_a_level_set_by_its_button_and_the_stop_of_an_earlier_life() {
    let folder = Folder::new("browser-audit");
    let file = folder.path().join("audit.jsonl").display().to_string();
    let earlier = Service::steered().setting("actuator.auditevents.file", &file).start();
    let (status, log) = earlier.stop();
    assert!(status.success(), "{log:#?}");
    let metadata = "spring.boot.admin.client.instance.metadata.user";
    let scene = application(
        "audited-again",
        &[
            ("actuator.auditevents.file", file.as_str()),
            ("spring.security.user.name", "ops"),
            ("spring.security.user.password", "{noop}password"),
            ("actuator.security.permit-all", "health,auditevents"),
            (format!("{metadata}.name").as_str(), "ops"),
            (format!("{metadata}.password").as_str(), "password"),
        ],
    );
    let url = format!("{}/actuator/env", scene.service.url());
    let wrong = base64::engine::general_purpose::STANDARD.encode("kim:wrong");
    assert_eq!(http::get(&url, &[("Authorization", &format!("Basic {wrong}"))]).status, 401);
    let loggers = View::of(scene.clone(), "loggers", "audit-levels");
    loggers.logger("steered::cart").set("DEBUG");
    assert_eq!(recorded(&scene, "LOG_LEVEL_CHANGED").len(), 1);

    let view = loggers.beside("auditevents", "audit-again");
    let changed = opened(&view, "LOG_LEVEL_CHANGED", "ops");
    assert_eq!(changed, json!({"name": "steered::cart", "to": "DEBUG"}));
    let failed = opened(&view, "AUTHENTICATION_FAILURE", "kim");
    assert_eq!(failed["details"]["remoteAddress"], "127.0.0.1", "{failed}");
    assert!(!failed.to_string().contains("wrong"), "{failed}");
    let stopped = opened(&view, "APPLICATION_STOPPING", "");
    assert_eq!(stopped, json!({"reason": "SIGTERM"}));
    view.close();
    loggers.close();
}

/// Opens the latest event of this type and principal: its data.
#[track_caller]
fn opened(view: &View, event: &str, principal: &str) -> Value {
    let script =
        "const row = [...document.querySelectorAll('main tbody tr.is-selectable')].find(row => {
            const cells = row.querySelectorAll('td');
            return cells[1].innerText === arguments[0] && cells[2].innerText === arguments[1];
        });
        const data = row?.nextElementSibling?.querySelector('pre.auditevents__event-detail');
        if (row && !data) row.click();
        return data && data.innerText";
    let what = format!("{event} of {principal:?} is open");
    let text = view.browser.wait_until(&what, script, &[json!(event), json!(principal)]);
    serde_json::from_str(text.as_str().unwrap()).unwrap()
}

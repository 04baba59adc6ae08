//! What the UI makes of health that is not simply UP.

use std::sync::Arc;

use actuator_integration::wait;
use serde_json::json;

use crate::view::{Scene, View};

/// The steered service, which says this first, with all that can be shown of checks.
fn saying(word: &str) -> Arc<Scene> {
    Scene::steered(&[
        ("steered.says", word),
        ("actuator.health.show-check", "true"),
        ("actuator.health.override.enabled", "true"),
    ])
}

#[test]
fn a_degraded_check_is_a_warning_with_all_that_is_known_of_it() {
    let scene = saying("degraded");
    scene.server.wait_for_status(&scene.instance, "RESTRICTED");
    let view = View::of(scene, "details", "health-degraded");
    assert_eq!(view.component("Instance"), "Instance\nRESTRICTED");
    let orders = view.component("orders");
    assert!(orders.starts_with("orders\nRESTRICTED\nbacklog\n1200\ncheck\n"), "{orders}");
    for known in [
        "description: Do orders come in? Two failures in a row are needed for an alarm.",
        "result: RESTRICTED",
        "critical: true",
        "  - revenue",
    ] {
        assert!(orders.contains(known), "{orders}");
    }
    // What is known of a check is text, and no component with a status of its own.
    let looks = view.browser.run(
        "const entry = document.querySelector('main dl[aria-label=orders]');
         return {badges: [...entry.querySelectorAll('[role=status]')].map(badge => badge.className),
                 check: entry.querySelector('dd[aria-label=check]').firstElementChild.tagName,
                 components: document.querySelectorAll('main dl[aria-label=check]').length}",
        &[],
    );
    let expected = json!({"badges": ["status-badge restricted"], "check": "PRE", "components": 0});
    assert_eq!(looks, expected);
    view.close();
}

#[test]
fn what_is_not_critical_is_down_in_a_service_that_is_up() {
    let scene = saying("up");
    scene.server.wait_for_status(&scene.instance, "UP");
    let view = View::of(scene, "details", "health-not-critical");
    assert_eq!(view.component("Instance"), "Instance\nUP");
    let missing = view.component("recommendations");
    assert!(missing.starts_with("recommendations\nDOWN\nerror\nthe model is not loaded"));
    assert!(missing.contains("critical: false"), "{missing}");
    view.close();
}

#[test]
fn an_override_is_shown_with_its_reason_and_its_end() {
    let scene = saying("up");
    let order = json!({"reason": "the disk is replaced", "duration": "10m", "actor": "ops"});
    let answer = scene.server.send("POST", &scene.instance, "health", Some(&order));
    assert_eq!(answer.status, 204, "{answer:?}");
    scene.server.wait_for_status(&scene.instance, "OUT_OF_SERVICE");
    let view = View::of(scene, "details", "health-override");
    let state = view.component("readinessState");
    assert!(state.starts_with("readinessState\nOUT_OF_SERVICE\noverriddenUntil\n20"), "{state}");
    for known in ["overrideReason\nthe disk is replaced", "overriddenBy\nops", "ownStatus\nUP"] {
        assert!(state.contains(known), "{state}");
    }
    view.close();
}

#[test]
fn a_group_made_by_checks_shows_its_members_and_their_details() {
    let scene = saying("degraded");
    scene.server.wait_for_status(&scene.instance, "RESTRICTED");
    let view = View::of(scene, "details", "health-group");
    view.open_group("payments");
    view.shows(&[
        "payments\nRESTRICTED\norders\nRESTRICTED\nbacklog\n1200",
        "providers\nUP\nfirst\nUP\ncurrency\nEUR",
    ]);
    view.component("payments");
    view.close();
}

#[test]
fn the_audit_log_shows_a_change_of_health_with_its_cause() {
    let scene = saying("up");
    scene.service.say("down");
    wait::until("the change is recorded", || {
        let trail = scene.service.get("/actuator/auditevents?type=HEALTH_CHANGED").body;
        trail.contains("the broker refused the connection").then_some(())
    });
    let view = View::of(scene, "auditevents", "health-audit");
    view.shows(&["HEALTH_CHANGED"]);
    // The latest stands first, and opens with a click.
    view.browser.run("document.querySelector('main tbody tr').click()", &[]);
    view.shows(&[
        "\"check\": \"orders\"",
        "\"from\": \"UP\"",
        "\"to\": \"DOWN\"",
        "\"cause\": \"the broker refused the connection\"",
    ]);
    view.close();
}

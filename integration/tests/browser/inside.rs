//! What one can look into, and change, in a service that has all of it: caches, scheduled tasks, migrations,
//! sessions, threads with their stacks.

use std::collections::BTreeSet;

use actuator_integration::{http, wait};
use serde_json::{Value, json};

use crate::VIEWS;
use crate::view::{Scene, View};

/// The views that are there besides those of the quickstart.
const FURTHER: [&str; 5] = ["caches", "flyway", "heapdump", "scheduledtasks", "sessions"];

/// What the view of migrations shows of each, and their times behind it.
const COLUMNS: [&str; 9] = [
    "type",
    "checksum",
    "version",
    "description",
    "script",
    "state",
    "installedBy",
    "installedOn",
    "installedRank",
];

#[test]
fn every_view_that_is_offered_of_a_service_with_all_of_it_has_a_test_here() {
    let view = View::of(Scene::inside(), "details", "inside");
    let tested: BTreeSet<String> = VIEWS.into_iter().chain(FURTHER).map(str::to_owned).collect();
    assert_eq!(view.offered(), tested);
}

#[test]
fn a_cache_is_cleared_by_its_button_and_all_of_them_by_one() {
    let view = View::of(Scene::inside(), "caches", "caches");
    let scene = view.scene.clone();
    let asked = |path: &str| scene.service.get(path).body;
    let knows = |cache: &str| asked(&format!("/{cache}/coffee"));
    let size = |cache: &str| {
        let told = scene.actuator(&format!("metrics/cache.size?tag=cache:{cache}"));
        told["measurements"][0]["value"].as_f64()
    };
    view.shows(&["prices\tshop", "stock\tshop"]);
    for cache in ["prices", "stock"] {
        let path = cache.trim_end_matches('s');
        assert_eq!([knows(path), knows(path)], ["6, counted", "6, known"]);
        assert!(size(cache) >= Some(1.0));
    }

    view.press_in_row("prices", "Clear");
    view.shows(&["Cleared"]);
    assert_eq!((size("prices"), size("stock")), (Some(0.0), Some(1.0)));
    assert_eq!([knows("price"), knows("stock")], ["6, counted", "6, known"]);

    // The button of all asks back.
    view.press("Clear");
    view.press("Confirm");
    view.browser.wait_until(
        "all are cleared",
        "return document.body.innerText.includes('Execution successful')",
        &[],
    );
    assert_eq!((size("prices"), size("stock")), (Some(0.0), Some(0.0)));
    assert_eq!([knows("price"), knows("stock")], ["6, counted", "6, counted"]);
    view.close();
}

#[test]
fn scheduled_tasks_show_when_they_run_and_how_that_went() {
    let scene = Scene::inside();
    wait::until("each has run that can", || {
        let told = scene.actuator("scheduledtasks");
        let status = |kind: &str| told[kind][0]["lastExecution"]["status"].clone();
        (status("fixedRate") == "SUCCESS" && status("fixedDelay") == "ERROR").then_some(())
    });
    let view = View::of(scene, "scheduledtasks", "scheduledtasks");
    view.shows(&["inside::nightly", "inside::import", "inside::sweep"]);
    let rows = view.cells();
    let row = |name: &str| rows.iter().find(|row| row[0] == name).unwrap();
    let nightly = row("inside::nightly");
    assert_eq!(nightly[1], "At 03:00 AM, Monday through Friday");
    assert_eq!(nightly[3..], ["", ""], "it did not run yet");
    let (import, sweep) = (row("inside::import"), row("inside::sweep"));
    assert_eq!((&*import[2], &*import[5]), ("30min", "ERROR"));
    assert_eq!((&*sweep[1], &*sweep[2], &*sweep[5]), ("50ms", "1s", "SUCCESS"));
    // Of the two that do not change meanwhile the times are those of the instance.
    let told = view.scene.actuator("scheduledtasks");
    let task = |kind: &str, execution: &str| told[kind][0][execution]["time"].clone();
    for (shown, told) in [
        (&nightly[2], task("cron", "nextExecution")),
        (&import[3], task("fixedDelay", "nextExecution")),
        (&import[4], task("fixedDelay", "lastExecution")),
    ] {
        let is_told = "return Math.abs(new Date(arguments[0]) - new Date(arguments[1])) <= 1000";
        let agrees = view.browser.run(is_told, &[json!(shown), told.clone()]);
        assert_eq!(agrees, true, "{shown} is shown, {told} is told");
    }
    view.close();
}

#[test]
fn migrations_show_what_was_applied_what_failed_and_what_is_to_come() {
    let view = View::of(Scene::inside(), "flyway", "flyway");
    view.shows(&["inside: orders"]);
    let told = view.scene.actuator("migrations");
    let told = told["sources"]["orders"]["migrations"].as_array().unwrap().iter();
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let told: Vec<Vec<String>> = told
        .map(|migration| {
            let mut cells: Vec<String> = COLUMNS.map(|column| text(&migration[column])).into();
            let time = migration["executionTime"].as_u64().unwrap_or_default();
            cells.push(format!("{time}ms"));
            cells
        })
        .collect();
    assert_eq!(view.cells(), told);
    let states: Vec<&str> = told.iter().map(|cells| &*cells[5]).collect();
    assert_eq!(states, ["SUCCESS", "FAILED", "PENDING"]);
    view.close();
}

#[test]
fn sessions_show_who_is_logged_in_and_the_owner_of_a_deleted_one_is_nobody() {
    let scene = Scene::inside();
    let url = scene.service.url();
    let [phone, desk] = ["phone", "desk"].map(|place| {
        let answer = http::send("POST", &format!("{url}/login/kim/{place}"), &[], None).unwrap();
        assert_eq!(answer.status, 200);
        answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
    });
    let who = |cookie: &str| http::get(&format!("{url}/who"), &[("Cookie", cookie)]).body;
    assert_eq!([who(&phone), who(&desk)], ["kim", "kim"]);

    let told = scene.actuator("sessions?username=kim");
    let id_at = |place: &str| {
        let mut sessions = told["sessions"].as_array().unwrap().iter();
        let is_there = |session: &&Value| session["attributeNames"] == json!([place, "username"]);
        sessions.find(is_there).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let ids = [id_at("phone"), id_at("desk")];
    let view = View::of(scene.clone(), "sessions?username=kim", "sessions-ended");
    view.shows(&ids.each_ref().map(String::as_str));
    let mut rows = view.cells();
    // Without the times, and the button.
    for row in &mut rows {
        row.truncate(6);
        row.drain(1..3);
    }
    for (id, place) in ids.iter().zip(["phone", "desk"]) {
        // tower-sessions' own lifetime, two weeks.
        let row = [id, "", "1209600s", &format!("{place}username")].map(str::to_owned);
        assert!(rows.contains(&row.into()), "{rows:?}");
    }
    for cookie in [&phone, &desk] {
        let (_, secret) = cookie.split_once('=').unwrap();
        assert!(!view.browser.text().contains(secret), "a cookie is shown");
    }
    view.picture("sessions");

    let [_, id] = &ids;
    view.press_in_row(id, "Delete");
    wait::until("the owner of the session is nobody", || (who(&desk) == "nobody").then_some(()));
    let is_gone = "return !document.querySelector('main').innerText.includes(arguments[0])";
    view.browser.wait_until("the session is no longer shown", is_gone, &[json!(id)]);
    assert_eq!(who(&phone), "kim");
    assert_eq!(scene.service.get(&format!("/actuator/sessions/{id}")).status, 404);
    view.close();
}

/// Unfolds a thread of the dump: what is shown of it.
#[track_caller]
fn unfolded(view: &View, name: &str) -> String {
    let script = "const row = [...document.querySelectorAll('main table.threads > tbody')]
            .find(body => body.querySelector('td.threads__thread-name')?.innerText.trim() === arguments[0]);
        const details = row?.querySelector('table');
        if (row && !details) row.querySelector('rect')?.dispatchEvent(new MouseEvent('click', {bubbles: true}));
        return details?.innerText";
    let what = format!("the thread {name} is unfolded");
    let text = view.browser.wait_until(&what, script, &[json!(name)]);
    text.as_str().unwrap().to_owned()
}

#[test]
fn the_thread_dump_shows_states_and_frames_with_file_and_line() {
    let view = View::of(Scene::inside(), "threaddump", "threaddump-frames");
    view.shows(&["clerk", "auditor"]);
    let told = view.scene.actuator("threaddump");
    for (name, state, function) in
        [("auditor", "BLOCKED", "read_ledger"), ("clerk", "WAITING", "keep_ledger")]
    {
        let shown = unfolded(&view, name);
        let threads = told["threads"].as_array().unwrap();
        let thread = threads.iter().find(|thread| thread["threadName"] == name).unwrap();
        assert_eq!(thread["threadState"], state);
        assert!(shown.contains(state), "{shown}");
        let own = format!("inside.{function}(integration/src/bin/inside.rs:");
        assert!(shown.contains(&own), "{shown}");
        let text = |frame: &Value, key: &str| frame[key].as_str().unwrap_or_default().to_owned();
        for frame in thread["stackTrace"].as_array().unwrap() {
            let [class, method, file] =
                ["className", "methodName", "fileName"].map(|key| text(frame, key));
            let line = format!("{class}.{method}({file}:{})", frame["lineNumber"]);
            assert!(shown.contains(&line), "no {line} in {shown}");
        }
    }
    view.close();
}

//! What the start did: the service's own steps, the application's, and those of functions.

use std::{
    sync::mpsc,
    time::{Duration, Instant},
};

use actuator::{StartupSteps, startup_step};
use serde_json::Value;
use testkit::Request;

use crate::app::{Service, app};

/// All prices.
#[startup_step("load prices", tags("source" = "table"))]
async fn load_prices(rows: usize) -> Result<usize, std::fmt::Error> {
    tokio::task::yield_now().await;
    check(rows)
}

#[startup_step]
fn check(rows: usize) -> Result<usize, std::fmt::Error> {
    if rows > 0 { Ok(rows) } else { Err(std::fmt::Error) }
}

fn events(service: &Service) -> Vec<Value> {
    let document = service.get("/actuator/startup").assert_status(200).json();
    document["timeline"]["events"].as_array().unwrap().clone()
}

/// All steps, once that of this name is among them.
fn once_ended(service: &Service, name: &str) -> Vec<Value> {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let events = events(service);
        if events.iter().any(|event| event["startupStep"]["name"] == name) {
            return events;
        }
        assert!(Instant::now() < deadline, "{name} has not ended: {events:#?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn step<'e>(events: &'e [Value], name: &str) -> &'e Value {
    let step = events.iter().map(|event| &event["startupStep"]).find(|step| step["name"] == name);
    step.unwrap_or_else(|| panic!("no step {name}: {events:#?}"))
}

fn tag<'e>(step: &'e Value, key: &str) -> Option<&'e str> {
    let tag = step["tags"].as_array().unwrap().iter().find(|tag| tag["key"] == key);
    tag.and_then(|tag| tag["value"].as_str())
}

#[test]
fn the_start_shows_its_own_phases_in_the_order_in_which_they_ended() {
    let service = app().start();
    let events = events(&service);
    let names: Vec<&str> =
        events.iter().map(|event| event["startupStep"]["name"].as_str().unwrap()).collect();
    let phases = [
        "actuator.settings",
        "actuator.logging",
        "actuator.set-up",
        "actuator.declarations",
        "actuator.assembly",
        "actuator.levels",
        "actuator.listeners",
        "actuator.registration",
    ];
    let found: Vec<_> = names.iter().filter(|name| phases.contains(name)).copied().collect();
    assert_eq!(found, phases);
    let address = service.address.to_string();
    assert_eq!(tag(step(&events, "actuator.listeners"), "address"), Some(address.as_str()));
    for event in &events {
        let duration = event["duration"].as_str().unwrap();
        assert!(duration.starts_with("PT") && duration.ends_with('S'), "{event}");
        assert!(event["startupStep"]["id"].as_u64().unwrap() >= 1, "{event}");
        assert!(event["startTime"].as_str() <= event["endTime"].as_str(), "{event}");
    }
}

#[test]
fn steps_of_the_application_are_within_the_set_up_wherever_they_run() {
    let (send, steps) = mpsc::channel::<StartupSteps>();
    let service = app().with(move |app| {
        let cache = app.startup_step("cache").with_tag("entries", 12);
        let within = cache.steps();
        std::thread::spawn(move || within.step("on a thread").end()).join().unwrap();
        send.send(app.startup_steps()).unwrap();
    });
    let service = service.start();
    let found = events(&service);
    let (set_up, cache) = (step(&found, "actuator.set-up"), step(&found, "cache"));
    assert_eq!(cache["parentId"], set_up["id"]);
    assert_eq!(tag(cache, "entries"), Some("12"));
    assert_eq!(step(&found, "on a thread")["parentId"], cache["id"]);
    // What goes on when the service is up is a step of its own.
    steps.recv().unwrap().step("later").end();
    assert!(step(&events(&service), "later").get("parentId").is_none());
}

#[test]
fn functions_are_steps_with_their_tags_their_nesting_and_their_failures() {
    let service = app().with(|app| {
        app.on_ready("prices", || async {
            load_prices(1).await.unwrap();
            load_prices(0).await.map(|_| ())
        });
    });
    let service = service.start();
    let found = once_ended(&service, "actuator.ready-hook");
    let (hook, prices) = (step(&found, "actuator.ready-hook"), step(&found, "load prices"));
    assert_eq!(tag(hook, "name"), Some("prices"));
    assert!(tag(hook, "exception").is_some());
    assert_eq!(prices["parentId"], hook["id"]);
    assert_eq!(tag(prices, "description"), Some("All prices."));
    assert_eq!((tag(prices, "source"), tag(prices, "exception")), (Some("table"), None));
    let inner = step(&found, "it::startup_steps::check");
    assert_eq!(inner["parentId"], prices["id"]);
    let failures = found.iter().filter_map(|event| tag(&event["startupStep"], "exception"));
    assert_eq!(failures.filter(|failure| *failure == "Error").count(), 2);
}

#[test]
fn the_first_steps_are_kept_and_those_that_find_no_room_are_counted() {
    let service = app()
        .setting("actuator.startup.capacity", "3")
        .with(|app| (0..10).for_each(|_| app.startup_step("one of many").end()))
        .start();
    let drained = service.send(Request::new("POST", "/actuator/startup")).assert_status(200).json();
    assert_eq!(drained["timeline"]["events"].as_array().unwrap().len(), 3);
    assert!(drained["dropped"].as_u64().unwrap() >= 9, "{drained}");
    let empty = service.get("/actuator/startup").assert_status(200).json();
    assert_eq!(empty["timeline"]["events"], serde_json::json!([]));
    assert!(empty.get("dropped").is_none());
    assert_eq!(empty["timeline"]["startTime"], drained["timeline"]["startTime"]);
}

#[test]
fn without_room_there_is_no_such_endpoint() {
    let service = app().setting("actuator.startup.capacity", "0").start();
    service.get("/actuator/startup").assert_status(404);
    service.get("/actuator/metrics/application.ready.time").assert_status(200);
}

#[test]
fn trap_sba_05_the_view_of_the_start_learns_by_options_that_it_may_read() {
    let service = app().start();
    let options = Request::new("OPTIONS", "/actuator/startup");
    let answer = service.send(options.header("origin", "http://admin.example")).assert_status(200);
    let allow = answer.header("allow").unwrap();
    assert!(allow.contains("GET") && allow.contains("POST"), "{allow}");
    // What the view asks of each event: numbers for durations are shown as NaN.
    for event in events(&service) {
        assert!(
            event["duration"].is_string() && event["startupStep"]["tags"].is_array(),
            "{event}"
        );
        assert_ne!(event["startupStep"]["parentId"], 0);
    }
}

//! What the set-up registers: the same rules.

use std::sync::{
    Arc, Barrier,
    atomic::{AtomicUsize, Ordering},
    mpsc,
};

use actuator::custom::{
    Access, CustomEndpoint, Operation, Parameter, Resource, Selector, Shape, WebEndpointResponse,
};
use serde_json::json;
use testkit::{OpenApi, Request};

use crate::app::{Service, TestApp, app, runtime};

fn with(endpoint: CustomEndpoint) -> TestApp {
    app().with(move |app| {
        app.endpoint(endpoint);
    })
}

const ADD: Operation = Operation::write(&[Selector::One("name")]).doing("Counts on.").taking(&[
    Parameter::path("name", Shape::Text, "What is counted."),
    Parameter::body("by", Shape::Integer, "How many more.").required(),
]);

/// Counts what is done.
fn counter() -> (CustomEndpoint, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let (read, write) = (Arc::clone(&count), Arc::clone(&count));
    let endpoint = CustomEndpoint::new("counter")
        .described("Counts.")
        .operation(Operation::read(&[]), move |_| {
            let now = read.load(Ordering::SeqCst);
            async move { WebEndpointResponse::json(&now) }
        })
        .blocking_operation(ADD, move |arguments| {
            let by: usize = arguments.get("by")?;
            assert_eq!(arguments.get::<String>("name")?, "x");
            write.fetch_add(by, Ordering::SeqCst);
            Ok(WebEndpointResponse::nothing())
        })
        .operation(Operation::delete(&[]), |_| async { Ok(Resource::bytes("gone").into()) });
    (endpoint, count)
}

#[test]
fn it_has_the_same_rules_as_a_declared_one() {
    let (endpoint, count) = counter();
    let service = with(endpoint).start();
    service.post("/actuator/counter/x", r#"{"by":2}"#).assert_status(204);
    service.post("/actuator/counter/x?by=3", r#"{"by":2}"#).assert_status(204);
    assert_eq!(service.get("/actuator/counter").text(), "5");
    for (target, body) in [
        ("/actuator/counter/x", "{}"),
        ("/actuator/counter/x", r#"{"by":null}"#),
        ("/actuator/counter/x", r#"{"by":[1]}"#),
        ("/actuator/counter/x", r#"{"by":1,"name":"y"}"#),
        ("/actuator/counter/x?by=1&name=y", "{}"),
    ] {
        service.post(target, body).assert_status(400);
    }
    service.send(Request::new("POST", "/actuator/counter/x")).assert_status(415);
    assert_eq!(count.load(Ordering::SeqCst), 5, "a refused request changes nothing");
    service.send(Request::new("DELETE", "/actuator/counter")).assert_status(200);
}

#[test]
fn the_document_of_the_api_tells_it_in_the_words_it_was_given() {
    let service = with(counter().0).start();
    let api = OpenApi::new(service.get("/actuator/openapi").assert_status(200).json());
    let tags = api.document()["tags"].as_array().unwrap();
    assert!(tags.contains(&json!({"name": "counter", "description": "Counts."})));
    let paths = &api.document()["paths"];
    // What was told of nothing is told in the usual words.
    assert_eq!(paths["/actuator/counter"]["get"]["summary"], "Reads.");
    let add = &paths["/actuator/counter/{name}"]["post"];
    assert_eq!(add["summary"], "Counts on.");
    let name = &add["parameters"][0];
    assert_eq!((&name["in"], &name["description"]), (&json!("path"), &json!("What is counted.")));
    let schema = api.schema(&add["requestBody"], "application/json").unwrap();
    let place = schema["$ref"].as_str().unwrap().trim_start_matches('#');
    let schema = api.document().pointer(place).unwrap();
    assert_eq!(schema["properties"]["by"]["description"], "How many more.", "{schema}");
    assert_eq!(schema["required"], json!(["by"]));
}

#[test]
fn settings_may_name_it_although_it_is_registered_after_they_were_read() {
    for (name, value, status) in [
        ("management.endpoint.counter.access", "none", 404),
        ("management.endpoint.counter.access", "read-only", 404),
        ("management.endpoint.counter.enabled", "false", 404),
        ("management.endpoints.web.exposure.exclude", "counter", 404),
    ] {
        let service = with(counter().0).setting(name, value).start();
        service.post("/actuator/counter/x", r#"{"by":2}"#).assert_status(status);
    }
    let service = with(counter().0)
        .setting("management.endpoint.counter.cache.time-to-live", "1h")
        .setting("management.endpoints.web.path-mapping.counter", "a/b")
        .start();
    service.post("/actuator/a/b/x", r#"{"by":2}"#).assert_status(204);
    assert_eq!(service.get("/actuator/a/b").text(), "2");
    service.post("/actuator/a/b/x?by=7", "{}").assert_status(204);
    assert_eq!(service.get("/actuator/a/b").text(), "9", "a change makes the next read new");
    let read_only =
        with(counter().0).setting("management.endpoint.counter.access", "read-only").start();
    read_only.send(Request::new("DELETE", "/actuator/counter")).assert_status(405);
    let locked = with(counter().0.with_access(Access::None)).start();
    locked.get("/actuator/counter").assert_status(404);
}

#[test]
fn a_blocking_operation_holds_no_worker_of_the_runtime() {
    let barrier = Arc::new(Barrier::new(4));
    let endpoint =
        CustomEndpoint::new("slow").blocking_operation(Operation::read(&[]), move |_| {
            barrier.wait();
            Ok(WebEndpointResponse::text("all are here"))
        });
    // More calls than workers: each waits for all others.
    let service = with(endpoint).start();
    let address = service.address;
    let calls: Vec<_> = (0..4)
        .map(|_| std::thread::spawn(move || testkit::get(address, "/actuator/slow").status()))
        .collect();
    assert!(calls.into_iter().all(|call| call.join().unwrap() == 200));
}

/// A service with an endpoint that answers once the sender is dropped, and how many calls began.
fn held() -> (Service, mpsc::Sender<()>, Arc<AtomicUsize>) {
    let (release, held) = mpsc::channel::<()>();
    let held = Arc::new(std::sync::Mutex::new(held));
    let began = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&began);
    let endpoint =
        CustomEndpoint::new("held").blocking_operation(Operation::read(&[]), move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            let _ = held.lock().unwrap().recv();
            Ok(WebEndpointResponse::text("free"))
        });
    (with(endpoint).start_on(runtime()), release, began)
}

#[test]
fn calls_that_hang_are_bounded_and_others_are_told_so() {
    let (service, release, began) = held();
    let address = service.address;
    let calls: Vec<_> = (0..64)
        .map(|_| std::thread::spawn(move || testkit::get(address, "/actuator/held").status()))
        .collect();
    while began.load(Ordering::SeqCst) < 64 {
        std::thread::yield_now();
    }
    service.get("/actuator/held").assert_status(429);
    service.get("/actuator/health").assert_status(200);
    drop(release);
    assert!(calls.into_iter().all(|call| call.join().unwrap() == 200));
    service.get("/actuator/held").assert_status(200);
}

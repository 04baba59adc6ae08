//! The forms of the document, and what of it can be asked for.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::*;
use crate::{
    exchange::{Bodies, BodyHead, BodySettings, Direction, ExchangeSettings, Include},
    model::sanitizer::Sanitizer,
    support::clock::Clock,
};

fn recorded(include: Include) -> Arc<ExchangeRepository> {
    let settings = ExchangeSettings { include, ..ExchangeSettings::default() };
    let start = SystemTime::UNIX_EPOCH + Duration::from_millis(1_795_252_939_222);
    let clock = Clock::manual(start);
    let started: Instant = clock.instant();
    let repository = Arc::new(ExchangeRepository::new(settings, Sanitizer::default(), clock));
    let mut draft = repository.begin();
    draft.request("GET", ("http", b"app.example:8080"), &["/hello?name=x"]);
    for value in ["1", "2"] {
        draft.header(Direction::Request, "x-many", value.as_bytes(), repository.settings());
    }
    draft.header(Direction::Response, "content-length", b"2", repository.settings());
    draft.remote_address("127.0.0.1");
    draft.principal("alice");
    repository.record(draft, started, Duration::from_micros(2_500), 200);
    repository
}

fn httpexchanges(exchanges: Arc<ExchangeRepository>) -> HttpexchangesEndpoint {
    HttpexchangesEndpoint::new(exchanges, LogLink::default())
}

async fn body(endpoint: HttpexchangesEndpoint) -> Value {
    match endpoint.invoke(Call::new(0)).await {
        Ok(Reply::Json { status: 200, body }) => serde_json::from_slice(&body).unwrap(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn exchanges_are_as_recorded_from_spring_boot_4() {
    assert_eq!(
        body(httpexchanges(recorded(Include::default()))).await,
        json!({"exchanges": [{
            "timestamp": "2026-11-21T09:22:19.222Z",
            "request": {
                "headers": {"x-many": ["1", "2"]}, "method": "GET",
                "remoteAddress": "127.0.0.1",
                "uri": "http://app.example:8080/hello?name=x",
            },
            "response": {"headers": {"content-length": ["2"]}, "status": 200},
            "principal": {"name": "alice"},
            "timeTaken": "PT0.0025S",
        }]})
    );
}

#[tokio::test]
async fn traces_are_as_recorded_from_spring_boot_2() {
    let body = body(HttpexchangesEndpoint::httptrace(recorded(Include::default()))).await;
    let golden = include_str!("../../tests/golden/boot-2.7.18/httptrace/get.http");
    let golden: Value = serde_json::from_str(&golden[golden.find('{').unwrap()..]).unwrap();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let (trace, expected) = (&body["traces"][0], &golden["traces"][0]);
    assert_eq!(keys(trace), keys(expected));
    assert_eq!(keys(&trace["request"]), keys(&expected["request"]));
    assert_eq!((&trace["timeTaken"], &trace["session"]), (&json!(2), &Value::Null));
}

#[tokio::test]
async fn trap_seed_22_every_timestamp_names_its_time_zone() {
    for endpoint in [httpexchanges, HttpexchangesEndpoint::httptrace] {
        let body = body(endpoint(recorded(Include::default()))).await;
        let list = body.as_object().unwrap().values().next().unwrap();
        assert_eq!(list[0]["timestamp"], "2026-11-21T09:22:19.222Z");
    }
}

#[tokio::test]
async fn the_oldest_form_is_a_bare_list() {
    let body = body(HttpexchangesEndpoint::trace(recorded(Include::default()))).await;
    assert_eq!(body[0]["timestamp"], 1_795_252_939_222_u64);
    assert_eq!(body[0]["info"]["path"], "/hello");
    assert_eq!(body[0]["info"]["headers"]["response"]["status"], "200");
}

#[tokio::test]
async fn what_is_not_included_is_absent_and_headers_are_still_an_object() {
    let repository = ExchangeRepository::new(
        ExchangeSettings { include: Include::NOTHING, ..ExchangeSettings::default() },
        Sanitizer::default(),
        Clock::system(),
    );
    let mut draft = repository.begin();
    draft.request("GET", ("http", b"a"), &["/"]);
    repository.record(draft, Instant::now(), Duration::from_millis(1), 200);
    let mut body = body(httpexchanges(Arc::new(repository))).await;
    body["exchanges"][0].as_object_mut().unwrap().remove("timestamp");
    let expected = json!({
        "request": {"headers": {}, "method": "GET", "uri": "http://a/"},
        "response": {"headers": {}, "status": 200},
    });
    assert_eq!(body["exchanges"][0], expected);
}

/// A repository of this many exchanges, of the paths `/0`, `/1`, …
fn many(number: usize) -> Arc<ExchangeRepository> {
    let settings = ExchangeSettings { capacity: number, ..ExchangeSettings::default() };
    let repository = ExchangeRepository::new(settings, Sanitizer::default(), Clock::system());
    for index in 0..number {
        let mut draft = repository.begin();
        draft.request("GET", ("http", b"a"), &[&format!("/{index}")]);
        draft.request_id(format!("r{index}").as_bytes());
        let status = if index % 2 == 0 { 200 } else { 503 };
        repository.record(draft, Instant::now(), Duration::from_millis(1), status);
    }
    Arc::new(repository)
}

async fn asked(endpoint: &HttpexchangesEndpoint, query: &[(&str, &str)]) -> EndpointResult {
    let query = query.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    endpoint.invoke(Call { query, ..Call::new(0) }).await
}

async fn uris(endpoint: &HttpexchangesEndpoint, query: &[(&str, &str)]) -> Vec<String> {
    let Ok(Reply::Json { body, .. }) = asked(endpoint, query).await else { panic!("{query:?}") };
    let body: Value = serde_json::from_slice(&body).unwrap();
    let exchanges = body["exchanges"].as_array().unwrap().iter();
    exchanges.map(|one| one["request"]["uri"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn exchanges_can_be_asked_for_by_number_status_path_and_request() {
    let endpoint = httpexchanges(many(200));
    let expected: Vec<_> = (0..200).rev().map(|index| format!("http://a/{index}")).collect();
    assert_eq!(uris(&endpoint, &[]).await, expected);
    assert_eq!(uris(&endpoint, &[("unknown", "x"), ("limit", "")]).await, expected);
    assert_eq!(uris(&endpoint, &[("limit", "2")]).await, expected[..2]);
    assert_eq!(uris(&endpoint, &[("limit", "0")]).await, [""; 0]);
    assert_eq!(uris(&endpoint, &[("path", "/7")]).await, ["http://a/7"]);
    let found = uris(&endpoint, &[("status", "404,5xx"), ("path", "/1?"), ("limit", "2")]).await;
    assert_eq!(found, ["http://a/19", "http://a/17"]);
    assert_eq!(uris(&endpoint, &[("request", "r42")]).await, ["http://a/42"]);
    assert_eq!(uris(&endpoint, &[("request", "r42"), ("status", "5xx")]).await, [""; 0]);
    for bad in [("limit", "-1"), ("limit", "x"), ("status", "9"), ("path", "x")] {
        assert_eq!(asked(&endpoint, &[bad]).await.unwrap_err().status(), 400, "{bad:?}");
    }
    let statuses = vec![("status", "200"); 21];
    assert_eq!(asked(&endpoint, &statuses).await.unwrap_err().status(), 400);
    let old = HttpexchangesEndpoint::httptrace(many(3));
    assert!(asked(&old, &[("limit", "x")]).await.is_ok(), "the older forms know no parameters");
}

#[tokio::test]
async fn a_long_document_is_written_in_parts_and_is_the_same() {
    for (form, list) in
        [(httpexchanges as fn(_) -> _, "exchanges"), (HttpexchangesEndpoint::httptrace, "traces")]
    {
        let endpoint: HttpexchangesEndpoint = form(many(5_000));
        let Ok(Reply::JsonStream(mut stream)) = asked(&endpoint, &[]).await else {
            panic!("it is whole")
        };
        let mut document = Vec::new();
        loop {
            let mut part = Vec::new();
            let has_more = stream.write_part(&mut part);
            assert!(part.len() < 2 * PART, "{}", part.len());
            document.extend(part);
            if !has_more {
                break;
            }
        }
        let document: Value = serde_json::from_slice(&document).unwrap();
        let list = document[list].as_array().unwrap();
        assert_eq!(list.len(), 5_000);
        assert_eq!(list[4_999]["request"]["uri"], "http://a/0");
    }
}

#[tokio::test]
async fn an_exchange_leads_to_the_lines_of_its_request() {
    let exchanges = many(1);
    let log = LogLink::default();
    let without = body(httpexchanges(Arc::clone(&exchanges))).await;
    assert_eq!(without["exchanges"][0]["requestId"], "r0");
    assert_eq!(without["exchanges"][0]["log"], Value::Null);
    log.lead("httpexchanges", "logstream");
    let with = body(HttpexchangesEndpoint::new(Arc::clone(&exchanges), log)).await;
    assert_eq!(with["exchanges"][0]["log"], "logstream?request=r0");
    let old = body(HttpexchangesEndpoint::httptrace(exchanges)).await;
    assert_eq!(old["traces"][0]["requestId"], Value::Null);
}

#[tokio::test]
async fn bodies_stand_in_their_halves_and_only_in_the_newest_form() {
    let bodies = BodySettings { request: true, response: true, max_size: 4 };
    let settings = ExchangeSettings { bodies, ..ExchangeSettings::default() };
    let repository = ExchangeRepository::new(settings, Sanitizer::default(), Clock::system());
    let mut draft = repository.begin();
    draft.request("POST", ("http", b"a"), &["/"]);
    let shared = Arc::new(Bodies::new(bodies));
    draft.with_bodies(Arc::clone(&shared));
    let text = BodyHead { content_type: Some("text/plain"), ..BodyHead::default() };
    let mut request = shared.capture(Direction::Request, text).unwrap();
    let mut response = shared.capture(Direction::Response, BodyHead::default()).unwrap();
    request.data(b"hello");
    request.complete();
    drop(request);
    response.data(b"\0\0");
    repository.record(draft, Instant::now(), Duration::from_millis(1), 200);
    let repository = Arc::new(repository);
    let document = streamed(&httpexchanges(Arc::clone(&repository))).await;
    let expected = json!({"size": 5, "text": "hell", "truncated": true});
    assert_eq!(document["exchanges"][0]["request"]["body"], expected);
    assert_eq!(document["exchanges"][0]["response"]["body"], Value::Null, "it has not ended");
    drop(response);
    let document = streamed(&httpexchanges(Arc::clone(&repository))).await;
    let expected = json!({"size": 2, "incomplete": true});
    assert_eq!(document["exchanges"][0]["response"]["body"], expected);
    let old = streamed(&HttpexchangesEndpoint::httptrace(repository)).await;
    assert_eq!(old["traces"][0]["request"].as_object().unwrap().len(), 4);
}

async fn streamed(endpoint: &HttpexchangesEndpoint) -> Value {
    let Ok(Reply::JsonStream(mut stream)) = asked(endpoint, &[]).await else { panic!("whole") };
    let mut document = Vec::new();
    while stream.write_part(&mut document) {}
    serde_json::from_slice(&document).unwrap()
}

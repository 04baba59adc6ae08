//! Tags, limits and ends of calls.

use super::*;
use crate::{
    meter::{MeterSettings, Statistic, Tag},
    support::clock::Clock,
};

fn meters(settings: MeterSettings) -> ClientMeters {
    ClientMeters::new(Arc::new(MeterRegistry::new(settings, Clock::system())))
}

/// The first statistic of the series with these tags: how many.
fn count(meters: &ClientMeters, name: &str, tags: &[(&str, &str)]) -> u64 {
    let tags: Vec<_> = tags.iter().map(|(key, value)| Tag::new(*key, *value)).collect();
    let Some(reading) = meters.registry.read(name, &tags) else { return 0 };
    let first = reading.measurements[0];
    assert!(matches!(first.statistic, Statistic::Count | Statistic::ActiveTasks));
    format!("{}", first.value).parse().unwrap()
}

const SUCCESS: [(&str, &str); 7] = [
    ("client.name", "api.example.com"),
    ("error", "none"),
    ("exception", "none"),
    ("method", "GET"),
    ("outcome", "SUCCESS"),
    ("status", "200"),
    ("uri", "/users/{id}"),
];

#[test]
fn a_call_has_springs_tags_and_no_others() {
    let meters = meters(MeterSettings::default());
    for _ in 0..2 {
        meters.start("GET", "api.example.com", "/users/{id}").answered(200);
    }
    assert_eq!(count(&meters, NAME, &SUCCESS), 2);
    let reading = meters.registry.read(NAME, &[]).unwrap();
    let keys: Vec<_> = reading.available_tags.keys().map(String::as_str).collect();
    assert_eq!(keys, SUCCESS.map(|(key, _)| key));
    assert_eq!(reading.base_unit.as_deref(), Some("seconds"));
}

#[test]
fn every_end_of_a_call_is_told_apart() {
    let meters = meters(MeterSettings::default());
    let start = || meters.start("POST", "a", "/x");
    start().answered(404);
    start().answered(999);
    start().failed("ConnectionRefused");
    start().refused("Redirect");
    drop(start());
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _call = start();
        panic!("while it is called");
    }));
    assert!(panicked.is_err());
    let ends = [
        ("404", "CLIENT_ERROR", "none"),
        ("UNKNOWN", "UNKNOWN", "none"),
        ("IO_ERROR", "UNKNOWN", "ConnectionRefused"),
        ("CLIENT_ERROR", "UNKNOWN", "Redirect"),
        ("CLIENT_ERROR", "UNKNOWN", "cancelled"),
        ("CLIENT_ERROR", "UNKNOWN", "panic"),
    ];
    for (status, outcome, exception) in ends {
        let tags = [
            ("status", status),
            ("outcome", outcome),
            ("exception", exception),
            ("error", exception),
        ];
        assert_eq!(count(&meters, NAME, &tags), 1, "{tags:?}");
    }
}

#[test]
fn calls_that_run_are_active_until_they_end() {
    let meters = meters(MeterSettings::default());
    let active = || count(&meters, "http.client.requests.active", &[("uri", "/x")]);
    let (first, second) = (meters.start("GET", "a", "/x"), meters.start("GET", "a", "/x"));
    assert_eq!(active(), 2);
    first.answered(200);
    assert_eq!(active(), 1);
    drop(second);
    assert_eq!(active(), 0);
}

#[test]
fn templates_lose_scheme_and_host_and_none_is_none() {
    let cases = [
        ("", "none"),
        ("/users/{id}", "/users/{id}"),
        ("http://api.example.com/users/{id}?a={b}", "/users/{id}?a={b}"),
        ("https://api.example.com", "/"),
        ("users", "/users"),
    ];
    for (template, uri) in cases {
        assert_eq!(path_of(template), uri, "{template}");
    }
}

#[test]
fn templates_and_hosts_beyond_the_limit_count_together_and_none_is_lost() {
    let meters = meters(MeterSettings { max_client_uri_tags: 3, ..MeterSettings::default() });
    for id in 0..50 {
        meters.start("GET", "a", &format!("/users/{id}")).answered(200);
    }
    assert_eq!(count(&meters, NAME, &[("uri", "UNKNOWN")]), 47);
    meters.start("GET", "a", "").answered(200);
    assert_eq!(count(&meters, NAME, &[("uri", "none")]), 1);
    for host in 0..150 {
        meters.start("GET", &format!("host{host}"), "").answered(200);
    }
    assert_eq!(count(&meters, NAME, &[("client.name", "UNKNOWN")]), 51);
    assert_eq!(count(&meters, NAME, &[]), 201);
}

#[test]
fn ports_are_bounded_as_hosts_are() {
    let settings = MeterSettings { client_tags: ClientTags::Origin, ..MeterSettings::default() };
    let meters = meters(settings);
    for port in 1..=150 {
        meters.start("GET", "shop", &format!("http://shop:{port}/x")).answered(200);
    }
    let others =
        [("client.name", "UNKNOWN"), ("server.port", "UNKNOWN"), ("url.scheme", "UNKNOWN")];
    assert_eq!(count(&meters, NAME, &others), 50);
    assert_eq!(count(&meters, NAME, &[("client.name", "shop"), ("uri", "/x")]), 100);
}

#[test]
fn odd_methods_are_one_and_all_statuses_of_a_route_are_counted() {
    let meters = meters(MeterSettings::default());
    meters.start("BREW", "a", "/pot").answered(418);
    assert_eq!(count(&meters, NAME, &[("method", "UNKNOWN"), ("status", "418")]), 1);
    for status in 200..260 {
        meters.start("GET", "a", "/x").answered(status);
        meters.start("GET", "a", "/x").answered(status);
    }
    assert_eq!(count(&meters, NAME, &[("outcome", "SUCCESS")]), 120);
    assert_eq!(count(&meters, NAME, &[("status", "259")]), 2);
}

//! Calls, pools and caches as `/actuator/metrics` tells them: what the cards of the admin server
//! ask for.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
    mpsc,
};

use actuator::{
    client::ClientMeters,
    meter::{
        cache::{CacheCounters, CacheMeters},
        pool::{PoolMeters, PoolState},
    },
};
use serde_json::{Value, json};

use crate::app::{Service, app};

#[track_caller]
fn metric(service: &Service, query: &str) -> Value {
    service.get(&format!("/actuator/metrics/{query}")).assert_status(200).json()
}

/// As the admin server asks: the first tag comes twice.
#[track_caller]
fn first_value(service: &Service, name: &str, tags: &[&str]) -> Value {
    let query = format!("{name}?tag={}&tag={}", tags[0], tags.join("&tag="));
    metric(service, &query)["measurements"][0]["value"].clone()
}

#[test]
fn the_card_of_caches_finds_names_hits_misses_and_no_size_where_none_is_known() {
    let service = app().with(|app| {
        for (name, hits) in [("cities", 3), ("odd, name: ü", 1)] {
            let counters = CacheCounters::default();
            CacheMeters::register(&app.meters(), "shop", name, counters.clone());
            (0..hits).for_each(|_| counters.looked_up(true));
            counters.looked_up(false);
        }
    });
    let service = service.start();
    let gets = metric(&service, "cache.gets");
    let tags = gets["availableTags"].as_array().unwrap();
    let names = tags.iter().find(|tag| tag["tag"] == "name").unwrap();
    assert_eq!(names["values"], json!(["cities", "odd, name: ü"]));
    assert_eq!(gets["measurements"], json!([{"statistic": "COUNT", "value": 6.0}]));
    for (name, hits) in [("cities", 3.0), ("odd,%20name:%20%C3%BC", 1.0)] {
        let name = format!("name:{name}");
        assert_eq!(first_value(&service, "cache.gets", &[&name, "result:hit"]), hits);
        assert_eq!(first_value(&service, "cache.gets", &[&name, "result:miss"]), 1.0);
    }
    assert_eq!(service.status("/actuator/metrics/cache.size?tag=name:cities"), 404);
}

#[test]
fn the_card_of_data_sources_finds_what_each_pool_says_now() {
    let (tell, told) = mpsc::channel();
    let service = app().with(move |app| {
        let active = Arc::new(AtomicU64::new(0));
        tell.send(Arc::clone(&active)).unwrap();
        PoolMeters::register(&app.meters(), "orders", move || PoolState {
            active: active.load(Ordering::Relaxed),
            min: 2,
            ..PoolState::default()
        });
    });
    let service = service.start();
    let active = told.recv().unwrap();
    let of = |what| first_value(&service, &format!("jdbc.connections.{what}"), &["name:orders"]);
    assert_eq!(["active", "min", "max"].map(of), [json!(0.0), json!(2.0), json!(-1.0)]);
    active.store(1, Ordering::Relaxed);
    assert_eq!(of("active"), 1.0);
}

#[test]
fn templates_of_calls_are_bounded_by_the_setting_and_meters_can_be_switched_off() {
    let calls = |app: &mut actuator::App| {
        let meters = ClientMeters::new(app.meters());
        for id in 0..5 {
            meters.start("GET", "shop", &format!("/users/{id}")).answered(200);
        }
    };
    let limited = app().setting("management.metrics.web.client.max-uri-tags", "2").with(calls);
    let limited = limited.start();
    let metric = metric(&limited, "http.client.requests?tag=client.name:shop");
    assert_eq!(metric["measurements"][0], json!({"statistic": "COUNT", "value": 5.0}));
    let tags = metric["availableTags"].as_array().unwrap();
    let uris = tags.iter().find(|tag| tag["tag"] == "uri").unwrap();
    assert_eq!(uris["values"], json!(["/users/0", "/users/1", "UNKNOWN"]));
    let off = app().setting("management.metrics.enable.http.client", "false").with(calls).start();
    assert_eq!(off.status("/actuator/metrics/http.client.requests"), 404);
    assert_eq!(off.status("/actuator/metrics/http.client.requests.active"), 404);
}

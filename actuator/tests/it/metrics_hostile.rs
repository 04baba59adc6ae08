//! What clients may ask of the meters: everything. They get the contract's answer, and no meter
//! comes to be by being asked for.

use std::{collections::BTreeSet, fs, path::Path, sync::mpsc, time::Duration};

use actuator::App;
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::Value;
use testkit::{Answer, Request};

use crate::{
    app::{Service, app},
    text_parser::Document,
};

const STATS: &str = "/c2c/stats.json";
const PYMICRO: &str = "/metrics";
const PAGES: [&str; 5] =
    ["/actuator/metrics", "/actuator/metrics/orders", "/actuator/prometheus", STATS, PYMICRO];

/// With meters whose tags are not easy to write into a query.
fn start() -> Service {
    start_with(|app| {
        let meters = app.meters();
        for (kind, count) in [("plain", 1), ("a:b", 2), ("a,b", 4), ("nul\0 \r\n\"é\\", 8)] {
            meters.meter("orders").tag("kind", kind).counter().add(count);
        }
        meters.meter("pymicro.ret").tag("r", "x\"y\nz\\").counter().add(3);
    })
}

fn start_with(register: impl FnOnce(&mut App) + Send + 'static) -> Service {
    app()
        .taking_long_heads()
        .setting("actuator.compat.c2c.stats.enabled", "true")
        .setting("actuator.compat.pymicro.enabled", "true")
        .with(register)
        .start()
}

fn names(service: &Service) -> BTreeSet<String> {
    let names = service.get("/actuator/metrics").assert_status(200).json()["names"].clone();
    names.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

/// Whatever was asked, only meters that are documented came up meanwhile, and all is well.
#[track_caller]
fn assert_nothing_invented(service: &Service, before: &BTreeSet<String>) {
    let documented = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/meters.md");
    let documented = fs::read_to_string(documented).unwrap();
    for name in names(service).difference(before) {
        assert!(documented.contains(&format!("`{name}`")), "{name:?} was invented");
    }
    assert_eq!(orders(service, ""), Some(15.0));
    service.get("/actuator/health").assert_status(200);
}

/// The value of `orders` for a query; `None` if it is not found.
#[track_caller]
fn orders(service: &Service, query: &str) -> Option<f64> {
    let answer = service.get(&format!("/actuator/metrics/orders{query}"));
    match answer.status() {
        200 => answer.json()["measurements"][0]["value"].as_f64(),
        404 => {
            assert!(answer.body().is_empty(), "{query}");
            None
        }
        other => panic!("{query}: {other} {}", answer.text()),
    }
}

/// As Spring writes it: no word of what was wrong.
#[track_caller]
fn assert_bad_request(answer: &Answer, path: &str) {
    assert_eq!(answer.status(), 400, "{}", answer.text());
    let body = answer.json();
    let members: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(members, ["error", "path", "status", "timestamp"], "{body}");
    assert_eq!((&body["error"], &body["path"]), (&"Bad Request".into(), &path.into()));
    assert!(answer.body().len() < 1_000);
}

/// The status that Spring gave, and what it allows or accepts instead.
fn recorded(name: &str) -> (u16, Option<String>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/boot-4.1.0");
    let text = fs::read_to_string(path.join(format!("{name}.http"))).unwrap();
    let (_, answer) = text.split_once("--> HTTP/1.1 ").unwrap();
    let header = |name: &str| {
        let value = answer.lines().find_map(|line| line.strip_prefix(name));
        value.map(|value| value.trim().to_owned())
    };
    (answer[..3].parse().unwrap(), header("Allow:").or_else(|| header("Accept:")))
}

#[test]
fn questions_that_were_recorded_get_the_recorded_status() {
    let service = start();
    let ask = |method: &str, target: &str, accept: Option<&str>| {
        let request = Request::new(method, target);
        service.send(match accept {
            Some(accept) => request.header("accept", accept),
            None => request,
        })
    };
    let one = "/actuator/metrics/orders";
    for (name, method, target, accept) in [
        ("metrics/query-tag-no-colon", "GET", format!("{one}?tag=kind"), None),
        (
            "metrics/query-tag-no-colon-second",
            "GET",
            format!("{one}?tag=kind:plain&tag=kind"),
            None,
        ),
        ("metrics/query-tag-unknown-key", "GET", format!("{one}?tag=nosuch:1"), None),
        ("metrics/query-tag-unknown-value", "GET", format!("{one}?tag=kind:never"), None),
        ("metrics/query-tag-case", "GET", format!("{one}?tag=KIND:plain"), None),
        ("metrics/query-tag-empty", "GET", format!("{one}?tag="), None),
        ("metrics/query-tag-empty-key", "GET", format!("{one}?tag=:plain"), None),
        ("metrics/query-tag-empty-value", "GET", format!("{one}?tag=kind:"), None),
        ("metrics/prometheus-name", "GET", "/actuator/metrics/orders_total".to_owned(), None),
        ("metrics/options", "OPTIONS", "/actuator/metrics".to_owned(), None),
        ("metrics/one-options", "OPTIONS", one.to_owned(), None),
        ("prometheus/options", "OPTIONS", "/actuator/prometheus".to_owned(), None),
        ("metrics/method-put", "PUT", "/actuator/metrics".to_owned(), None),
        ("prometheus/method-post", "POST", "/actuator/prometheus".to_owned(), None),
        ("metrics/get-accept-bad", "GET", "/actuator/metrics".to_owned(), Some("not-a-type")),
        ("prometheus/get-accept-bad", "GET", "/actuator/prometheus".to_owned(), Some("not-a-type")),
        (
            "prometheus/included-unknown",
            "GET",
            "/actuator/prometheus?includedNames=x".to_owned(),
            None,
        ),
    ] {
        let answer = ask(method, &target, accept);
        let (status, offered) = recorded(name);
        assert_eq!(answer.status(), status, "{name}: {method} {target}");
        if let Some(offered) = offered {
            let header = if status == 406 { "accept" } else { "allow" };
            assert_eq!(answer.header(header), Some(&*offered), "{name}");
        }
    }
}

#[test]
fn tags_are_found_whatever_they_hold_and_bad_ones_are_refused() {
    let service = start();
    let before = names(&service);
    let found = [
        ("?tag=kind:plain", Some(1.0)),
        ("?tag=kind:a:b", Some(2.0)),
        ("?tag=kind:a%2Cb&tag=kind:a%2Cb", Some(4.0)),
        ("?tag=kind:nul%00%20%0D%0A%22%C3%A9%5C&tag=", Some(8.0)),
        ("?tag=kind:plain&tag=kind:a:b", None),
        ("?tag=kind:%00", None),
        ("?tag=kind:%0D%0Aset-cookie:%20x", None),
        ("?tag=kind:.*&tag=kind:.*", None),
        ("?tag=.%2B:.%2B", None),
        ("?tag=kind:plain%00", None),
        ("?tag=:", None),
        ("?tag=::::&tag=:", None),
        ("?tag[]=kind:a:b", Some(15.0)),
        ("?TAG=kind", Some(15.0)),
        ("?&&&=&tag=kind:plain&=", Some(1.0)),
    ];
    for (query, value) in found {
        assert_eq!(orders(&service, query), value, "{query}");
    }
    let path = "/actuator/metrics/orders";
    let long = "x".repeat(60_000);
    for query in ["tag=kind", "tag=%00", "tag=kind:plain,kind", "tag=(a*)*", &format!("tag={long}")]
    {
        assert_bad_request(&service.get(&format!("{path}?{query}")), path);
    }
    assert_eq!(orders(&service, &format!("?tag=kind:{long}")), None);
    assert_eq!(orders(&service, &format!("?tag={long}:x")), None);
    // Longer than a target may be, for any page.
    let longer = format!("{path}?tag=kind:{}", "x".repeat(100_000));
    service.get(&longer).assert_status(414);
    for not_utf8 in ["tag=kind:%FF", "tag=%C0%AE:x", "tag=%ED%A0%80:x", "tag=kind:%zz"] {
        let answer = service.get(&format!("{path}?{not_utf8}"));
        assert!([400, 404].contains(&answer.status()), "{not_utf8}: {}", answer.status());
    }
    assert_nothing_invented(&service, &before);
}

#[test]
fn a_thousand_tags_are_one_question() {
    let service = start();
    let before = names(&service);
    let same = "&tag=kind:plain".repeat(1_000);
    assert_eq!(orders(&service, &format!("?x{same}")), Some(1.0));
    let different: Vec<String> = (0..1_000).map(|n| format!("&tag=key{n}:value")).collect();
    let different = different.concat();
    assert_eq!(orders(&service, &format!("?x{different}")), None);
    assert_eq!(orders(&service, &format!("?x{same}{different}")), None);
    let commas = (0..1_000).map(|_| "kind:plain").collect::<Vec<_>>().join(",");
    assert_eq!(orders(&service, &format!("?tag={commas}")), Some(1.0));
    let bad = format!("/actuator/metrics/orders?x{same}&tag=bad");
    assert_bad_request(&service.get(&bad), "/actuator/metrics/orders");
    assert_nothing_invented(&service, &before);
}

#[test]
fn unknown_names_are_not_found_and_leave_nothing() {
    let service = start();
    let before = names(&service);
    let long = "x".repeat(60_000);
    for name in [
        "nosuch",
        "ORDERS",
        "orders%20",
        "%20orders",
        ".*",
        "orders.*",
        "order[s]",
        "^orders$",
        "(a*)*b",
        "orders%3Ftag=kind",
        "%22",
        "%27%20or%201=1",
        "$%7Bjndi:ldap:x%7D",
        "%E2%80%AE",
        &long,
    ] {
        let answer = service.get(&format!("/actuator/metrics/{name}")).assert_status(404);
        assert!(answer.body().is_empty(), "{name}: {}", answer.text());
    }
    for name in [
        "%00",
        "orders%00",
        "%0D%0Ax:%20y",
        "%FF",
        "%C0%AE",
        "%",
        "%2F",
        "orders%2F",
        "..",
        "%2e%2e",
    ] {
        let answer = service.get(&format!("/actuator/metrics/{name}"));
        assert!([400, 404].contains(&answer.status()), "{name}: {}", answer.status());
        assert_eq!(answer.header("x"), None);
    }
    assert_nothing_invented(&service, &before);
}

#[test]
fn a_huge_accept_is_answered_by_the_contract() {
    let service = start();
    let before = names(&service);
    let ranges =
        |one: &str| (0..1_000).map(|n| one.replace('#', &n.to_string())).collect::<String>();
    let unknown = ranges("text/x#;q=0.#,");
    let long = format!("text/{}", "x".repeat(16_000));
    for page in PAGES {
        for accept in [format!("*/*,{unknown}"), format!("{long},*/*;q=0.1"), "*/*,".repeat(4_000)]
        {
            let answer = service.send(Request::get(page).header("accept", &accept));
            assert_eq!(answer.status(), 200, "{page}");
        }
        // What stands behind hundreds of others is not looked at.
        let answer = service.send(Request::get(page).header("accept", &format!("{unknown}*/*")));
        assert!([200, 406].contains(&answer.status()), "{page}: {}", answer.status());
        let refused = service.send(Request::get(page).header("accept", &long));
        let is_a_resource = [STATS, PYMICRO].contains(&page);
        assert!(refused.status() == 406 || (is_a_resource && refused.status() == 200), "{page}");
        for odd in
            ["", ",", ";", "/", "*", "*/json", "text/plain;q=9", "text/plain;=;=", "\"", "a/b;c=\""]
        {
            let answer = service.send(Request::get(page).header("accept", odd));
            assert!(
                [200, 400, 406].contains(&answer.status()),
                "{page} {odd}: {}",
                answer.status()
            );
        }
    }
    assert_nothing_invented(&service, &before);
}

#[test]
fn included_names_select_and_conflicting_parameters_are_no_conflict() {
    let service = start();
    let before = names(&service);
    let text = |query: &str| {
        let answer = service.get(&format!("/actuator/prometheus?{query}")).assert_status(200);
        assert_eq!(answer.media_type(), "text/plain", "{query}");
        answer.text()
    };
    let odd: Vec<String> = (0..1_000).map(|n| format!("includedNames=n{n}%00%0A&")).collect();
    let odd = odd.concat();
    assert_eq!(text(&odd), "");
    assert_eq!(text(&format!("{odd}includedNames=orders")).lines().count(), 6);
    let long = "x,".repeat(30_000);
    assert_eq!(text(&format!("includedNames={long}")), "");
    let both = text(
        "includedNames=orders&includedNames=&format=openmetrics&name[]=process_uptime_seconds",
    );
    assert_eq!(both.lines().count(), 6, "{both}");
    for odd in ["includedNames=%FF", "includedNames=orders%zz"] {
        let answer = service.get(&format!("/actuator/prometheus?{odd}"));
        assert!([200, 400].contains(&answer.status()), "{odd}: {}", answer.status());
    }
    for page in [STATS, PYMICRO] {
        let queries = ["tag=bad", "reset=%00", "reset=11", "reset=0&reset=2", &odd];
        for query in queries {
            assert_eq!(service.status(&format!("{page}?{query}")), 200, "{page}?{query}");
        }
    }
    let refused = service.get(&format!("{STATS}?reset=0&reset=1")).assert_status(400);
    assert_eq!(refused.json()["status"], 400);
    assert_nothing_invented(&service, &before);
}

#[test]
fn methods_are_answered_alike_on_all_pages() {
    let service = start();
    let before = names(&service);
    for page in PAGES {
        let whole = service.get(page).assert_status(200);
        let head = service.send(Request::new("HEAD", page)).assert_status(200);
        assert_eq!(head.header("content-type"), whole.header("content-type"), "{page}");
        assert!(head.body().is_empty(), "{page}");
        let options = service.send(Request::new("OPTIONS", page)).assert_status(200);
        assert_eq!(options.header("allow"), Some("GET,HEAD,OPTIONS"), "{page}");
        for method in ["POST", "DELETE", "PATCH", "BREW"] {
            let request = Request::new(method, page).header("content-type", "application/json");
            let answer = service.send(request.body("{\"tag\":\"kind:x\"}"));
            assert_eq!(answer.assert_status(405).header("allow"), Some("GET"), "{method} {page}");
        }
    }
    assert_nothing_invented(&service, &before);
}

#[test]
fn odd_tags_are_well_formed_on_every_page() {
    let service = start();
    let text = service.get("/actuator/prometheus?includedNames=orders").text();
    // Two lines of comments and one for each series: no value has broken a line.
    assert_eq!(text.lines().count(), 6, "{text}");
    let pymicro = service.get(PYMICRO).assert_status(200).text();
    assert!(pymicro.contains(r#"pymicro_ret_total{r="x\"y\nz\\"} 3"#), "{pymicro}");
    let stats = service.get(STATS).assert_status(200).json();
    assert_eq!(stats["counters"]["orders/kind/nul\0 \r\n\"é\\"], 8, "{stats}");
}

#[test]
fn whatever_names_and_tags_hold_each_page_can_be_read() {
    let (sender, receiver) = mpsc::channel();
    let service = start_with(move |app| sender.send(app.meters()).unwrap());
    let meters = receiver.recv().unwrap();
    let text = || prop_oneof!["\\PC{0,8}", "[\0-\u{7f}]{0,8}", "[a-z./_\"\\\\=,{}#\n]{0,8}"];
    let tags = prop::collection::vec((text(), text()), 0..4);
    let ask = |path: &str| {
        let answer = service.get(path).assert_status(200);
        String::from_utf8(answer.body().to_vec()).unwrap()
    };
    TestRunner::new(Config { cases: 60, failure_persistence: None, ..Config::default() })
        .run(&(text(), tags), |(name, tags)| {
            meters.meter(format!("pymicro.{name}")).tags(tags.clone()).counter().add(3);
            meters.meter(name.clone()).tags(tags.clone()).gauge().set(2.0);
            let timer = meters.meter("http.server.requests").tags(tags.clone());
            timer.tag("status", name.clone()).timer().record(Duration::ZERO);
            let long = meters.meter(format!("long.{name}")).tags(tags).long_task_timer();
            let _ = long.start();
            Document::read(&ask(PYMICRO));
            Document::read(&ask("/actuator/prometheus"));
            let stats: Value = serde_json::from_str(&ask(STATS)).unwrap();
            prop_assert!(stats["counters"].is_object() && stats["gauges"].is_object());
            Ok(())
        })
        .unwrap();
}

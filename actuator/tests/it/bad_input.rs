//! What a client may send: everything. It gets an answer of the contract or a closed door, the
//! next request is served, and nothing has changed. That memory does not grow either is proven
//! on a process of its own, in `examples/quickstart`.

use testkit::{Answer, Request, send, send_and_end};

use crate::app::{Service, app};

fn start() -> Service {
    app()
        .setting("actuator.compat.httptrace", "true")
        .setting("actuator.compat.dump", "true")
        .start()
}

/// Every path of the API, those with parameters filled in.
fn paths(service: &Service) -> Vec<String> {
    let index = service.get("/actuator").json();
    let links = index["_links"].as_object().unwrap();
    let own = format!("http://{}", service.address);
    let paths = links.values().map(|link| {
        let path = link["href"].as_str().unwrap().strip_prefix(&own).unwrap();
        path.replace("{*path}", "diskSpace")
            .replace("{name}", "ROOT")
            .replace("{requiredMetricName}", "process.uptime")
            .replace("{toMatch}", "PID")
            .replace("{prefix}", "server")
    });
    let paths: Vec<String> = paths.collect();
    assert!(paths.len() > 10 && paths.iter().all(|path| !path.contains('{')), "{paths:?}");
    paths
}

/// Those whose answers come to an end by themselves; what the other one is sent is in
/// `tests/log_reading`.
fn ending_paths(service: &Service) -> Vec<String> {
    let mut paths = paths(service);
    paths.retain(|path| path != "/actuator/logstream");
    paths
}

#[track_caller]
fn assert_alive(service: &Service) {
    service.get("/actuator/health").assert_status(200);
}

#[track_caller]
fn assert_contract(answer: &Answer, sent: &str) {
    let fine = answer.status() < 500;
    assert!(fine, "{sent}: {} {}", answer.status(), answer.text());
}

#[test]
fn unknown_methods_are_405_with_what_is_allowed() {
    let service = start();
    for path in paths(&service) {
        for method in ["PUT", "PATCH", "TRACE", "BREW", "get", "PROPFIND"] {
            let answer = service.send(Request::new(method, &path)).assert_status(405);
            assert!(answer.header("allow").unwrap().contains("GET"), "{method} {path}");
        }
    }
    assert_alive(&service);
}

#[test]
fn huge_heads_are_refused() {
    let service = start();
    for path in paths(&service) {
        let long = "x".repeat(600_000);
        let target = format!("GET {path}?{long} HTTP/1.1\r\nhost: localhost\r\n\r\n");
        let header = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nx: {long}\r\n\r\n");
        let many = "a: b\r\n".repeat(500);
        let headers = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{many}\r\n");
        for request in [target, header, headers] {
            if let Some(answer) = send(service.address, request.as_bytes()) {
                assert!((400..500).contains(&answer.status()), "{path}: {}", answer.status());
            }
        }
    }
    assert_alive(&service);
}

#[test]
fn long_queries_are_answered() {
    let service = start();
    let queries = [
        "tag=a:b&".repeat(4_000),
        "&".repeat(30_000),
        "pattern=".to_owned() + &"(a*)*".repeat(6_000),
        "=".repeat(30_000),
        "tag=".to_owned() + &":".repeat(30_000),
    ];
    for path in ending_paths(&service) {
        for query in &queries {
            let answer = service.get(&format!("{path}?{query}"));
            assert_contract(&answer, &path);
        }
    }
    assert_alive(&service);
}

#[test]
fn bad_escapes_are_refused_in_paths_and_queries() {
    let service = start();
    for path in ending_paths(&service) {
        for bad in ["%", "%zz", "%ff", "%00", "%2f", "..%2f..%2fetc%2fpasswd", "%c0%ae"] {
            let below = service.get(&format!("{path}/{bad}"));
            assert!([400, 404].contains(&below.status()), "{path}/{bad}: {}", below.status());
            assert_contract(&service.get(&format!("{path}?x={bad}&{bad}=x")), &path);
        }
    }
    for target in ["/actuator/../etc/passwd", "//actuator//health", "/actuator/health/../env", "*"]
    {
        let request =
            format!("GET {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        if let Some(answer) = send(service.address, request.as_bytes()) {
            assert!((400..500).contains(&answer.status()), "{target}: {}", answer.status());
        }
    }
    assert_alive(&service);
}

#[test]
fn bodies_that_are_too_long_are_refused_and_change_nothing() {
    let service = start();
    let before = service.get("/actuator/loggers/ROOT").json();
    let long = format!(r#"{{"configuredLevel":"TRACE","x":"{}"}}"#, "x".repeat(1_000_000));
    for path in paths(&service) {
        let answer = send(
            service.address,
            format!(
                "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
                 content-length: {}\r\nconnection: close\r\n\r\n{long}",
                long.len()
            )
            .as_bytes(),
        );
        if let Some(answer) = answer {
            assert!([405, 413].contains(&answer.status()), "{path}: {}", answer.status());
        }
    }
    assert_eq!(service.get("/actuator/loggers/ROOT").json(), before);
    assert_alive(&service);
}

#[test]
fn documents_of_every_wrong_kind_are_400_and_change_nothing() {
    let service = start();
    let before = service.get("/actuator/loggers/it::unchanged").status();
    let deep = "[".repeat(50_000);
    let nested = r#"{"configuredLevel":"#.repeat(3_000);
    let bad = [
        "{",
        "[]",
        "\"DEBUG\"",
        "{\"configuredLevel\":{}}",
        "{\"configuredLevel\":[\"DEBUG\"]}",
        "{\"configuredLevel\":\"LOUD\"}",
        "{\"configuredLevel\":1e999}",
        "\u{0}",
        "{}{}",
        &deep,
        &nested,
    ];
    for document in bad {
        service.post("/actuator/loggers/it::unchanged", document).assert_status(400);
    }
    for not_utf8 in [b"{\"configuredLevel\":\"\xff\"}".as_slice(), b"\xff\xfe{\0}\0"] {
        let request = Request::new("POST", "/actuator/loggers/it::unchanged")
            .header("content-type", "application/json")
            .body(not_utf8);
        service.send(request).assert_status(400);
    }
    assert_eq!(service.get("/actuator/loggers/it::unchanged").status(), before);
    assert_alive(&service);
}

#[test]
fn ten_thousand_wrong_changes_of_levels_are_refused_and_change_nothing() {
    let service = start();
    let listed = |target: &str| {
        let all = service.get(target).assert_status(200).text();
        all.matches("it::wrong").count()
    };
    let members = [
        "\"configuredLevel\":\"LOUD\"",
        "\"configuredLevel\":{\"configuredLevel\":\"DEBUG\"}",
        "\"configuredLevel\":\"DEBUG\",\"expiresIn\":\"PT-1S\"",
        "\"configuredLevel\":\"DEBUG\",\"expiresIn\":\"99999999999999999999d\"",
        "\"configuredLevel\":\"DEBUG\",\"reason\":\"\\u202e\"",
        "\"configuredLevel\":\"DEBUG\",\"actor\":\"a\\nb\"",
        "\"levels\":{\"it::wrong\":\"DEBUG\",\"it::wrong::too\":7}",
        "\"levels\":{\"it::wrong\":{\"it::wrong\":\"DEBUG\"}}",
        "\"levels\":[{\"it::wrong\":\"DEBUG\"}]",
        "\"levels\":{\"it::wrong\":\"DEBUG\"},\"levels\":null",
        "\"levels\":{\"it::wrong\":\"DEBUG\"},\"more\":1",
    ];
    let wrong = "it::wrong".repeat(30);
    let names = ["it::wrong%00", "it::wrong%0AINFO", "it::wrong%20", "it::wrong%E2%80%AE", &wrong];
    for round in 0..10_000 / (members.len() + names.len()) {
        for member in members {
            let body = format!("{{\"round\":{round},{member}}}");
            let target = if member.starts_with("\"levels") {
                "/actuator/loggeroverrides"
            } else {
                "/actuator/loggers/it::wrong"
            };
            service.post(target, &body).assert_status(400);
        }
        for name in names {
            let target = format!("/actuator/loggers/{name}");
            service.post(&target, "{\"configuredLevel\":\"DEBUG\"}").assert_status(400);
        }
    }
    assert_eq!(listed("/actuator/loggers"), 0);
    assert_eq!(listed("/actuator/loggeroverrides"), 0);
    assert_alive(&service);
}

#[test]
fn bodies_that_break_off_or_are_garbage_harm_nobody() {
    let service = start();
    for path in paths(&service) {
        for (framing, body) in [
            ("transfer-encoding: chunked", "zzz\r\nnonsense"),
            ("transfer-encoding: chunked", "5\r\n{\"con"),
            ("transfer-encoding: chunked", "ffffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
            ("content-length: 1000000000", "{}"),
            ("content-length: -1", "{}"),
            ("content-length: 2\r\ncontent-length: 3", "{}"),
            ("content-length: 2\r\ntransfer-encoding: chunked", "{}"),
        ] {
            let request = format!(
                "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n{framing}\r\n\r\n{body}"
            );
            if let Some(answer) = send_and_end(service.address, request.as_bytes()) {
                assert!((400..500).contains(&answer.status()), "{path}: {}", answer.status());
            }
        }
    }
    assert_alive(&service);
}

#[test]
fn what_is_not_http_is_turned_away() {
    let service = start();
    let long = vec![0xff; 70_000];
    let garbage: [&[u8]; 6] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\r\n\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /actuator HTTP/9.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        &long,
    ];
    for bytes in garbage {
        if let Some(answer) = send_and_end(service.address, bytes) {
            assert!(
                (400..500).contains(&answer.status()),
                "{:?}: {}",
                &bytes[..5],
                answer.status()
            );
        }
    }
    // Those that say nothing keep nobody out.
    let silent: Vec<_> = (0..50).map(|_| testkit::open(service.address)).collect();
    assert_alive(&service);
    drop(silent);
}

#[test]
fn odd_headers_are_answered_in_the_words_of_the_contract() {
    let service = start();
    let ranges = (0..100).map(|i| format!("{i}-{i}")).collect::<Vec<_>>().join(",");
    let headers = [
        ("accept", "a".repeat(20_000)),
        ("accept", "application/json;q=".repeat(500)),
        ("accept", "*/*,".repeat(5_000)),
        ("accept", "\u{fc}/*".to_owned()),
        ("content-type", ";;;".to_owned()),
        ("range", format!("bytes={ranges}")),
        ("range", "bytes=99999999999999999999-".to_owned()),
        ("range", "bytes=-99999999999999999999".to_owned()),
        ("range", "lines=1-2".to_owned()),
        ("if-none-match", "\"".to_owned()),
        ("expect", "the unexpected".to_owned()),
        ("origin", "null".to_owned()),
    ];
    for path in ending_paths(&service) {
        for (name, value) in &headers {
            let answer = service.send(Request::get(&path).header(name, value));
            assert_contract(&answer, &format!("{path} with {name}"));
        }
    }
    assert_alive(&service);
}

#[test]
fn a_hundred_ranges_of_the_log_cost_no_more_than_the_log() {
    let service = start();
    let whole = service.get("/actuator/logfile");
    assert_ne!(whole.status(), 404, "there is no log file to ask for");
    let ranges = (0..100).map(|_| "0-").collect::<Vec<_>>().join(",");
    let request = Request::get("/actuator/logfile").header("range", &format!("bytes={ranges}"));
    let answer = service.send(request);
    assert!([200, 206, 416].contains(&answer.status()), "{}", answer.status());
    let now = service.get("/actuator/logfile").body().len();
    assert!(answer.body().len() <= now + 1024, "{} of {now}", answer.body().len());
}

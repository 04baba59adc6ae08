//! What a service sends to a statsd server that listens, and the views of those who come from one.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, Ipv6Addr, UdpSocket},
    time::{Duration, Instant},
};

use actuator::{Health, client::ClientMeters};
use axum::{Router, routing::get};
use serde_json::json;
use testkit::Request;

use crate::app::{TestApp, app};

const EXPORT: &str = "management.statsd.metrics.export";

/// A statsd server on a free port.
struct Listener(UdpSocket);

impl Listener {
    fn v4() -> Self {
        Self::on(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap())
    }

    fn v6() -> Self {
        Self::on(UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)).unwrap())
    }

    fn on(socket: UdpSocket) -> Self {
        // Only for a test that fails: the datagrams that are waited for do come.
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Self(socket)
    }

    fn address(&self) -> String {
        self.0.local_addr().unwrap().to_string()
    }

    fn port(&self) -> String {
        self.0.local_addr().unwrap().port().to_string()
    }

    /// All lines, until there is one of each of these beginnings.
    fn until(&self, wanted: &[&str]) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut buffer = [0; 2_000];
        let began = Instant::now();
        while !wanted.iter().all(|start| lines.iter().any(|line| line.starts_with(start))) {
            // Who waits for a line that never comes may be sent others for ever.
            assert!(began.elapsed() < testkit::PATIENCE, "{wanted:?} in {lines:#?}");
            let length = self.0.recv(&mut buffer).expect("all lines that are wanted");
            assert!(length <= 1_400, "{length}");
            let datagram = std::str::from_utf8(&buffer[..length]).unwrap();
            lines.extend(datagram.split('\n').map(str::to_owned));
        }
        lines
    }
}

/// Answers `/orders/{id}`, and sends meters only on the way down, unless a test says otherwise.
fn shop() -> TestApp {
    let routes = Router::new().route("/orders/{id}", get(|| async { "one" }));
    app()
        .routes(routes)
        .setting("actuator.metrics.management-requests", "false")
        .setting(&format!("{EXPORT}.polling-frequency"), "1h")
}

#[test]
fn the_last_meters_are_sent_on_the_way_down() {
    for (listener, host) in [(Listener::v4(), "127.0.0.1"), (Listener::v6(), "::1")] {
        let service = shop()
            .setting(&format!("{EXPORT}.host"), host)
            .setting(&format!("{EXPORT}.port"), &listener.port())
            .start();
        for order in 0..3 {
            service.get(&format!("/orders/{order}")).assert_status(200);
        }
        service.stop().finish();
        let lines = listener.until(&["http.server.requests:", "process.uptime:"]);
        let told = lines.iter().filter(|line| line.starts_with("http.server.requests:"));
        let requests: f64 = told
            .inspect(|line| {
                assert!(line.contains("|#error:none,exception:none,method:GET"), "{line}");
            })
            .map(|line| {
                let rate =
                    line.split_once("|@").map_or("1", |(_, rest)| rest.split('|').next().unwrap());
                (1.0 / rate.parse::<f64>().unwrap()).round()
            })
            .sum();
        assert!((requests - 3.0).abs() < f64::EPSILON, "{lines:#?}");
        assert!(lines.iter().any(|line| line.ends_with("uri:/orders/{id}")), "{lines:#?}");
    }
}

#[test]
fn each_step_sends_what_is_new() {
    let listener = Listener::v4();
    let service = shop()
        .setting(&format!("{EXPORT}.host"), "127.0.0.1")
        .setting(&format!("{EXPORT}.port"), &listener.port())
        .setting(&format!("{EXPORT}.polling-frequency"), "20ms")
        .start();
    for status in [200, 404] {
        let path = if status == 200 { "/orders/1" } else { "/nothing" };
        service.get(path).assert_status(status);
        let lines = listener.until(&["http.server.requests:"]);
        let told: Vec<_> =
            lines.iter().filter(|l| l.starts_with("http.server.requests:")).collect();
        assert_eq!(told.len(), 1, "{told:#?}");
        assert!(told[0].contains(&format!("status:{status}")), "{told:#?}");
    }
}

#[test]
fn the_variables_of_c2cwsgiutils_give_its_keys() {
    let send = |use_tags: &str| {
        let listener = Listener::v4();
        let service = shop()
            .setting("statsd.address", &listener.address())
            .setting("statsd.prefix", "shop")
            .setting("statsd.use-tags", use_tags)
            .setting("statsd.tag.zone", "a")
            .start();
        service.get("/orders/1").assert_status(200);
        service.get("/nothing").assert_status(404);
        service.stop().finish();
        let lines = listener.until(&["shop.route", "shop.system.cpu.count"]);
        let routes = lines.into_iter().filter(|line| line.starts_with("shop.route"));
        let mut keys: BTreeMap<String, String> = BTreeMap::new();
        for line in routes {
            let (key, rest) = line.split_once(':').unwrap();
            let (value, rest) = rest.split_once('|').unwrap();
            assert!(value.parse::<u32>().unwrap() >= 1, "{line}");
            keys.insert(key.to_owned() + rest, value.to_owned());
        }
        keys.into_keys().collect::<Vec<_>>()
    };
    assert_eq!(
        send("false"),
        ["shop.route.GET._not_found.404ms|#zone:a", "shop.route.GET._orders__id_.200ms|#zone:a"]
    );
    let tagged = send("true").join("\n");
    assert!(
        tagged.contains("shop.routems|#group:2,method:GET,route:/orders/{id},status:200,zone:a")
    );
}

/// What these settings send of a service with two checks that calls others, by the beginnings of
/// names: lines without the values of durations.
fn automatic(use_tags: &str) -> Vec<String> {
    let listener = Listener::v4();
    let service = shop()
        .setting("statsd.address", &listener.address())
        .setting("statsd.use-tags", use_tags)
        .setting(&format!("{EXPORT}.polling-frequency"), "10ms")
        .with(|app| {
            app.health_check("db", || async { Health::up() });
            app.health_check("mail", || async { Health::down() });
            let meters = ClientMeters::new(app.meters());
            let users = "https://api.example.com:8443/users/{id}";
            meters.start("GET", "api.example.com", users).answered(200);
            meters.start("POST", "shop", "http://shop/orders").failed("TimedOut");
        })
        .start();
    service.get("/actuator/health").assert_status(503);
    let wanted = ["requests.https", "requests.http.", "health_check.db", "health_check.mail"];
    let wanted = if use_tags == "true" { vec!["requests", "health_check"] } else { wanted.into() };
    let mut lines = listener.until(&[&*wanted, &["version"]].concat());
    // What is sent again with each step would be here by now.
    service.get("/orders/1").assert_status(200);
    lines.extend(listener.until(&["route", "process.uptime"]));
    service.stop().finish();
    let is_other = |line: &str| {
        let checks = ["db", "mail"];
        line.starts_with("health_check") && !checks.iter().any(|check| line.contains(check))
    };
    lines.retain(|line| {
        let starts = ["requests", "health_check", "version"];
        starts.iter().any(|start| line.starts_with(start)) && !is_other(line)
    });
    let plain = |line: String| match line.split_once(|c| ":|".contains(c)) {
        Some((key, rest)) if rest.contains("|ms") => {
            let (value, rest) = rest.split_once('|').unwrap();
            assert!(value.parse::<u32>().unwrap() >= 1, "{rest}");
            format!("{key}:_|{rest}")
        }
        _ => line,
    };
    let mut lines: Vec<String> = lines.into_iter().map(plain).collect();
    lines.sort();
    lines
}

#[test]
fn calls_checks_and_the_version_have_the_names_of_c2cwsgiutils() {
    assert_eq!(
        automatic("false"),
        [
            "health_check.db.success:1|c",
            "health_check.mail.failure:1|c",
            "requests.http.shop.80.POST.999:_|ms",
            "requests.https.api_example_com.8443.GET.200:_|ms",
            "version.1_2_3:1|c",
        ]
    );
    assert_eq!(
        automatic("true"),
        [
            "health_check:1|c|#name:db,outcome:success",
            "health_check:1|c|#name:mail,outcome:failure",
            "requests:_|ms|#host:api.example.com,method:GET,port:8443,scheme:https,status:200",
            "requests:_|ms|#host:shop,method:POST,port:80,scheme:http,status:999",
            "version:1|c|#version:1.2.3",
        ]
    );
}

#[test]
fn a_flavor_of_ones_own_has_the_meters_under_their_own_names() {
    let listener = Listener::v4();
    let service = shop()
        .setting("statsd.address", &listener.address())
        .setting(&format!("{EXPORT}.flavor"), "datadog")
        .with(|app| {
            let meters = ClientMeters::new(app.meters());
            meters.start("GET", "shop", "https://shop/users/{id}").answered(200);
        })
        .start();
    service.stop().finish();
    let lines = listener.until(&["http.client.requests:", "application.info:"]);
    let line = |start| lines.iter().find(|line| line.starts_with(start)).unwrap();
    assert_eq!(
        line("application.info:"),
        "application.info:1|g|#commit:none,statistic:value,version:1.2.3"
    );
    assert!(!line("http.client.requests:").contains("url.scheme"), "{lines:#?}");
}

#[test]
fn requests_do_not_care_whether_anybody_collects() {
    let listener = Listener::v4();
    let port = listener.port();
    drop(listener);
    let service = shop()
        .setting(&format!("{EXPORT}.host"), "127.0.0.1")
        .setting(&format!("{EXPORT}.port"), &port)
        .setting(&format!("{EXPORT}.polling-frequency"), "5ms")
        .start();
    let dropped = || {
        let meter = "/actuator/metrics/actuator.export.datagrams?tag=outcome:dropped";
        service.get(meter).assert_status(200).json()["measurements"][0]["value"].as_f64().unwrap()
    };
    while dropped() < 3.0 {
        service.get("/orders/1").assert_status(200);
    }
    service.stop().finish();
}

#[test]
fn a_service_that_would_collect_from_itself_does_not_start() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port().to_string();
    drop(free);
    let error = app()
        .setting("server.port", &port)
        .setting(&format!("{EXPORT}.host"), "localhost")
        .setting(&format!("{EXPORT}.port"), &port)
        .refused()
        .to_string();
    assert!(error.contains(&format!("{EXPORT}.host")) && error.contains("itself"), "{error}");
}

#[test]
fn pymicros_counters_are_served_and_sent() {
    let listener = Listener::v4();
    let service = shop()
        .setting("actuator.compat.pymicro.enabled", "true")
        .setting(&format!("{EXPORT}.host"), "127.0.0.1")
        .setting(&format!("{EXPORT}.port"), &listener.port())
        .with(|app| {
            let counter = app.meters().meter("pymicro.ret.req").tag("pymicro_ret", "0").counter();
            counter.add(4);
        })
        .start();
    for path in ["/orders/1", "/orders/2", "/nothing"] {
        service.get(path);
    }
    let page = service.get("/metrics").assert_status(200);
    assert_eq!(page.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    assert_eq!(
        page.text(),
        "# HELP pymicro_req_total The total counts of requests\n\
         # TYPE pymicro_req_total counter\n\
         pymicro_req_total{code=\"200\"} 2\n\
         pymicro_req_total{code=\"404\"} 1\n\
         # HELP pymicro_ret_req_total Counted by pymicro\n\
         # TYPE pymicro_ret_req_total counter\n\
         pymicro_ret_req_total{pymicro_ret=\"0\"} 4\n"
    );
    service.stop().finish();
    let lines = listener.until(&["pymicro_req_total:1|c|#code:404"]);
    let of_200: Vec<_> = lines.iter().filter(|line| line.contains("|c|#code:200")).collect();
    assert!(of_200.iter().any(|line| line.starts_with("pymicro_req_total:")), "{lines:#?}");
}

#[test]
fn stats_json_has_the_keys_and_the_members_of_c2cwsgiutils() {
    let service = shop()
        .setting("actuator.compat.c2c.stats.enabled", "true")
        .with(|app| {
            let meters = app.meters();
            meters.meter("orders.paid").tag("method", "card/visa").counter().add(2);
            meters.meter("queue").gauge().set(1.5);
            let client = ClientMeters::new(app.meters());
            client.start("GET", "shop", "https://shop/users/{id}").answered(200);
            let timer = meters.meter("job").timer();
            for millis in [10, 20, 60] {
                timer.record(Duration::from_millis(millis));
            }
        })
        .start();
    service.get("/orders/1").assert_status(200);
    let stats = service.get("/c2c/stats.json").assert_status(200);
    assert_eq!(stats.header("content-type"), Some("application/json"));
    let stats = stats.json();
    assert_eq!(stats["counters"]["orders/paid/method/card_visa"], 2);
    assert_eq!(stats["gauges"]["queue"], 1.5);
    let job = &stats["timers"]["job"];
    assert_eq!((&job["avg_ms"], &job["max_ms"], &job["nb"]), (&json!(30), &json!(60), &json!(3)));
    let least = job["min_ms"].as_u64().unwrap();
    assert!((9..=10).contains(&least), "{job}");
    assert_eq!(stats["timers"]["route/GET/_orders_{id}/200"]["nb"], 1);
    assert_eq!(stats["timers"]["requests/https/shop/443/GET/200"]["nb"], 1);
    assert_eq!(stats["counters"]["version/1.2.3"], 1);
    assert!(stats.as_object().unwrap().keys().eq(["counters", "gauges", "timers"]));
}

#[test]
fn reading_stats_json_changes_nothing() {
    let service = shop()
        .setting("actuator.compat.c2c.stats.enabled", "true")
        .setting("actuator.compat.c2c.stats.path", "/stats.json")
        .with(|app| app.meters().meter("paid").counter().add(2))
        .start();
    let refused = service.get("/stats.json?reset=1").assert_status(400);
    assert!(refused.text().contains("Take the difference"), "{}", refused.text());
    let stats = service.get("/stats.json?reset=0").assert_status(200).json();
    assert_eq!(stats["counters"]["paid"], 2);
    assert_eq!(service.send(Request::post("/stats.json", "{}")).status(), 405);
}

#[test]
fn nothing_of_it_is_there_by_default() {
    let service = app().start();
    for path in ["/c2c/stats.json", "/stats.json", "/metrics"] {
        assert_eq!(service.status(path), 404, "{path}");
    }
    let names = service.get("/actuator/metrics").json()["names"].to_string();
    assert!(!names.contains("actuator.export"), "{names}");
}

//! `/actuator/prometheus` as scrapers ask for it.

use std::time::Duration;

use testkit::Request;

use crate::app::{Service, app};

const TEXT: &str = "text/plain;version=0.0.4;charset=utf-8";
const OPENMETRICS: &str = "application/openmetrics-text;version=1.0.0;charset=utf-8";
const PROTOBUF: &str =
    "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

fn start() -> Service {
    app().taking_long_heads().with(|app| record(&app.meters())).start()
}

fn record(meters: &actuator::meter::MeterRegistry) {
    meters.meter("orders").description("Orders so far").tag("kind", "a\"b").counter().add(3);
    meters.meter("size").service_level_objectives([1.0]).summary().record(0.5);
    meters.meter("broken").gauge_with(|| panic!("no value today"));
    let wait = meters.meter("wait").timer();
    wait.record(Duration::from_millis(1_500));
}

fn accepting(accept: &str) -> Request {
    Request::get("/actuator/prometheus").header("accept", accept)
}

#[test]
fn the_meters_are_there_in_the_form_that_is_asked_for() {
    let service = start();
    let answer = service.get("/actuator/prometheus").assert_status(200);
    assert_eq!(answer.header("content-type"), Some(TEXT));
    let text = answer.text();
    for lines in [
        "# HELP orders_total Orders so far\n# TYPE orders_total counter\norders_total{kind=\"a\\\"b\"} 3.0\n",
        "size_bucket{le=\"1.0\"} 1\nsize_bucket{le=\"+Inf\"} 1\nsize_count 1\nsize_sum 0.5\n",
        "wait_seconds_count 1\nwait_seconds_sum 1.5\n",
        "broken NaN\n",
        "# TYPE process_uptime_seconds gauge\n",
    ] {
        assert!(text.contains(lines), "{lines} is not in {text}");
    }

    let prometheus_3 = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
        text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
    let answer = service.send(accepting(prometheus_3)).assert_status(200);
    assert_eq!(answer.header("content-type"), Some(OPENMETRICS));
    let text = answer.text();
    assert!(text.contains("# TYPE orders counter\n") && text.ends_with("# EOF\n"), "{text}");

    let answer = service.send(accepting("application/vnd.google.protobuf")).assert_status(200);
    assert_eq!(answer.header("content-type"), Some(PROTOBUF));
    let named = |name: &[u8]| answer.body().windows(name.len()).any(|bytes| bytes == name);
    assert!(named(b"\x0a\x0corders_total") && named(b"\x0a\x04kind\x12\x03a\"b"));
}

#[test]
fn what_is_not_spoken_is_refused_with_what_is() {
    let service = start();
    let offers = format!("{TEXT}, {OPENMETRICS}, {PROTOBUF}");
    for accept in ["application/json", "text/plain;version=0.0.3", "image/png"] {
        let answer = service.send(accepting(accept)).assert_status(406);
        assert_eq!(answer.header("accept"), Some(&*offers), "{accept}");
    }
    for method in ["POST", "PUT", "DELETE"] {
        let answer = service.send(Request::new(method, "/actuator/prometheus"));
        assert_eq!(answer.assert_status(405).header("allow"), Some("GET"));
    }
}

#[test]
fn head_has_the_headers_and_no_body() {
    let service = start();
    let answer = service.send(Request::new("HEAD", "/actuator/prometheus")).assert_status(200);
    assert_eq!(answer.header("content-type"), Some(TEXT));
    assert_eq!(answer.header("content-length"), None);
    assert!(answer.body().is_empty());
}

#[test]
fn names_select_families_and_odd_ones_select_nothing() {
    let service = start();
    let get = |query: &str| {
        let answer = service.get(&format!("/actuator/prometheus?{query}")).assert_status(200);
        assert_eq!(answer.header("content-type"), Some(TEXT));
        answer.text()
    };
    assert!(get("includedNames=orders").starts_with("# HELP orders_total "));
    assert_eq!(get("includedNames=orders,wait_seconds_max").lines().count(), 6);
    assert_eq!(get("includedNames=orders&includedNames=wait_seconds_max").lines().count(), 6);
    for nothing in
        ["includedNames=", "includedNames=orders_total", "includedNames=%00", "includedNames=.*"]
    {
        assert_eq!(get(nothing), "", "{nothing}");
    }
    let many = "includedNames=nosuch&".repeat(1_000) + "includedNames=orders";
    assert_eq!(get(&many).lines().count(), 3);
    assert!(get("includedNames[]=orders&x=y").contains("process_uptime_seconds"));
}

#[test]
fn huge_headers_are_answered_by_the_contract() {
    let service = start();
    let accept = "application/json,".repeat(3_000) + "text/plain";
    service.send(accepting(&accept)).assert_status(406);
    let encoding = "br,".repeat(10_000) + "gzip";
    let request = accepting("*/*").header("accept-encoding", &encoding);
    assert_eq!(service.send(request).assert_status(200).header("content-encoding"), None);
    service.get("/actuator/health").assert_status(200);
}

#[test]
fn it_is_compressed_for_those_who_accept_that_unless_it_is_switched_off() {
    let service = start();
    let ask = |service: &Service| service.send(accepting("*/*").header("accept-encoding", "gzip"));
    let answer = ask(&service).assert_status(200);
    assert_eq!(answer.header("vary"), Some("accept-encoding"));
    if answer.header("content-encoding") == Some("gzip") {
        let plain = service.get("/actuator/prometheus").body().len();
        assert!(answer.body().len() < plain / 2, "{} of {plain}", answer.body().len());
        assert_eq!(answer.body()[..2], [0x1f, 0x8b]);
    }
    let service = app().setting("actuator.prometheus.compression", "false").start();
    let answer = ask(&service).assert_status(200);
    assert_eq!((answer.header("content-encoding"), answer.header("vary")), (None, None));
}

#[test]
fn it_can_be_switched_off() {
    let service = app().setting("management.prometheus.metrics.export.enabled", "false").start();
    service.get("/actuator/prometheus").assert_status(404);
    assert!(service.get("/actuator").json()["_links"]["prometheus"].is_null());
}

#[test]
fn its_answer_is_never_kept() {
    let service = app()
        .setting("management.endpoint.prometheus.cache.time-to-live", "10m")
        .with(|app| {
            let asked = std::sync::atomic::AtomicU32::new(0);
            let count = move || f64::from(asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
            app.meters().meter("asked").gauge_with(count);
        })
        .start();
    let asked = || {
        let text = service.get("/actuator/prometheus").assert_status(200).text();
        text.lines().find(|line| line.starts_with("asked ")).unwrap().to_owned()
    };
    assert_eq!((asked(), asked()), ("asked 0.0".to_owned(), "asked 1.0".to_owned()));
}

#[test]
fn what_scrapes_cost_is_a_meter_too() {
    let service = start();
    for _ in 0..2 {
        service.get("/actuator/prometheus").assert_status(200);
    }
    let text = service.get("/actuator/prometheus").text();
    assert!(text.contains("actuator_scrape_seconds_count{format=\"text\"} 2\n"), "{text}");
}

#[test]
fn thousands_of_names_are_there_from_the_first_scrape_on_and_new_ones_with_the_next() {
    let (sender, receiver) = std::sync::mpsc::channel();
    let service = app()
        .with(move |app| {
            let meters = app.meters();
            (0..3_000).for_each(|name| meters.meter(format!("many.{name}")).counter().increment());
            sender.send(meters).unwrap();
        })
        .start();
    let meters = receiver.recv().unwrap();
    let counted = |service: &Service| {
        let text = service.get("/actuator/prometheus").assert_status(200).text();
        text.lines().filter(|line| line.starts_with("many_") && line.ends_with(" 1.0")).count()
    };
    assert_eq!(counted(&service), 3_000);
    meters.meter("many.more").counter().increment();
    assert_eq!(counted(&service), 3_001);
}

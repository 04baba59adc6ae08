//! What a service sends to a receiver of OTLP: told by settings or by OpenTelemetry's variables.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::mpsc,
    thread,
    time::Instant,
};

use actuator::Actuator;
use axum::{Router, routing::get};
use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    common::v1::{KeyValue, any_value},
    metrics::v1::{Metric, metric::Data, number_data_point::Value},
};
use prost::Message as _;

use crate::app::{Service, TestApp, app};

const EXPORT: &str = "management.otlp.metrics.export";
const SUCCESSES: &str =
    "/actuator/metrics/actuator.export.pushes?tag=exporter:otlp&tag=outcome:SUCCESS";

/// One push.
struct Pushed {
    /// The first line and the headers.
    head: String,
    message: ExportMetricsServiceRequest,
}

/// A receiver of metrics on a free port.
struct Receiver {
    address: SocketAddr,
    pushed: mpsc::Receiver<Pushed>,
}

impl Receiver {
    /// One that takes everything.
    fn start() -> Self {
        Self::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
    }

    /// One that answers this.
    fn answering(answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, pushed) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut reader, tell) = (BufReader::new(stream.unwrap()), tell.clone());
                thread::spawn(move || {
                    while let Some(pushed) = read(&mut reader) {
                        // The test may be over, and so may the service.
                        let _ = tell.send(pushed);
                        let _ = reader.get_mut().write_all(answer.as_bytes());
                    }
                });
            }
        });
        Self { address, pushed }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next push.
    #[track_caller]
    fn next(&self) -> Pushed {
        self.pushed.recv_timeout(testkit::PATIENCE).unwrap()
    }

    /// What was pushed since the last look.
    fn rest(&self) -> Vec<Pushed> {
        self.pushed.try_iter().collect()
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Pushed> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).unwrap_or(0) == 0 {
            return None;
        }
    }
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    reader.read_exact(&mut body).ok()?;
    Some(Pushed { head, message: ExportMetricsServiceRequest::decode(&*body).unwrap() })
}

impl Pushed {
    fn resource(&self) -> BTreeMap<&str, &str> {
        texts(&self.message.resource_metrics[0].resource.as_ref().unwrap().attributes)
    }

    #[track_caller]
    fn data(&self, name: &str) -> &Data {
        let scopes = self.message.resource_metrics.iter().flat_map(|of| &of.scope_metrics);
        let mut metrics = scopes.flat_map(|scope| &scope.metrics);
        let found: Option<&Metric> = metrics.find(|metric| metric.name == name);
        found.and_then(|metric| metric.data.as_ref()).unwrap_or_else(|| panic!("no {name}"))
    }

    /// The value of a counter of one series.
    #[track_caller]
    fn sum(&self, name: &str) -> f64 {
        let Data::Sum(sum) = self.data(name) else { panic!("{name} is no sum") };
        let [point] = &sum.data_points[..] else { panic!("{sum:?}") };
        let Some(Value::AsDouble(value)) = point.value else { panic!("{point:?}") };
        value
    }

    /// How many requests this route has served.
    #[track_caller]
    fn requests(&self, uri: &str) -> u64 {
        let Data::Histogram(requests) = self.data("http.server.requests") else { panic!("none") };
        let of_uri = requests.data_points.iter().filter(|p| texts(&p.attributes)["uri"] == uri);
        of_uri.map(|point| point.count).sum()
    }
}

fn texts(attributes: &[KeyValue]) -> BTreeMap<&str, &str> {
    let pairs = attributes.iter().map(|attribute| {
        let value = attribute.value.as_ref().and_then(|value| value.value.as_ref());
        let Some(any_value::Value::StringValue(value)) = value else { panic!("{attribute:?}") };
        (&*attribute.key, &**value)
    });
    pairs.collect()
}

fn routes() -> Router {
    Router::new().route("/orders/{id}", get(|| async { "one" }))
}

/// Counts three orders at its start, and pushes then and on the way down.
fn shop() -> TestApp {
    app()
        .routes(routes())
        .setting(&format!("{EXPORT}.step"), "1h")
        .with(|app| app.meters().meter("orders").counter().add(3))
}

/// Waits until the push of the start is done.
fn until_taken(service: &Service) {
    let began = Instant::now();
    let pushes = || service.get(SUCCESSES).assert_status(200).json();
    while pushes()["measurements"][0]["value"] == 0.0 {
        assert!(began.elapsed() < testkit::PATIENCE, "{}", pushes());
        thread::yield_now();
    }
}

#[test]
fn springs_settings_send_all_meters_at_the_start_and_the_last_on_the_way_down() {
    let receiver = Receiver::start();
    let service = shop()
        .setting(&format!("{EXPORT}.url"), &format!("{}/v1/metrics", receiver.url()))
        .setting(&format!("{EXPORT}.headers.authorization"), "Bearer hunter2")
        .setting("management.opentelemetry.resource-attributes.deployment.zone", "a")
        .start();
    let first = receiver.next();
    assert!(first.head.starts_with("POST /v1/metrics HTTP/1.1\r\n"), "{}", first.head);
    for header in ["content-type: application/x-protobuf\r\n", "authorization: Bearer hunter2\r\n"]
    {
        assert!(first.head.contains(header), "{}", first.head);
    }
    let resource = first.resource();
    assert_eq!((resource["service.name"], resource["service.version"]), ("it", "1.2.3"));
    assert!(
        resource["service.instance.id"].ends_with(&format!(":{}", service.address.port())),
        "{resource:?}"
    );
    assert_eq!(resource["deployment.zone"], "a");
    assert_eq!(first.sum("orders").to_bits(), 3.0_f64.to_bits());
    until_taken(&service);
    for order in 0..3 {
        service.get(&format!("/orders/{order}")).assert_status(200);
    }
    assert!(receiver.rest().is_empty(), "an hour has not passed");
    service.stop().finish();
    let [last] = &receiver.rest()[..] else { panic!("not one push on the way down") };
    assert_eq!(
        (last.requests("/orders/{id}"), last.sum("orders").to_bits()),
        (3, 3.0_f64.to_bits())
    );
}

#[test]
fn the_variables_of_opentelemetry_send_meters_too() {
    let receiver = Receiver::start();
    let output = testkit::in_own_process(
        "otlp::process_that_is_told_by_variables",
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("{}/collector/", receiver.url())),
            ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=s%2Cx,tenant=all"),
            ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "tenant=metrics"),
            ("OTEL_RESOURCE_ATTRIBUTES", "service.name=none,deployment.zone=a%20b"),
            ("OTEL_SERVICE_NAME", "shop"),
        ],
    );
    let written = String::from_utf8_lossy(&output.stdout);
    assert!(!written.contains("s,x") && !written.contains("s%2Cx"), "{written}");
    let pushed = receiver.rest();
    let [first, last] = &pushed[..] else { panic!("{} pushes: {written}", pushed.len()) };
    for pushed in [first, last] {
        let head = &pushed.head;
        assert!(head.starts_with("POST /collector/v1/metrics HTTP/1.1\r\n"), "{head}");
        for header in ["api-key: s,x\r\n", "tenant: metrics\r\n"] {
            assert!(head.contains(header), "{head}");
        }
        let resource = pushed.resource();
        assert_eq!((resource["service.name"], resource["deployment.zone"]), ("shop", "a b"));
    }
    assert_eq!(last.requests("/orders/{id}"), 1);
}

#[test]
#[ignore = "run in a process of its own by the test above"]
fn process_that_is_told_by_variables() {
    let builder = Actuator::builder()
        .without_declarations()
        .application("it", "1.2.3")
        .force_setting("server.port", "0")
        .force_setting("server.address", "127.0.0.1");
    let service = TestApp { builder }.routes(routes()).start();
    until_taken(&service);
    service.get("/orders/1").assert_status(200);
    service.stop().finish();
}

#[test]
fn settings_stand_above_variables_and_a_bad_one_refuses_the_start_without_its_secrets() {
    let (receiver, other) = (Receiver::start(), Receiver::start());
    let service = shop()
        .setting("otel.exporter.otlp.metrics.endpoint", &other.url())
        .setting(&format!("{EXPORT}.url"), &receiver.url())
        .start();
    assert!(receiver.next().head.starts_with("POST / HTTP/1.1\r\n"));
    until_taken(&service);
    service.stop().finish();
    assert!(other.rest().is_empty());
    let refused = shop()
        .setting("otel.exporter.otlp.endpoint", "ftp://kim:hunter2@collector")
        .setting(&format!("{EXPORT}.histogram-flavor"), "round")
        .refused()
        .to_string();
    assert!(refused.contains("otel.exporter.otlp.endpoint"), "{refused}");
    assert!(refused.contains("histogram-flavor") && !refused.contains("hunter2"), "{refused}");
}

#[test]
fn a_receiver_that_says_nothing_holds_up_neither_requests_nor_the_way_down() {
    let receiver = Receiver::answering("");
    let service = shop()
        .setting(&format!("{EXPORT}.url"), &receiver.url())
        .setting(&format!("{EXPORT}.read-timeout"), "1h")
        .start();
    receiver.next();
    service.get("/orders/1").assert_status(200);
    // It would not end within the time that a test has.
    service.stop().finish();
}

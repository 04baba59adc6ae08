//! The push against receivers that decode it, refuse it, hang and come back.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read as _,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use opentelemetry_proto::tonic::{
    collector::metrics::v1::{
        ExportMetricsPartialSuccess, ExportMetricsServiceRequest, ExportMetricsServiceResponse,
    },
    common::v1::{KeyValue, any_value},
    metrics::v1::{Metric, metric::Data, number_data_point::Value},
};
use prost::Message as _;

use super::{settings_tests::read, start};
use crate::{
    export::{Origin, push::PushHandle},
    meter::{Exemplar, MeterRegistry, MeterSettings},
    support::{
        clock::Clock,
        outgoing::fake_server::{Asked, FakeServer, answer},
        test_log::Log,
    },
};

const CUMULATIVE: i32 = 2;
const DELTA: i32 = 1;

fn ok() -> String {
    answer("200 OK", "content-type: application/x-protobuf\r\nconnection: close", "")
}

fn registry(exponential: bool) -> Arc<MeterRegistry> {
    let mut settings = MeterSettings::default();
    settings.distribution.exponential = exponential;
    Arc::new(MeterRegistry::new(settings, Clock::system()))
}

fn run(server: &FakeServer, registry: &Arc<MeterRegistry>, more: &[(&str, &str)]) -> PushHandle {
    let url = format!("{}/v1/metrics", server.url());
    let settings: Vec<_> = [("url", &*url)].into_iter().chain(more.iter().copied()).collect();
    let origin = Origin { application: "shop", version: Some("1.2"), instance: "web-1:8080" };
    start(&read(&settings).unwrap().unwrap(), &origin, registry).unwrap()
}

fn decoded(asked: &Asked) -> ExportMetricsServiceRequest {
    ExportMetricsServiceRequest::decode(&*asked.bytes).unwrap()
}

fn metrics(asked: &Asked) -> Vec<Metric> {
    let of_resource = decoded(asked).resource_metrics.remove(0);
    of_resource.scope_metrics.into_iter().next().unwrap().metrics
}

/// The data of this metric, of which there is one.
fn data(asked: &Asked, name: &str) -> Metric {
    let mut found = metrics(asked);
    found.retain(|metric| metric.name == name);
    assert_eq!(found.len(), 1, "{name}: {found:?}");
    found.remove(0)
}

fn texts(attributes: &[KeyValue]) -> BTreeMap<&str, &str> {
    let pairs = attributes.iter().map(|attribute| {
        let value = attribute.value.as_ref().and_then(|value| value.value.as_ref());
        let Some(any_value::Value::StringValue(value)) = value else { panic!("{attribute:?}") };
        (&*attribute.key, &**value)
    });
    pairs.collect()
}

/// The value and the temporality of a sum that has one point.
fn sum(asked: &Asked, name: &str) -> (f64, i32) {
    let Some(Data::Sum(sum)) = data(asked, name).data else { panic!("{name}") };
    let Some(Value::AsDouble(value)) = sum.data_points[0].value else { panic!("{sum:?}") };
    assert!(sum.is_monotonic);
    (value, sum.aggregation_temporality)
}

fn gauge(asked: &Asked, name: &str) -> f64 {
    let Some(Data::Gauge(gauge)) = data(asked, name).data else { panic!("{name}") };
    let Some(Value::AsDouble(value)) = gauge.data_points[0].value else { panic!("{gauge:?}") };
    value
}

#[tokio::test]
async fn meters_are_posted_with_their_service_tags_units_and_descriptions() {
    let mut server = FakeServer::start(|_| Some(ok())).await;
    let registry = registry(false);
    let orders = registry.meter("orders").description("Orders taken").base_unit("orders");
    orders.tag("region", "eu").counter().add(3);
    registry.meter("queue.size").gauge().set(-2.5);
    registry.meter("nothing").gauge_with(|| f64::NAN);
    registry.meter("broken").counter_with(|| panic!("no count"));
    let _pushing = run(&server, &registry, &[("headers.x-key", "hunter2")]);
    let asked = server.asked().await;
    assert_eq!(asked.line, "POST /v1/metrics");
    for header in ["content-type: application/x-protobuf", "x-key: hunter2"] {
        assert!(asked.headers.contains(header), "{}", asked.headers);
    }
    let message = decoded(&asked);
    let resource = message.resource_metrics[0].resource.as_ref().unwrap();
    let resource = texts(&resource.attributes);
    assert_eq!((resource["service.name"], resource["service.version"]), ("shop", "1.2"));
    assert_eq!(resource["service.instance.id"], "web-1:8080");
    assert_eq!(sum(&asked, "orders"), (3.0, CUMULATIVE));
    assert!((gauge(&asked, "queue.size") - -2.5).abs() < f64::EPSILON);
    let orders = data(&asked, "orders");
    assert_eq!((&*orders.description, &*orders.unit), ("Orders taken", "orders"));
    let Some(Data::Sum(orders)) = orders.data else { panic!("{orders:?}") };
    assert_eq!(texts(&orders.data_points[0].attributes), BTreeMap::from([("region", "eu")]));
    assert!(orders.data_points[0].start_time_unix_nano > 0);
    assert!(orders.data_points[0].time_unix_nano >= orders.data_points[0].start_time_unix_nano);
    let names: Vec<String> = metrics(&asked).into_iter().map(|metric| metric.name).collect();
    assert!(!names.iter().any(|name| name == "nothing" || name == "broken"), "{names:?}");
}

#[tokio::test]
async fn times_are_histograms_in_milliseconds_with_their_maximum_and_exemplars() {
    let mut server = FakeServer::start(|_| Some(ok())).await;
    let registry = registry(false);
    let timer = registry.meter("work").service_level_objectives([0.07, 0.5]).timer();
    timer.record(Duration::from_millis(50));
    let exemplar = Exemplar { trace_id: 0xabcd, span_id: 7 };
    timer.record_with(Duration::from_millis(200), exemplar);
    timer.record(Duration::from_secs(1));
    let _pushing = run(&server, &registry, &[]);
    let asked = server.asked().await;
    let work = data(&asked, "work");
    assert_eq!(work.unit, "milliseconds");
    let Some(Data::Histogram(histogram)) = work.data else { panic!("{work:?}") };
    assert_eq!(histogram.aggregation_temporality, CUMULATIVE);
    let point = &histogram.data_points[0];
    assert_eq!((point.count, &*point.bucket_counts), (3, &[1, 1, 1][..]));
    assert_eq!(point.explicit_bounds, [70.0, 500.0]);
    assert!((point.sum.unwrap() - 1250.0).abs() < 1e-6, "{point:?}");
    assert_eq!(point.exemplars.len(), 1);
    assert_eq!(point.exemplars[0].trace_id, 0xabcd_u128.to_be_bytes());
    assert_eq!(point.exemplars[0].span_id, 7_u64.to_be_bytes());
    assert!((gauge(&asked, "work.max") - 1000.0).abs() < 1e-6);
}

#[tokio::test]
async fn what_has_no_buckets_has_a_count_a_sum_or_percentiles() {
    let mut server = FakeServer::start(|_| Some(ok())).await;
    let registry = registry(false);
    registry.meter("plain").base_unit("bytes").summary().record(12.0);
    let of_function = registry.meter("function");
    of_function.timer_with(|| 4, || Duration::from_secs(2));
    registry.meter("shares").percentiles([0.5]).timer().record(Duration::from_secs(2));
    let running = registry.meter("running").long_task_timer();
    running.start();
    let _pushing = run(&server, &registry, &[("base-time-unit", "seconds")]);
    let asked = server.asked().await;
    for (name, unit, count, total) in [("plain", "bytes", 1, 12.0), ("function", "seconds", 4, 2.0)]
    {
        let metric = data(&asked, name);
        assert_eq!(metric.unit, unit);
        let Some(Data::Histogram(histogram)) = metric.data else { panic!("{name}") };
        let point = &histogram.data_points[0];
        assert_eq!((point.count, &*point.bucket_counts), (count, &[count][..]));
        assert!((point.sum.unwrap() - total).abs() < 1e-9 && point.explicit_bounds.is_empty());
    }
    let Some(Data::Summary(shares)) = data(&asked, "shares").data else { panic!("no summary") };
    let point = &shares.data_points[0];
    assert_eq!((point.count, point.quantile_values.len()), (1, 1));
    let share = point.quantile_values[0];
    assert!((share.quantile - 0.5).abs() < 1e-9 && (share.value / 2.0 - 1.0).abs() < 0.1);
    assert!((gauge(&asked, "running.active") - 1.0).abs() < f64::EPSILON);
    assert!(gauge(&asked, "running.duration") >= 0.0);
}

#[tokio::test]
async fn exponential_histograms_are_in_seconds_and_their_buckets_hold_the_values() {
    let mut server = FakeServer::start(|_| Some(ok())).await;
    let registry = registry(true);
    let timer = registry.meter("work").timer();
    for millis in [0, 1, 900, 1100] {
        timer.record(Duration::from_millis(millis));
    }
    let flavor = ("histogram-flavor", "base2_exponential_bucket_histogram");
    let _pushing = run(&server, &registry, &[flavor, ("max-bucket-count", "20")]);
    let asked = server.asked().await;
    let work = data(&asked, "work");
    assert_eq!(work.unit, "seconds");
    let Some(Data::ExponentialHistogram(histogram)) = work.data else { panic!("{work:?}") };
    let point = &histogram.data_points[0];
    assert_eq!((point.count, point.zero_count, point.scale), (4, 1, 0));
    let buckets = point.positive.as_ref().unwrap();
    assert!(buckets.bucket_counts.len() <= 20, "{buckets:?}");
    let in_bucket_of = |value: f64| {
        // At scale 0 bucket i holds (2^i, 2^(i+1)].
        let place = (0_i32..).zip(&buckets.bucket_counts).find(|(index, _)| {
            let lower = f64::from(buckets.offset + index).exp2();
            lower < value && value <= 2.0 * lower
        });
        *place.unwrap().1
    };
    assert_eq!([0.001, 0.9, 1.1].map(in_bucket_of), [1, 1, 1]);
}

#[tokio::test]
async fn deltas_add_up_and_none_is_lost_while_the_receiver_refuses() {
    let refused = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&refused);
    let mut server = FakeServer::start(move |_| {
        let is_second_or_third = matches!(count.fetch_add(1, SeqCst), 1 | 2);
        let busy = || answer("503 Busy", "connection: close", "");
        Some(if is_second_or_third { busy() } else { ok() })
    })
    .await;
    let registry = registry(false);
    let orders = registry.meter("orders").counter();
    let timer = registry.meter("work").service_level_objectives([0.5]).timer();
    orders.add(3);
    timer.record(Duration::from_secs(1));
    let delta = ("aggregation-temporality", "DELTA");
    let _pushing = run(&server, &registry, &[delta, ("step", "30ms")]);
    let first = server.asked().await;
    assert_eq!(sum(&first, "orders"), (3.0, DELTA));
    orders.add(2);
    timer.record(Duration::from_millis(100));
    let (mut taken, mut buckets, mut ends) = (3.0, [0, 1], Vec::new());
    for number in 1..6 {
        let asked = server.asked().await;
        let Some(Data::Sum(orders)) = data(&asked, "orders").data else { panic!("no sum") };
        let point = &orders.data_points[0];
        ends.push((point.start_time_unix_nano, point.time_unix_nano));
        if number > 2 {
            taken += sum(&asked, "orders").0;
            let Some(Data::Histogram(work)) = data(&asked, "work").data else { panic!("none") };
            assert_eq!(work.aggregation_temporality, DELTA);
            assert!(work.data_points[0].max.is_some());
            for (all, new) in buckets.iter_mut().zip(&work.data_points[0].bucket_counts) {
                *all += new;
            }
        }
    }
    assert!((taken - 5.0).abs() < f64::EPSILON, "{taken}");
    assert_eq!(buckets, [1, 1]);
    // What was refused is told again from the same moment on, what was taken is not.
    assert!(ends[0].0 == ends[1].0 && ends[1].0 == ends[2].0, "{ends:?}");
    assert_eq!(ends[3].0, ends[2].1);
    assert!(!metrics(&first).iter().any(|metric| metric.name == "work.max"));
}

#[tokio::test]
async fn a_thousand_series_come_in_requests_of_the_size_that_is_set() {
    let mut server = FakeServer::start(|_| Some(ok())).await;
    let registry = registry(false);
    for id in 0..1000 {
        registry.meter("many").tag("id", id.to_string()).counter().add(1);
    }
    let _pushing = run(&server, &registry, &[("batch-size", "300")]);
    let mut seen = BTreeSet::new();
    while seen.len() < 1000 {
        let asked = server.asked().await;
        let mut points = 0;
        for metric in metrics(&asked) {
            if let Some(Data::Sum(sum)) = metric.data {
                points += sum.data_points.len();
                for point in sum.data_points.iter().filter(|_| metric.name == "many") {
                    let id = texts(&point.attributes)["id"].to_owned();
                    assert!(seen.insert(id), "twice");
                }
            }
        }
        assert!(points <= 300, "{points}");
    }
}

#[tokio::test]
async fn bodies_are_compressed_if_that_is_set() {
    let mut server = FakeServer::start(|_| Some(ok())).await;
    let registry = registry(false);
    registry.meter("orders").counter().add(3);
    let _pushing = run(&server, &registry, &[("compression-mode", "gzip")]);
    let mut asked = server.asked().await;
    assert!(asked.headers.contains("content-encoding: gzip"), "{}", asked.headers);
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(&*asked.bytes).read_to_end(&mut plain).unwrap();
    asked.bytes = plain;
    assert_eq!(sum(&asked, "orders").0.to_bits(), 3.0_f64.to_bits());
}

#[tokio::test]
async fn what_is_rejected_is_told_once_with_the_receivers_words_and_no_secret() {
    let log = Log::default();
    let _guard = log.listen();
    let message = ExportMetricsServiceResponse {
        partial_success: Some(ExportMetricsPartialSuccess {
            rejected_data_points: 2,
            error_message: "too old".to_owned(),
        }),
    };
    let body = String::from_utf8(message.encode_to_vec()).unwrap();
    let mut server = FakeServer::start(move |_| {
        let headers = "content-type: application/x-protobuf\r\nconnection: close";
        Some(answer("200 OK", headers, &body))
    })
    .await;
    let headers = ("headers.authorization", "Bearer hunter2");
    let pushing = run(&server, &registry(false), &[headers, ("step", "5ms")]);
    for _ in 0..4 {
        server.asked().await;
    }
    pushing.shutdown().await;
    assert_eq!(log.count(" WARN "), 1, "{}", log.text());
    assert!(log.text().contains("2 data points rejected: too old"), "{}", log.text());
    assert!(!log.text().contains("hunter2"), "{}", log.text());
}

#[tokio::test]
async fn the_last_values_are_sent_when_the_service_stops() {
    let mut server = FakeServer::start(|_| Some(ok())).await;
    let registry = registry(false);
    let orders = registry.meter("orders").counter();
    let pushing = run(&server, &registry, &[("step", "1h")]);
    assert_eq!(sum(&server.asked().await, "orders").0.to_bits(), 0.0_f64.to_bits());
    orders.add(7);
    pushing.shutdown().await;
    assert_eq!(sum(&server.asked().await, "orders").0.to_bits(), 7.0_f64.to_bits());
}

#[tokio::test]
async fn shutdown_ends_it_even_while_a_receiver_hangs() {
    let mut server = FakeServer::hanging().await;
    let pushing = run(&server, &registry(false), &[("read-timeout", "1h")]);
    server.asked().await;
    pushing.shutdown().await;
}

#[tokio::test]
async fn a_gauge_that_hangs_holds_up_the_push_and_nobody_else() {
    let mut server = FakeServer::start(|_| Some(ok())).await;
    let registry = registry(false);
    let (release, hold) = std::sync::mpsc::channel::<()>();
    let hold = std::sync::Mutex::new(hold);
    registry.meter("stuck").gauge_with(move || {
        let _ = hold.lock().unwrap().recv();
        1.0
    });
    let pushing = run(&server, &registry, &[]);
    // This test has one thread, and it goes on.
    tokio::task::yield_now().await;
    pushing.shutdown().await;
    assert!(server.is_left_alone());
    drop(release);
}

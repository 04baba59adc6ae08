//! What is measured is what the running service shows.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a test may fail
#![allow(clippy::float_cmp)] // small counts are exact

use std::{
    future::Future,
    panic::catch_unwind,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Waker},
};

use actuator::{
    Actuator, Health, Running, counted, gauge, health_check,
    meter::{Counter, DistributionSummary, LongTaskTimer, MeterRegistry, Timer},
    metrics, timed,
};
use serde_json::Value;

async fn service() -> Running {
    Actuator::builder()
        .isolated()
        .force_setting("server.port", "0")
        .force_setting("server.address", "127.0.0.1")
        .with(|app| {
            app.component(Queue(AtomicU64::new(7)));
        })
        .start()
        .await
        .unwrap()
}

fn meter(running: &Running, name_and_tags: &str) -> Value {
    let path = format!("/actuator/metrics/{name_and_tags}");
    testkit::get(running.address(), &path).assert_status(200).json()
}

fn statistic(meter: &Value, statistic: &str) -> f64 {
    let measurements = meter["measurements"].as_array().unwrap();
    let found = measurements.iter().find(|m| m["statistic"] == statistic);
    found.unwrap_or_else(|| panic!("{statistic} is not in {meter}"))["value"].as_f64().unwrap()
}

fn count(running: &Running, name_and_tags: &str) -> f64 {
    statistic(&meter(running, name_and_tags), "COUNT")
}

fn values<'m>(meter: &'m Value, tag: &str) -> Vec<&'m str> {
    let tags = meter["availableTags"].as_array().unwrap();
    let Some(tag) = tags.iter().find(|known| known["tag"] == tag) else { return vec![] };
    let mut values: Vec<_> =
        tag["values"].as_array().unwrap().iter().map(|value| value.as_str().unwrap()).collect();
    values.sort_unstable();
    values
}

struct OrderError;

/// Places an order.
///
/// Further words.
#[timed("orders.place", tags("channel" = "web"))]
#[counted("orders.placed")]
fn place(works: bool) -> Result<(), OrderError> {
    if !works {
        Err(OrderError)?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_shown_by_how_they_end() {
    let running = service().await;
    // Nobody called yet: the success is there all the same, from which a rate can begin.
    let fresh = meter(&running, "orders.place");
    assert_eq!(statistic(&fresh, "COUNT"), 0.0);
    assert_eq!(fresh["description"], "Places an order.");
    assert_eq!(fresh["baseUnit"], "seconds");
    assert_eq!(values(&fresh, "outcome"), ["SUCCESS"]);
    for works in [true, true, false] {
        let _ = place(works);
    }
    assert_eq!(count(&running, "orders.place?tag=channel:web"), 3.0);
    assert_eq!(count(&running, "orders.place?tag=outcome:SUCCESS&tag=exception:none"), 2.0);
    assert_eq!(count(&running, "orders.place?tag=outcome:ERROR&tag=exception:OrderError"), 1.0);
    assert!(statistic(&meter(&running, "orders.place"), "TOTAL_TIME") > 0.0);
    assert_eq!(count(&running, "orders.placed?tag=result:success&tag=exception:none"), 2.0);
    assert_eq!(count(&running, "orders.placed?tag=result:failure&tag=exception:OrderError"), 1.0);
    running.shutdown().await;
}

#[timed]
#[counted]
fn panics() {
    panic!("no");
}

#[timed("orders.export")]
#[counted("orders.exported")]
async fn export() -> Result<(), OrderError> {
    std::future::pending().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_never_came_back_has_panicked_or_was_cancelled() {
    let running = service().await;
    assert!(catch_unwind(panics).is_err());
    let class = format!("tag=class:{}&tag=method:panics", module_path!());
    let panicked = format!("{class}&tag=exception:panic");
    assert_eq!(count(&running, &format!("method.timed?{panicked}&tag=outcome:ERROR")), 1.0);
    assert_eq!(count(&running, &format!("method.counted?{panicked}&tag=result:failure")), 1.0);
    assert_eq!(count(&running, &format!("method.timed?{class}&tag=outcome:SUCCESS")), 0.0);

    // A future that is never polled has not begun.
    drop(export());
    let mut begun = Box::pin(export());
    assert!(begun.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    assert_eq!(count(&running, "orders.export"), 0.0);
    drop(begun);
    assert_eq!(count(&running, "orders.export"), 1.0);
    assert_eq!(count(&running, "orders.export?tag=outcome:UNKNOWN&tag=exception:cancelled"), 1.0);
    assert_eq!(count(&running, "orders.exported?tag=result:failure&tag=exception:cancelled"), 1.0);
    running.shutdown().await;
}

type Aliased<T> = std::io::Result<T>;

#[counted("errors.aliased")]
async fn aliased() -> Aliased<u8> {
    Err(std::io::ErrorKind::NotFound.into())
}

#[counted("errors.boxed")]
fn boxed() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    Err("no".into())
}

#[counted("errors.generic")]
fn generic<E>(error: E) -> Result<(), E> {
    Err(error)
}

#[counted("errors.future")]
fn future() -> Pin<Box<dyn Future<Output = Result<(), OrderError>> + Send>> {
    Box::pin(async { Err(OrderError) })
}

#[counted("errors.named", error = str::trim)]
fn named(error: &'static str) -> Result<(), &'static str> {
    Err(error)
}

#[counted("errors.only", failures_only)]
fn only(works: bool) -> Result<(), OrderError> {
    if works { Ok(()) } else { Err(OrderError) }
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_told_apart_whatever_the_return_type_is_called() {
    let running = service().await;
    let missing = testkit::get(running.address(), "/actuator/metrics/errors.only");
    missing.assert_status(404);
    let _ = (aliased().await, boxed(), generic(OrderError), generic(1_u8), future().await);
    let _ = (only(true), only(false));
    for (name, errors) in [
        ("errors.aliased", vec!["Error", "none"]),
        ("errors.boxed", vec!["Error", "none"]),
        ("errors.generic", vec!["OrderError", "none", "u8"]),
        ("errors.future", vec!["OrderError", "none"]),
        ("errors.only", vec!["OrderError"]),
    ] {
        let meter = meter(&running, name);
        assert_eq!(values(&meter, "exception"), errors, "{meter}");
    }
    assert_eq!(count(&running, "errors.only?tag=result:failure"), 1.0);

    // Names that the application makes up are bounded.
    for number in 0..100 {
        let _ = named(Box::leak(format!("kind-{number}").into_boxed_str()));
    }
    let named = meter(&running, "errors.named");
    assert!(values(&named, "exception").len() < 20, "{named}");
    assert_eq!(count(&running, "errors.named"), 100.0);
    assert_eq!(count(&running, "errors.named?tag=exception:kind-3"), 1.0);
    assert!(count(&running, "errors.named?tag=exception:_overflow_") > 80.0);
    running.shutdown().await;
}

#[timed("shared.work")]
fn here() {}

mod elsewhere {
    #[actuator::timed("shared.work")]
    pub(super) fn there() {}
}

#[timed("orders.import", long_task, tags("kind" = "csv"))]
async fn import() {
    std::future::pending().await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_functions_may_share_a_meter_and_a_long_task_is_seen_while_it_runs() {
    let running = service().await;
    here();
    elsewhere::there();
    assert_eq!(count(&running, "shared.work"), 2.0);
    let active = || statistic(&meter(&running, "orders.import?tag=kind:csv"), "ACTIVE_TASKS");
    assert_eq!(active(), 0.0);
    {
        let mut import = pin!(import());
        assert!(import.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert_eq!(active(), 1.0);
    }
    assert_eq!(active(), 0.0);
    running.shutdown().await;
}

#[timed("each.service")]
#[counted("each.service.calls")]
fn in_each_service() -> Result<(), OrderError> {
    Err(OrderError)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_service_of_a_process_shows_what_was_measured_since_it_started() {
    let _ = in_each_service();
    let first = service().await;
    let _ = in_each_service();
    let second = service().await;
    let _ = in_each_service();
    first.shutdown().await;
    let _ = in_each_service();
    let third = service().await;
    let _ = in_each_service();
    for (service, expected) in [(&second, 3.0), (&third, 1.0)] {
        for name in ["each.service", "each.service.calls"] {
            let name = format!("{name}?tag=exception:OrderError");
            assert_eq!(count(service, &name), expected);
        }
    }
    second.shutdown().await;
    third.shutdown().await;
}

struct Queue(AtomicU64);

/// Jobs that wait.
#[gauge("queue.length", base_unit = "jobs")]
fn queue_length(queue: &Queue) -> u64 {
    queue.0.fetch_add(1, Ordering::Relaxed)
}

#[gauge("queue.share", tags("queue" = "mail"))]
fn queue_share(queue: &Queue) -> Option<f32> {
    (queue.0.load(Ordering::Relaxed) > 0).then_some(0.5)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gauge_asks_its_function_with_its_components() {
    let running = service().await;
    let length = meter(&running, "queue.length");
    assert_eq!(
        (&length["description"], &length["baseUnit"]),
        (&"Jobs that wait.".into(), &"jobs".into())
    );
    assert_eq!(statistic(&length, "VALUE"), 7.0);
    assert_eq!(statistic(&meter(&running, "queue.length"), "VALUE"), 8.0);
    assert_eq!(statistic(&meter(&running, "queue.share?tag=queue:mail"), "VALUE"), 0.5);
    running.shutdown().await;
}

/// What the shop counts.
#[metrics(prefix = "shop", tags("region" = "eu"))]
struct ShopMetrics {
    /// Orders that were placed.
    orders_placed: Arc<Counter>,
    #[meter("value", base_unit = "EUR", description = "What an order is worth")]
    order_value: Arc<DistributionSummary>,
    #[meter(tags("region" = "us"))]
    delivery: Arc<Timer>,
    packing: Arc<LongTaskTimer>,
}

#[health_check(name = "shop")]
async fn shop(metrics: &ShopMetrics) -> Health {
    Health::up().with_detail("placed", metrics.orders_placed.count())
}

#[tokio::test(flavor = "multi_thread")]
async fn handles_are_made_once_and_are_a_component() {
    let running = Actuator::builder()
        .isolated()
        .force_setting("server.port", "0")
        .force_setting("server.address", "127.0.0.1")
        .with(|app| {
            app.component(Queue(AtomicU64::new(0)));
            let metrics = app.metrics::<ShopMetrics>();
            metrics.orders_placed.increment();
            metrics.order_value.record(12.5);
            metrics.delivery.record(std::time::Duration::from_secs(2));
            let _ = metrics.packing.start();
            assert!(Arc::ptr_eq(&metrics, &app.metrics::<ShopMetrics>()));
        })
        .start()
        .await
        .unwrap();
    let health = testkit::get(running.address(), "/actuator/health/shop").json();
    assert_eq!(health["details"]["placed"], 1, "{health}");
    let placed = meter(&running, "shop.orders.placed?tag=region:eu");
    assert_eq!(
        (statistic(&placed, "COUNT"), &placed["description"]),
        (1.0, &"Orders that were placed.".into())
    );
    let value = meter(&running, "shop.value");
    assert_eq!((statistic(&value, "TOTAL"), &value["baseUnit"]), (12.5, &"EUR".into()));
    assert_eq!(statistic(&meter(&running, "shop.delivery?tag=region:us"), "TOTAL_TIME"), 2.0);
    assert_eq!(statistic(&meter(&running, "shop.packing"), "ACTIVE_TASKS"), 1.0);
    running.shutdown().await;
    let registry = MeterRegistry::default();
    ShopMetrics::new(&registry).orders_placed.add(3);
}

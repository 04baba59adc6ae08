//! Whose recorder the process has. Each of the ignored tests is a process of its own.

use std::sync::{Arc, Mutex};

use metrics::{
    Counter, CounterFn, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit,
    counter,
};

use crate::service::{builder, start};

/// Runs one of the ignored tests in a process of its own.
#[track_caller]
fn run(test: &str) {
    let _ = testkit::in_own_process(&format!("processes::{test}"), &[]);
}

/// A recorder of the application's own, for counters.
#[derive(Clone, Default)]
struct Own(Arc<Mutex<Vec<(String, u64)>>>);

impl Own {
    fn taken(&self) -> Vec<(String, u64)> {
        self.0.lock().unwrap().clone()
    }
}

struct OwnCounter(Own, String);

impl CounterFn for OwnCounter {
    fn increment(&self, value: u64) {
        self.0.0.lock().unwrap().push((self.1.clone(), value));
    }

    fn absolute(&self, _: u64) {}
}

impl Recorder for Own {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(Arc::new(OwnCounter(self.clone(), key.name().to_owned())))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

const ANOTHER: &str = "has a recorder of the `metrics` crate already";

#[test]
fn a_recorder_that_is_there_is_left_alone_with_one_warning() {
    run("process_with_a_recorder");
}

#[test]
#[ignore = "run in a process of its own by the test above"]
fn process_with_a_recorder() {
    let own = Own::default();
    metrics::set_global_recorder(own.clone()).unwrap();
    let shown = start(builder());
    counter!("orders").increment(3);
    assert_eq!(own.taken(), [("orders".to_owned(), 3)]);
    assert!(shown.find("orders").is_none());
    assert_eq!(shown.logged(ANOTHER), 1);
}

#[test]
fn ours_can_stand_beside_others() {
    run("process_with_a_fan_out");
}

/// Two recorders, as `metrics-util` has them for any number.
struct FanOut(Own, actuator::MetricsRecorder);

impl Recorder for FanOut {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, metadata: &Metadata<'_>) -> Counter {
        self.0.register_counter(key, metadata).increment(100);
        self.1.register_counter(key, metadata)
    }

    fn register_gauge(&self, key: &Key, metadata: &Metadata<'_>) -> Gauge {
        self.1.register_gauge(key, metadata)
    }

    fn register_histogram(&self, key: &Key, metadata: &Metadata<'_>) -> Histogram {
        self.1.register_histogram(key, metadata)
    }
}

#[test]
#[ignore = "run in a process of its own by the test above"]
fn process_with_a_fan_out() {
    let own = Own::default();
    let theirs = own.clone();
    let builder = builder().force_setting("actuator.metrics.facade.enabled", "false");
    let shown = start(builder.with(move |app| {
        metrics::set_global_recorder(FanOut(theirs, app.metrics_recorder())).unwrap();
    }));
    counter!("orders").increment(3);
    assert_eq!(own.taken(), [("orders".to_owned(), 100)]);
    shown.assert_values("orders", &[("COUNT", 3.0)]);
    assert_eq!(shown.logged(ANOTHER), 0);
}

#[test]
fn everything_is_handed_on_to_the_recorder_that_is_given() {
    run("process_that_forwards");
}

#[test]
#[ignore = "run in a process of its own by the test above"]
fn process_that_forwards() {
    let own = Own::default();
    let shown = start(builder().forward_metrics_to(own.clone()));
    let kept = counter!("orders", "k" => "v");
    kept.increment(3);
    counter!("orders", "k" => "v").increment(4);
    assert_eq!(own.taken(), [("orders".to_owned(), 3), ("orders".to_owned(), 4)]);
    shown.assert_values("orders?tag=k:v", &[("COUNT", 7.0)]);
}

#[test]
fn switched_off_it_leaves_the_given_recorder_alone_in_its_place() {
    run("process_that_is_switched_off");
}

#[test]
#[ignore = "run in a process of its own by the test above"]
fn process_that_is_switched_off() {
    let own = Own::default();
    let builder = builder().force_setting("actuator.metrics.facade.enabled", "false");
    let shown = start(builder.forward_metrics_to(own.clone()));
    counter!("orders").increment(3);
    assert_eq!(own.taken(), [("orders".to_owned(), 3)]);
    assert!(shown.find("orders").is_none());
}

#[test]
fn a_service_without_declarations_takes_nothing_of_the_process() {
    run("process_without_declarations");
}

#[test]
#[ignore = "run in a process of its own by the test above"]
fn process_without_declarations() {
    let shown = start(builder().without_declarations());
    counter!("orders").increment(1);
    assert!(shown.find("orders").is_none());
    assert!(metrics::set_global_recorder(Own::default()).is_ok());
}

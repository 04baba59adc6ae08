//! A Pushgateway that takes metrics, is gone, comes back, is frozen, and refuses a password.

use actuator_backends::{PASSWORD, Server};
use actuator_integration::wait;
use testkit::Request;
use tokio::runtime::Runtime;

use crate::service::{DEADLINE, Service, runtime};

const PREFIX: &str = "management.prometheus.metrics.export.pushgateway";

/// A service that pushes ten times a second, and with what else is set below the prefix.
fn start<'r>(runtime: &'r Runtime, gateway: &Server, more: &[(&str, &str)]) -> Service<'r> {
    let address = gateway.address().to_string();
    let usual = [
        ("enabled", "true"),
        ("address", &address),
        ("username", "app"),
        ("password", PASSWORD),
        ("push-rate", "100ms"),
    ];
    let settings = usual.iter().chain(more);
    let settings: Vec<_> =
        settings.map(|(name, value)| (format!("{PREFIX}.{name}"), *value)).collect();
    let settings: Vec<_> = settings.iter().map(|(name, value)| (&**name, *value)).collect();
    Service::configured(runtime, DEADLINE, &settings, |app| {
        app.meters().meter("orders").tag("region", "eu").counter().add(3);
        let timer = app.meters().meter("work").service_level_objectives([0.5]).timer();
        timer.record(std::time::Duration::from_millis(100));
    })
}

/// What the gateway shows to Prometheus.
fn shown(gateway: &Server) -> String {
    let answer = Request::get("/metrics")
        // app, and the password.
        .header("authorization", "Basic YXBwOnMzY3IzdC13MHJk")
        .send(gateway.address());
    answer.assert_status(200).text()
}

/// Waits for a line that starts like this, and gives its value.
#[track_caller]
fn value(gateway: &Server, start: &str) -> String {
    wait::until(&format!("the gateway shows {start}"), || {
        let text = shown(gateway);
        let line = text.lines().find_map(|line| line.strip_prefix(start))?;
        line.rsplit(' ').next().map(str::to_owned)
    })
}

#[test]
fn metrics_are_pushed_as_the_job_of_the_application_and_stay_when_it_stops() {
    let (gateway, runtime) = (Server::pushgateway(), runtime());
    let service = start(&runtime, &gateway, &[]);
    let orders = "orders_total{instance=\"\",job=\"backends\",region=\"eu\"}";
    assert_eq!(value(&gateway, orders), "3");
    let bucket = "work_seconds_bucket{instance=\"\",job=\"backends\",le=\"0.5\"}";
    assert_eq!(value(&gateway, bucket), "1");
    service.meters().meter("orders").tag("region", "eu").counter().add(4);
    wait::until("the gateway shows the new value", || {
        (value(&gateway, orders) == "7").then_some(())
    });
    service.stop();
    assert_eq!(value(&gateway, orders), "7");
}

#[test]
fn a_group_has_its_labels_whatever_they_hold_and_is_deleted_at_the_end() {
    let (gateway, runtime) = (Server::pushgateway(), runtime());
    for (job, instance, shown_instance) in [
        ("shop", "web-1:8080", "web-1:8080"),
        ("a/b", "", ""),
        ("..", "../..", "../.."),
        ("100 %+", "é?#&\"\\", "é?#&\\\"\\\\"),
    ] {
        let more =
            [("job", job), ("grouping-key.instance", instance), ("shutdown-operation", "delete")];
        let service = start(&runtime, &gateway, &more);
        let line = format!("orders_total{{instance=\"{shown_instance}\",job=\"{job}\",");
        assert_eq!(value(&gateway, &line), "3");
        service.stop();
        let text = shown(&gateway);
        assert!(!text.contains("orders_total"), "{text}");
        assert!(!text.contains(&format!("job=\"{job}\"")), "{text}");
    }
}

#[test]
fn the_last_push_holds_what_came_after_the_one_before() {
    let (gateway, runtime) = (Server::pushgateway(), runtime());
    for (operation, format) in [("post", "text"), ("put", "protobuf")] {
        let more = [
            ("push-rate", "1h"),
            ("job", operation),
            ("shutdown-operation", operation),
            ("format", format),
        ];
        let service = start(&runtime, &gateway, &more);
        let orders = format!("orders_total{{instance=\"\",job=\"{operation}\",region=\"eu\"}}");
        assert_eq!(value(&gateway, &orders), "3");
        service.meters().meter("orders").tag("region", "eu").counter().add(1);
        service.meters().meter("late").counter().add(1);
        service.stop();
        assert_eq!(value(&gateway, &orders), "4");
        let late = format!("late_total{{instance=\"\",job=\"{operation}\"}}");
        assert_eq!(value(&gateway, &late), "1");
    }
}

#[test]
fn a_gateway_goes_and_comes_back_and_a_frozen_one_holds_up_nothing() {
    let (mut gateway, runtime) = (Server::pushgateway(), runtime());
    let service = start(&runtime, &gateway, &[("shutdown-operation", "delete")]);
    let orders = "orders_total{";
    assert_eq!(value(&gateway, orders), "3");
    gateway.stop();
    let failed = || service.pushes("FAILURE").filter(|count| *count > 0.0);
    wait::until("a push fails", failed);
    gateway.start();
    assert_eq!(value(&gateway, orders), "3");
    gateway.freeze();
    // As ever.
    assert_eq!(service.whole()["status"], "UP");
    service.stop();
    gateway.thaw();
}

#[test]
fn a_wrong_password_is_nothing_to_the_service() {
    let (gateway, runtime) = (Server::pushgateway(), runtime());
    let service = start(&runtime, &gateway, &[("password", "wr0ng-w0rd")]);
    wait::until("a push fails", || service.pushes("FAILURE").filter(|count| *count > 0.0));
    assert_eq!(service.pushes("SUCCESS"), Some(0.0));
    assert!(!shown(&gateway).contains("orders_total"));
    service.stop();
}

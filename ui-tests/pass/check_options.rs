//! Everything that an attribute can say about how a check is run and counted.
use std::time::Duration;

use actuator::{
    __private::{DeclaredOptions, HealthDeclaration, inventory},
    health_check,
};

#[health_check(name = "options/none")]
fn nothing_said() {}

#[health_check(
    name = "options/asked",
    timeout = "250ms",
    success_ttl = "27s",
    failure_ttl = "0s",
    critical = false,
    failure_threshold = 3,
    success_threshold = 2,
    initial_status = "out-of-service",
    failure_status = "degraded",
    level = 4_294_967_295,
    tags = ["slow", "eu/west"],
    groups = ["readiness", "payments"]
)]
async fn when_asked() {}

#[health_check(
    name = "options/background",
    timeout = "1m",
    interval = "30s",
    failure_interval = "5s",
    failure_status = "FATAL",
    level = 0,
    critical = true
)]
fn in_the_background() {}

fn declared(name: &str) -> DeclaredOptions {
    let mut all = inventory::iter::<HealthDeclaration>();
    all.find(|declared| declared.name == name).unwrap().options
}

pub(crate) fn main() {
    assert_eq!(declared("options/none"), DeclaredOptions::NONE);
    assert_eq!(
        declared("options/asked"),
        DeclaredOptions {
            timeout: Some(Duration::from_millis(250)),
            success_ttl: Some(Duration::from_secs(27)),
            failure_ttl: Some(Duration::ZERO),
            interval: None,
            failure_interval: None,
            critical: Some(false),
            failure_threshold: Some(3),
            success_threshold: Some(2),
            initial_status: Some("OUT_OF_SERVICE"),
            failure_status: Some("RESTRICTED"),
            level: Some(u32::MAX),
            tags: &["slow", "eu/west"],
            groups: &["readiness", "payments"],
        }
    );
    assert_eq!(
        declared("options/background"),
        DeclaredOptions {
            timeout: Some(Duration::from_mins(1)),
            interval: Some(Duration::from_secs(30)),
            failure_interval: Some(Duration::from_secs(5)),
            failure_status: Some("FATAL"),
            level: Some(0),
            critical: Some(true),
            ..DeclaredOptions::NONE
        }
    );
}

//! Generated code under the strictest lints.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]

use std::sync::Arc;

/// A component.
#[derive(Debug)]
pub struct Pool;

/// Facts of this crate.
#[derive(Debug, actuator::ActuatorInfo)]
pub struct Facts;

/// Does it answer?
#[actuator::health_check(
    name = "lints/async",
    timeout = "1s",
    success_ttl = "27s",
    failure_ttl = "9s",
    critical = true,
    failure_threshold = 1,
    success_threshold = 1,
    initial_status = "up",
    failure_status = "down",
    level = 2,
    tags = ["lints", "async"],
    groups = ["readiness"]
)]
async fn asynchronous(pool: &Pool, shared: Arc<Pool>) -> Result<(), String> {
    drop(shared);
    std::future::ready(pool).await;
    Ok(())
}

#[actuator::health_check(name = "lints/sync", interval = "1h", failure_interval = "1m")]
fn synchronous(pool: &Pool) -> bool {
    !format!("{pool:?}").is_empty()
}

#[actuator::health_check(name = "lints/none")]
#[cfg(any())]
fn configured_away(pool: &DoesNotExist) {}

impl Pool {
    #[actuator::health_check(name = "lints/associated", on = Pool)]
    fn check(pool: &Self) -> bool {
        synchronous(pool)
    }
}

#[actuator::env_source(name = "lints")]
fn env() -> String {
    format!("{}", 1)
}

#[actuator::info_source(name = "lints")]
async fn info(pool: &Pool) -> u8 {
    std::future::ready(pool).await;
    1
}

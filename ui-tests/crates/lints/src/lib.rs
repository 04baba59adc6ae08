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
#[actuator::health_check(name = "lints/async", timeout = "1s")]
async fn asynchronous(pool: &Pool, shared: Arc<Pool>) -> Result<(), String> {
    drop(shared);
    std::future::ready(()).await;
    let _ = pool;
    Ok(())
}

#[actuator::health_check(name = "lints/sync")]
fn synchronous(_pool: &Pool) {}

#[actuator::health_check(name = "lints/none")]
#[cfg(any())]
fn configured_away(pool: &DoesNotExist) {}

impl Pool {
    #[actuator::health_check(name = "lints/associated", on = Pool)]
    fn check(_pool: &Self) -> bool {
        true
    }
}

#[actuator::env_source(name = "lints")]
fn env() -> u8 {
    1
}

#[actuator::info_source(name = "lints")]
async fn info(_pool: &Pool) -> u8 {
    std::future::ready(1).await
}

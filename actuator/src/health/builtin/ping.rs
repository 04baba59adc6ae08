//! The check that is UP because it answers.

use std::future::ready;

use crate::{
    health::{Health, HealthIndicator},
    model::endpoint::BoxFuture,
};

/// Always UP: proves that health itself is served.
#[derive(Clone, Copy, Debug)]
pub struct Ping;

impl HealthIndicator for Ping {
    fn check(&self) -> BoxFuture<'static, Health> {
        Box::pin(ready(Health::up()))
    }

    fn is_immediate(&self) -> bool {
        true
    }
}

//! What a check is, and what it may return.

use std::fmt;

use serde::Serialize;

use super::health::Health;
use crate::model::endpoint::BoxFuture;

/// A check that can be asked again and again.
pub trait HealthIndicator: Send + Sync + 'static {
    /// Asks once. The future must not borrow from the indicator, so that a slow answer can
    /// outlive the request that asked for it.
    fn check(&self) -> BoxFuture<'static, Health>;

    /// Whether dropping the future ends its work. The work of a blocking function goes on: its
    /// slot stays taken, and no other call of it is started.
    fn is_cancellable(&self) -> bool {
        true
    }

    /// Whether it answers at its first poll and waits for nothing. Such a check is asked wherever
    /// the question comes from, even while the application's runtime is stuck.
    fn is_immediate(&self) -> bool {
        false
    }

    /// What it waits for, or waited for when it was given up: said beside a missed deadline, such
    /// as "a connection of the pool: 10 of 10 are in use".
    fn waits_for(&self) -> Option<String> {
        None
    }
}

impl<F, Fut, T> HealthIndicator for F
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = T> + Send + 'static,
    T: IntoHealth,
{
    fn check(&self) -> BoxFuture<'static, Health> {
        let answer = self();
        Box::pin(async move { answer.await.into_health() })
    }
}

/// What a check may return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an answer of a health check",
    label = "not an answer of a health check",
    note = "return one of: `Health`, `()`, `bool`, `(bool, T)` with `T: Serialize`, or `Result<any of these, E>` with `E: Display`"
)]
pub trait IntoHealth {
    /// The answer as health.
    fn into_health(self) -> Health;
}

impl IntoHealth for Health {
    fn into_health(self) -> Health {
        self
    }
}

/// A check that returned is UP.
impl IntoHealth for () {
    fn into_health(self) -> Health {
        Health::up()
    }
}

/// `true` is UP, `false` DOWN.
impl IntoHealth for bool {
    fn into_health(self) -> Health {
        if self { Health::up() } else { Health::down() }
    }
}

/// As py-healthcheck has it: passed or not, and an output, which becomes the detail `output`.
impl<T: Serialize> IntoHealth for (bool, T) {
    fn into_health(self) -> Health {
        self.0.into_health().with_detail("output", self.1)
    }
}

/// An error is DOWN with its text as the detail `error`.
impl<T: IntoHealth, E: fmt::Display> IntoHealth for Result<T, E> {
    fn into_health(self) -> Health {
        match self {
            Ok(value) => value.into_health(),
            Err(error) => Health::from_error(error),
        }
    }
}

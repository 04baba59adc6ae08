//! Health: what a check answers, how checks are run together, and what comes out.

mod health;
mod indicator;

pub use health::{Health, Status};
pub use indicator::{HealthIndicator, IntoHealth};

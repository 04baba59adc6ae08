//! The management API of Spring Boot Actuator for Rust services.

#[doc(hidden)]
pub mod __private;
mod admin;
mod endpoint;
mod env;
mod error;
mod exchange;
mod health;
mod info;
mod logging;
mod meter;
mod model;
mod registry;
mod server;
mod settings;
mod support;
mod thread;
mod web;

pub use actuator_macros::ActuatorInfo;
pub use error::{Error, Result};
pub use health::{Health, HealthIndicator, IntoHealth, Status};
pub use info::ActuatorInfo;

//! The management API of Spring Boot Actuator for Rust services.

#[doc(hidden)]
pub mod __bench;
mod admin;
mod endpoint;
mod env;
mod error;
mod exchange;
mod health;
mod info;
pub mod logging;
mod meter;
mod model;
mod registry;
mod server;
mod settings;
mod support;
mod thread;
mod web;

pub use error::{Error, Result};
pub use health::{Health, HealthIndicator, IntoHealth, Status};

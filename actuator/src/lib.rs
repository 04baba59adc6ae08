//! The management API of Spring Boot Actuator for Rust services: annotate functions, call
//! [`serve!`], and the real Spring Boot Admin sees and steers the service.
#![cfg_attr(docsrs, feature(doc_cfg))]

/// The README's programs are compiled with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

#[doc(hidden)]
pub mod __private;
mod admin;
mod endpoint;
mod env;
mod error;
mod exchange;
mod health;
mod info;
pub mod logging;
mod macros;
pub mod meter;
mod model;
mod registry;
mod server;
mod settings;
mod support;
mod thread;
mod web;

pub use actuator_macros::{ActuatorInfo, env_source, health_check, info_source};
pub use admin::RegistrationState;
pub use error::{Error, Result};
pub use health::{
    Availability, ContributorError, Health, HealthContributors, HealthIndicator, IntoHealth,
    LivenessState, ReadinessState, Status,
};
pub use info::ActuatorInfo;
pub use server::{Actuator, App, Builder, IntoRoutes, Registration, Running, Setup};
pub use settings::FromSetting;
pub use web::ActuatorLayer;

//! The registration client: how this service tells Spring Boot Admin servers that it exists.
//!
//! `settings` says where to, `application` what is sent, `client` sends it once, `registrar`
//! sends it for ever and takes it back, `status` shows how that goes, `selfcheck` says why a
//! server that accepted the registration will still not reach the service.

mod address;
mod application;
mod client;
mod cloud;
mod failure;
mod host;
mod metadata;
mod registrar;
mod selfcheck;
mod settings;
mod status;

#[cfg(test)]
mod fake_server;
#[cfg(test)]
mod registrar_tests;
#[cfg(test)]
#[cfg(feature = "tls")]
mod tls_tests;

pub use application::{Application, ApplicationFacts};
pub use cloud::{CloudPlatform, ForcedPlatform, in_container};
pub use registrar::{Registrar, RegistrarHandle};
pub use selfcheck::Reach;
pub use settings::AdminClientSettings;
pub use status::{RegistrationState, RegistrationStatus};

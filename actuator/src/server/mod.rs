//! Assembly: settings to parts, parts to listeners, and the way down.

mod actuator;
mod all_settings;
mod app;
mod assembly;
mod basics;
mod beans;
mod bound;
mod builder;
mod bundles;
mod caches;
mod certs;
mod conditions;
mod custom;
#[cfg(feature = "debug")]
mod debug;
#[cfg(not(feature = "debug"))]
#[path = "no_debug.rs"]
mod debug;
mod declared_meters;
mod endpoint_audit;
mod event_limit;
mod features;
mod further;
mod guard;
mod health;
#[cfg(all(feature = "heap-profile", target_os = "linux"))]
mod heapdump;
#[cfg(not(all(feature = "heap-profile", target_os = "linux")))]
#[path = "no_heapdump.rs"]
mod heapdump;
mod help;
mod insides;
mod level_audit;
mod level_store;
mod lifecycle;
mod lifecycle_audit;
mod limits;
mod listener;
mod listener_meters;
mod log_meters;
mod management;
mod memory;
#[cfg(feature = "moka")]
mod metered_caches;
mod migrations;
mod mounts;
mod own_calls;
mod package;
mod probe;
#[cfg(feature = "metrics")]
mod recorder;
#[cfg(not(feature = "metrics"))]
#[path = "no_recorder.rs"]
mod recorder;
mod registration_meters;
mod running;
mod sanitizing;
mod sbom;
mod scheduling;
mod secured;
#[cfg(feature = "sentry")]
mod sentry;
#[cfg(not(feature = "sentry"))]
#[path = "no_sentry.rs"]
mod sentry;
mod serve;
#[cfg(feature = "tower-sessions")]
mod session_store;
mod sessions;
mod settings;
mod setup;
mod shutdown;
mod start;
mod start_log;
mod startup;
mod stores;
mod streams;
mod subjects;
mod surface;
#[cfg(feature = "tls")]
mod tls;
#[cfg(not(feature = "tls"))]
#[path = "no_tls.rs"]
mod tls;
mod typed_settings;
mod way_down;

pub use actuator::{Actuator, Registration};
pub use app::App;
pub use builder::Builder;
pub use caches::Caches;
pub use lifecycle::{Ending, HookResult, Lifecycle};
pub use package::Package;
pub use probe::probe;
pub use running::Running;
pub use serve::serve;
pub use setup::{IntoRoutes, NoSetup, Setup};
pub use streams::Streams;

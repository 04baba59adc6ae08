//! Assembly: settings to parts, parts to listeners, and the way down.

mod actuator;
mod app;
mod assembly;
mod basics;
mod beans;
mod builder;
mod health_audit;
mod health_meters;
mod listener;
mod mounts;
mod package;
mod probe;
mod serve;
mod settings;
mod setup;
mod shutdown;
mod start_log;

pub use actuator::{Actuator, Registration, Running};
pub use app::App;
pub use builder::Builder;
pub use package::Package;
pub use probe::probe;
pub use serve::serve;
pub use setup::{IntoRoutes, NoSetup, Setup};

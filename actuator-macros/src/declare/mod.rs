//! One file per macro: parse → check → expand.

pub(crate) mod actuator_info;
pub(crate) mod argument;
mod check_options;
pub(crate) mod counted;
pub(crate) mod endpoint;
mod function;
pub(crate) mod gauge;
pub(crate) mod health_check;
mod measured;
pub(crate) mod metrics;
pub(crate) mod provider;
mod schedule_options;
pub(crate) mod scheduled;
pub(crate) mod settings;
pub(crate) mod startup_step;
pub(crate) mod timed;

//! One file per macro: parse → check → expand.

pub(crate) mod actuator_info;
mod check_options;
mod function;
pub(crate) mod health_check;
pub(crate) mod provider;

//! One file per macro: parse → check → expand.

pub(crate) mod actuator_info;
pub(crate) mod health_check;
pub(crate) mod provider;

//! One file per macro: read, check, expand.

pub(crate) mod actuator_info;

//! The macros of the `actuator` crate.

//! The macros of the `actuator` crate.

mod problem;
mod syntax;

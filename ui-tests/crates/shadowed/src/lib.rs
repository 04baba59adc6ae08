//! Generated code where every name that it might lean on means something else.
#![no_implicit_prelude]
#![allow(non_camel_case_types, dead_code, missing_docs, unused_macros)]

mod std {}
mod core {}
mod alloc {}
struct Option;
struct Result;
struct Some;
struct Ok;
struct Arc;
struct Duration;
struct Source;
struct HealthDeclaration;
struct DeclaredOptions;
struct bool;
struct u32;
macro_rules! env {
    () => {};
}
macro_rules! line {
    () => {};
}
macro_rules! concat {
    () => {};
}

pub struct Pool;

#[derive(::actuator::ActuatorInfo)]
pub struct Facts;

#[::actuator::health_check(
    name = "shadowed",
    timeout = "1s",
    success_ttl = "0s",
    critical = true,
    failure_threshold = 1,
    initial_status = "up",
    level = 1,
    tags = ["shadowed"],
    groups = ["readiness"]
)]
async fn check(components: &Pool) {
    let _ = components;
}

#[::actuator::env_source(name = "shadowed")]
fn env() -> u8 {
    1
}

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
struct Box;
struct MeterDeclaration;
struct MeterKind;
struct MeterRegistry;
struct TimedSite;
struct Failure;
static SITE: () = ();
static HANDLE: () = ();
fn call() {}
fn never() {}
fn describe() {}
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

#[::actuator::scheduled(
    fixed_rate = "1h",
    initial_delay = "1h",
    jitter = "1s",
    timeout = "1m",
    overlap = parallel
)]
async fn task(components: &Pool) {
    let _ = components;
}

#[::actuator::startup_step("shadowed step", tags("a" = "b"))]
pub fn step(returned: u8) -> u8 {
    let () = SITE;
    returned
}

#[::actuator::startup_step(error = kind)]
pub async fn step_async(failed: u8) -> ::std::result::Result<u8, u8> {
    ::std::result::Result::Err(failed)
}

#[::actuator::env_source(name = "shadowed")]
fn env() -> u8 {
    1
}

#[::actuator::timed(
    "shadowed.timed",
    description = "d",
    tags("a" = "b"),
    percentiles = [0.5],
    histogram,
    slo = ["1s"]
)]
#[::actuator::counted("shadowed.counted", failures_only)]
pub fn measured(registry: u8, measured: u8) -> u8 {
    let () = SITE;
    if registry > measured {
        registry
    } else {
        measured
    }
}

#[::actuator::timed]
#[::actuator::counted]
pub async fn asynchronous(returned: u8) -> (u8, ()) {
    (returned, SITE)
}

#[::actuator::timed]
pub fn future(future: u8) -> impl ::std::future::Future<Output = u8> {
    async move { future }
}

#[::actuator::timed(error = kind)]
pub fn named(failed: u8) -> ::std::result::Result<u8, u8> {
    ::std::result::Result::Err(failed)
}

fn kind(_: &u8) -> &'static str {
    "kind"
}

#[::actuator::timed("shadowed.long", long_task)]
pub fn long() {}

#[::actuator::gauge("shadowed.gauge", base_unit = "things")]
fn gauge(components: &Pool) -> u8 {
    let _ = components;
    1
}

#[::actuator::metrics(prefix = "shadowed")]
pub struct Handles {
    #[meter(tags("a" = "b"))]
    pub handle: ::std::sync::Arc<::actuator::meter::Counter>,
    pub registry: ::std::sync::Arc<::actuator::meter::Timer>,
}

fn into(_: &::std::primitive::u8) -> ::std::result::Result<(), ::std::string::String> {
    ::std::result::Result::Ok(())
}

#[derive(::actuator::Settings)]
#[settings(prefix = "shadowed", validate = reader)]
pub struct Read {
    #[settings(default = 1, min = 1, validate = into)]
    name: ::std::primitive::u8,
    part: Part,
    word: Word,
}

fn reader(_: &Read) -> ::std::result::Result<(), ::std::string::String> {
    ::std::result::Result::Ok(())
}

#[derive(::actuator::Settings)]
pub struct Part {
    #[settings(default = true)]
    value: ::std::primitive::bool,
}

#[derive(::actuator::Settings)]
pub enum Word {
    Other,
    Known,
}

#[derive(::std::default::Default)]
pub struct Endpoint;

#[::actuator::endpoint(id = "shadowed")]
impl Endpoint {
    #[read]
    fn read(
        &self,
        pool: &Pool,
        #[selector] name: &::std::primitive::str,
    ) -> ::std::option::Option<::std::primitive::u8> {
        let _ = (pool, name);
        ::std::option::Option::Some(1)
    }

    #[write]
    async fn write(&self, arguments: ::std::option::Option<&::std::primitive::str>) {
        let _ = arguments;
    }
}

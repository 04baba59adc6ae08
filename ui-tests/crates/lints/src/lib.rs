//! Generated code under the strictest lints.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]

use std::sync::Arc;

/// A component.
#[derive(Debug)]
pub struct Pool;

/// Facts of this crate.
#[derive(Debug, actuator::ActuatorInfo)]
pub struct Facts;

/// Does it answer?
#[actuator::health_check(
    name = "lints/async",
    timeout = "1s",
    success_ttl = "27s",
    failure_ttl = "9s",
    critical = true,
    failure_threshold = 1,
    success_threshold = 1,
    initial_status = "up",
    failure_status = "down",
    level = 2,
    tags = ["lints", "async"],
    groups = ["readiness"]
)]
async fn asynchronous(pool: &Pool, shared: Arc<Pool>) -> Result<(), String> {
    drop(shared);
    std::future::ready(pool).await;
    Ok(())
}

#[actuator::health_check(name = "lints/sync", interval = "1h", failure_interval = "1m")]
fn synchronous(pool: &Pool) -> bool {
    !format!("{pool:?}").is_empty()
}

#[actuator::health_check(name = "lints/none")]
#[cfg(any())]
fn configured_away(pool: &DoesNotExist) {}

impl Pool {
    #[actuator::health_check(name = "lints/associated", on = Pool)]
    fn check(pool: &Self) -> bool {
        synchronous(pool)
    }
}

#[actuator::scheduled(
    name = "lints-task",
    fixed_delay = "1h",
    initial_delay = "1h",
    jitter = "1s",
    timeout = "1m"
)]
async fn task(pool: &Pool, shared: Arc<Pool>) -> Result<(), String> {
    drop(shared);
    std::future::ready(pool).await;
    Ok(())
}

#[actuator::scheduled(initial_delay = "1h")]
fn blocking_task(pool: &Pool) {
    drop(format!("{pool:?}"));
}

/// A step.
///
/// # Errors
/// There is no number.
#[actuator::startup_step("lints step", tags("a" = "b"))]
pub fn step(text: &str) -> Result<u8, std::num::ParseIntError> {
    const LEAST: u8 = 1;
    let number: u8 = text.parse()?;
    Ok(number.max(LEAST))
}

/// A step that waits.
#[actuator::startup_step]
pub async fn step_async(pool: &Pool) -> Option<&Pool> {
    const YES: bool = true;
    std::future::ready(YES).await.then_some(pool)
}

#[actuator::env_source(name = "lints")]
fn env() -> String {
    format!("{}", 1)
}

#[actuator::info_source(name = "lints")]
async fn info(pool: &Pool) -> u8 {
    std::future::ready(pool).await;
    1
}

/// Handles.
#[derive(Debug)]
#[actuator::metrics(prefix = "lints", tags("crate" = "lints"))]
pub struct Handles {
    /// A counter.
    #[meter("counter", base_unit = "calls")]
    pub counter: Arc<actuator::meter::Counter>,
    /// A timer.
    #[meter(histogram, slo = ["1s"], percentiles = [0.5])]
    pub timer: Arc<actuator::meter::Timer>,
}

/// Measured in all ways.
///
/// # Errors
/// There is no number.
#[actuator::timed("lints.timed", tags("a" = "b"), slo = ["1s"], percentiles = [0.5], histogram)]
#[actuator::counted("lints.counted", failures_only)]
pub fn measured(text: &str) -> Result<u8, std::num::ParseIntError> {
    const LEAST: u8 = 1;
    let number: u8 = text.parse()?;
    Ok(number.max(LEAST))
}

/// Waits.
#[actuator::timed]
#[actuator::counted]
pub async fn measured_async(pool: &Pool) -> Option<&Pool> {
    const YES: bool = true;
    std::future::ready(YES).await.then_some(pool)
}

/// One line.
#[rustfmt::skip]
#[actuator::timed]
pub async fn short() -> u8 { std::future::ready(1).await }

/// Nothing comes back.
#[actuator::timed("lints.long", long_task)]
#[actuator::counted(on = Pool)]
pub fn nothing() {}

/// An iterator.
#[actuator::timed]
pub fn opaque(numbers: &[u8]) -> impl Iterator<Item = &u8> {
    numbers.iter()
}

/// A future.
#[actuator::timed]
pub fn future() -> impl Future<Output = ()> + Send {
    std::future::ready(())
}

/// A future in a box.
#[must_use]
#[actuator::counted]
pub fn boxed() -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(std::future::ready(()))
}

/// It ends the process.
#[actuator::timed]
pub fn never() -> ! {
    std::process::exit(1)
}

const fn kind<E>(_: &E) -> &'static str {
    "kind"
}

/// What kind of error it was.
///
/// # Errors
/// Always.
#[actuator::timed(error = kind)]
pub fn named() -> Result<(), String> {
    Err(String::new())
}

#[actuator::gauge("lints.gauge", base_unit = "things", tags("a" = "b"))]
fn gauge(pool: &Pool) -> usize {
    format!("{pool:?}").len()
}

impl Pool {
    /// A method.
    #[actuator::timed(on = Pool)]
    pub fn method(&mut self) -> &mut Self {
        self
    }

    #[actuator::gauge("lints.associated", on = Pool)]
    fn associated(pool: &Self) -> Option<f32> {
        format!("{pool:?}").parse().ok()
    }
}

/// What is read.
#[derive(Debug, actuator::Settings)]
#[settings(prefix = "lints", validate = Read::check)]
pub struct Read {
    #[settings(default = 3, min = 1)]
    number: u8,
    #[settings(default = "a", validate = Self::check_word)]
    word: String,
    #[settings(parse)]
    letters: Vec<char>,
    #[settings(default = "one")]
    choice: Choice,
}

impl Read {
    fn check(&self) -> Result<(), String> {
        let Self { number, word, letters, choice } = self;
        if *number > 99 { Err(format!("{word} {letters:?} {choice:?}")) } else { Ok(()) }
    }

    const fn check_word(word: &str) -> Result<(), &'static str> {
        if word.is_empty() { Err("empty") } else { Ok(()) }
    }
}

/// One of two.
#[derive(Debug, Clone, Copy, actuator::Settings)]
pub enum Choice {
    /// The first.
    One,
    /// The second.
    Two,
}

/// An endpoint.
#[derive(Debug, Default)]
pub struct Endpoint;

/// An endpoint.
#[actuator::endpoint(id = "lints", access = "read-only")]
impl Endpoint {
    #[read]
    fn read(&self, pool: &Pool, number: Option<u8>) -> String {
        format!("{self:?} {pool:?} {number:?}")
    }

    #[write]
    async fn write(self: Arc<Self>, shared: Arc<Pool>) -> Result<(), std::io::Error> {
        drop(shared);
        std::future::ready(self).await;
        Ok(())
    }

    #[delete]
    #[cfg(any())]
    fn configured_away(pool: &DoesNotExist) {}

    /// Is no operation.
    #[must_use]
    pub const fn other(&self) -> u8 {
        1
    }
}

/// A choice.
#[derive(Clone, Copy, Debug, actuator::Argument)]
pub enum Argument {
    /// One.
    One,
    /// Another.
    Another,
}

//! Everything that a check may return, sync and async, free and associated.
use std::{fmt, sync::Arc};

use actuator::{Health, health_check};

struct Pool;
trait Clock: Send + Sync {}

#[health_check(name = "health")]
fn health() -> Health {
    Health::up()
}

#[health_check(name = "unit")]
fn unit() {}

#[health_check(name = "bool")]
async fn bool() -> bool {
    true
}

#[health_check(name = "output")]
async fn output() -> (bool, Vec<u8>) {
    (true, vec![1])
}

struct Opaque;
impl fmt::Display for Opaque {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("opaque")
    }
}

#[health_check(name = "result", timeout = "250ms")]
fn result(pool: &Pool, shared: Arc<Pool>, clock: &dyn Clock) -> Result<bool, Opaque> {
    let _ = (pool, shared, clock);
    Err(Opaque)
}

#[health_check(name = "borrowed")]
fn borrowed() -> Result<(), &'static str> {
    Ok(())
}

/// The parameter has the name of its function.
#[health_check(name = "shadowing")]
async fn pool(pool: &Pool) -> bool {
    let _ = pool;
    true
}

/// So it may be that of something in the generated code.
#[health_check(name = "components")]
fn components(component0: &Pool) -> bool {
    let _ = component0;
    true
}

impl Pool {
    #[health_check(name = "associated", on = Pool)]
    async fn check(pool: &Pool) -> std::io::Result<()> {
        let _ = pool;
        Ok(())
    }
}

pub(crate) fn main() {}

use actuator::health_check;

struct Pool;

#[health_check(name = "by-value")]
fn by_value(_pool: Pool) {}

#[health_check(name = "exclusive")]
fn exclusive(_pool: &mut Pool) {}

#[health_check(name = "pattern")]
fn pattern((_a, _b): (&Pool, &Pool)) {}

#[health_check(name = "generic")]
fn generic<T>(_pool: &T) {}

impl Pool {
    #[health_check(name = "receiver", on = Pool)]
    fn receiver(&self) {}
}

fn main() {}

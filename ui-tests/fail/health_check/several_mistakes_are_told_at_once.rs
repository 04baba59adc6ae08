use actuator::health_check;

struct Pool;

#[health_check(nmae = "db", timeout = 5)]
fn db(pool: Pool, _other: &mut Pool) {
    let _ = pool;
}

fn main() {}

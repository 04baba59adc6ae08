use actuator::health_check;

#[health_check]
fn db() {}

#[health_check()]
fn cache() {}

fn main() {}

use actuator::health_check;

#[health_check(name = "")]
fn empty() {}

#[health_check(name = "brokers//primary")]
fn segment() {}

#[health_check(name = "my db")]
fn blank() {}

#[health_check(name = 5)]
fn number() {}

fn main() {}

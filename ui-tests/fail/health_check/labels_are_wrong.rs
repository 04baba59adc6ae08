use actuator::health_check;

#[health_check(name = "tags", tags = ["slow", "", "a,b", "very slow", "slow", 5, "\u{7}"])]
fn tags() {}

#[health_check(name = "groups", groups = ["readiness", "readiness/db", "readiness"])]
fn groups() {}

#[health_check(name = "empty", tags = [], groups)]
fn empty() {}

#[health_check(name = "texts", tags = "slow, eu", groups = readiness)]
fn no_lists() {}

#[health_check(name = "singular", tag = "slow", group = "readiness")]
fn singular() {}

fn main() {}

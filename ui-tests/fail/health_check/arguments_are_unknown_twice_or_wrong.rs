use actuator::health_check;

#[health_check(nam = "db")]
fn typo() {}

#[health_check(name = "db", name = "db2")]
fn twice() {}

#[health_check(name = "db", timeout = 2)]
fn without_unit() {}

#[health_check(name = "db", timeout = "2 parsecs")]
fn not_a_duration() {}

#[health_check("db")]
fn positional() {}

fn main() {}

use actuator::health_check;

#[health_check(name = "db")]
struct Db;

fn main() {}

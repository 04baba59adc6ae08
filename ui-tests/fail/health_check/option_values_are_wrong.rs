use actuator::health_check;

#[health_check(name = "durations", timeout = "0s", interval = 30, failure_interval = "soon")]
fn durations() {}

#[health_check(name = "bools", critical)]
fn bool_without_value() {}

#[health_check(name = "bools", critical = "true")]
fn bool_in_quotes() {}

#[health_check(name = "numbers", failure_threshold = 0, success_threshold = "2", level = -1)]
fn numbers() {}

#[health_check(name = "numbers", failure_threshold = 4294967296, level = 1.5)]
fn numbers_out_of_range() {}

#[health_check(name = "statuses", initial_status = "dwon", failure_status = "half open")]
fn statuses() {}

#[health_check(name = "statuses", initial_status = DOWN, failure_status = "")]
fn statuses_without_quotes() {}

fn main() {}

use actuator::health_check;

#[health_check(name = "kept", interval = "30s", success_ttl = "27s", failure_ttl = "9s")]
fn always_kept_and_kept_for_a_while() {}

#[health_check(name = "pace", failure_interval = "5s")]
fn faster_than_nothing() {}

#[health_check(name = "hidden", failure_status = "up")]
fn hidden_failure() {}

// Only the misspelling is a mistake here.
#[health_check(name = "misspelt", intervall = "30s", failure_interval = "5s")]
fn misspelt_interval() {}

// And here only the value.
#[health_check(name = "unit", interval = 30, failure_interval = "5s")]
fn interval_without_unit() {}

fn main() {}

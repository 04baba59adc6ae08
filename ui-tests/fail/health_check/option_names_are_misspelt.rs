use actuator::health_check;

#[health_check(name = "camel", failureThreshold = 3, successTtl = "27s", initialStatus = "down")]
fn camel_case() {}

#[health_check(name = "typos", critcal = false, levle = 2, intreval = "30s")]
fn typos() {}

#[health_check(name = "foreign", period = "30s")]
fn foreign() {}

fn main() {}

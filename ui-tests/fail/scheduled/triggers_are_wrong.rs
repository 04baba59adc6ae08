use actuator::scheduled;

#[scheduled]
fn never() {}

#[scheduled(cron = "0 0 3 * * *", fixed_rate = "30s", fixed_delay = "30s")]
fn three_triggers() {}

#[scheduled(cron = "0 3 * * *")]
fn five_fields() {}

#[scheduled(cron = "0 61 3 * * MOON")]
fn no_such_minute() {}

#[scheduled(cron = "@fortnightly")]
fn no_such_macro() {}

#[scheduled(cron = "0 0 3 * * *", zone = "Europe/Zuerich")]
fn no_such_zone() {}

#[scheduled(cron = "0 0 3 * * *", initial_delay = "5s")]
fn delayed_cron() {}

#[scheduled(fixed_rate = "30s", zone = "UTC")]
fn zone_of_a_rate() {}

fn main() {}

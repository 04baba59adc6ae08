use actuator::startup_step;

#[startup_step("")]
fn load_prices() {}

#[startup_step(load prices)]
fn name_without_quotes() {}

#[startup_step("two\nlines")]
fn name_of_two_lines() {}

#[startup_step("prices", tag("a" = "b"), parent = "cache")]
fn unknown_arguments() {}

#[startup_step(tags("exception" = "none"))]
fn reserved_tag() {}

#[startup_step]
struct NotAFunction;

#[startup_step]
const fn constant() {}

trait Store {
    #[startup_step]
    fn open(&self);
}

fn main() {}

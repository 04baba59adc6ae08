use std::time::Instant;

use actuator::{App, Settings};

struct Foreign;

#[derive(Settings)]
#[settings(prefix = "shop")]
struct Shop {
    foreign: Foreign,
    many: Vec<Instant>,
    #[settings(parse)]
    parsed: Foreign,
}

#[derive(Settings)]
struct Part {
    value: u8,
}

fn part(app: &mut App) {
    let _ = app.settings::<Part>();
}

fn check(_: &Checked) -> bool {
    true
}

#[derive(Settings)]
#[settings(prefix = "checked", validate = check)]
struct Checked {
    #[settings(validate = missing)]
    value: u8,
}

fn main() {}

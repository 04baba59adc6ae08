use std::collections::BTreeMap;

use actuator::Settings;

#[derive(Settings)]
struct Part {
    #[settings(default = 1)]
    value: u8,
}

#[derive(Settings)]
#[settings(prefix = "shop")]
struct Shop {
    #[settings(min = 1)]
    name: String,
    #[settings(default = "a")]
    labels: BTreeMap<String, String>,
    #[settings(default = "a")]
    part: Part,
    #[settings(non_empty)]
    other: Part,
}

fn main() {}

use actuator::{env_source, info_source};

#[env_source]
fn nameless() -> u8 {
    1
}

#[info_source(name = "shop", timeout = "2s")]
fn no_timeout_here() -> u8 {
    1
}

struct NotSerializable;

#[env_source(name = "opaque")]
fn opaque() -> NotSerializable {
    NotSerializable
}

fn main() {}

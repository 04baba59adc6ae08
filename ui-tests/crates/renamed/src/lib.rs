//! The runtime crate under another name: every macro is told where it is.

/// Facts of this crate.
#[derive(act::ActuatorInfo)]
#[actuator(crate = ::act)]
pub struct Renamed;

#[act::health_check(name = "renamed", level = 1, tags = ["renamed"], crate = ::act)]
fn renamed() -> bool {
    true
}

#[act::env_source(name = "renamed", crate = ::act)]
fn env() -> [u8; 1] {
    [1]
}

#[act::info_source(name = "renamed", crate = ::act)]
async fn info() -> u8 {
    1
}

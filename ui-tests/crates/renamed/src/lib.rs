//! The runtime crate under another name: every macro is told where it is.

/// Facts of this crate.
#[derive(act::ActuatorInfo)]
#[actuator(crate = ::act)]
pub struct Renamed;

#[act::health_check(name = "renamed", level = 1, tags = ["renamed"], crate = ::act)]
fn renamed() -> bool {
    true
}

#[act::scheduled(fixed_rate = "1h", overlap = queue, crate = ::act)]
async fn task() {}

#[act::startup_step("renamed step", tags("a" = "b"), crate = ::act)]
pub fn step() {}

#[act::env_source(name = "renamed", crate = ::act)]
fn env() -> [u8; 1] {
    [1]
}

#[act::info_source(name = "renamed", crate = ::act)]
async fn info() -> u8 {
    1
}

#[act::timed("renamed.timed", crate = ::act)]
#[act::counted("renamed.counted", crate = ::act)]
pub fn measured() {}

#[act::gauge("renamed.gauge", crate = ::act)]
fn gauge() -> u8 {
    1
}

#[act::metrics(prefix = "renamed", crate = ::act)]
pub struct Handles {
    pub handle: std::sync::Arc<act::meter::Counter>,
}

#[derive(act::Settings)]
#[settings(prefix = "renamed", crate = ::act)]
pub struct Read {
    #[settings(default = "on")]
    pub word: Word,
    #[settings(parse, default = 1)]
    pub number: u8,
}

#[derive(act::Settings)]
#[settings(crate = ::act)]
pub enum Word {
    On,
    Off,
}

#[derive(Default)]
pub struct Endpoint;

#[act::endpoint(id = "renamed", crate = ::act)]
impl Endpoint {
    #[read]
    fn read(&self, #[selector] word: Choice) -> Option<u8> {
        matches!(word, Choice::On).then_some(1)
    }
}

#[derive(act::Argument)]
#[argument(crate = ::act)]
pub enum Choice {
    On,
    Off,
}

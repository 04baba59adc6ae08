//! Everything that a scheduled function may be and say.
use std::{fmt, sync::Arc};

use actuator::scheduled;

struct Store;
trait Clock: Send + Sync {}

#[scheduled(cron = "0 */5 * * * *", zone = "Europe/Zurich")]
fn every_five_minutes() {}

#[scheduled(cron = "${orders.cleanup.cron:-}", zone = "${orders.zone:UTC}", overlap = "queue")]
async fn from_settings() {}

#[scheduled(cron = "@daily", timeout = "1m", jitter = "30s", overlap = parallel)]
async fn with_everything(store: &Store, clock: Arc<dyn Clock>) -> std::io::Result<()> {
    let _ = (store, clock);
    Ok(())
}

struct Opaque;
impl fmt::Display for Opaque {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("opaque")
    }
}

#[scheduled(name = "named", fixed_rate = "1h", initial_delay = "5s")]
fn fails() -> Result<(), Opaque> {
    Err(Opaque)
}

#[scheduled(fixed_delay = "${poll.pause:30s}")]
fn gives_a_number() -> Result<u8, &'static str> {
    Ok(1)
}

/// Once.
#[scheduled(initial_delay = "0s")]
async fn store(store: &Store) {
    let _ = store;
}

impl Store {
    #[scheduled(fixed_rate = "1h", on = Store)]
    async fn sweep(store: &Self) {
        let _ = store;
    }
}

pub(crate) fn main() {}

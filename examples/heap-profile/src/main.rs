//! A service whose memory can be looked into: jemalloc is its allocator, and samples what is asked of
//! it if the environment says so.
//!
//! ```console
//! $ _RJEM_MALLOC_CONF=prof:true,prof_active:true,lg_prof_sample:16 cargo run -p heap-profile
//! $ curl -o heap.pb.gz http://127.0.0.1:8080/actuator/heapdump
//! $ go tool pprof -top heap.pb.gz
//! ```

use std::sync::{Arc, Mutex, PoisonError};

use actuator::App;
use axum::{Router, extract::State, routing::get};
use tikv_jemallocator::Jemalloc;

#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

/// What requests leave behind.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<Vec<u8>>>>);

/// Keeps a megabyte of each request: the leak that is to be found.
async fn keep(State(kept): State<Kept>) -> String {
    let mut kept = kept.0.lock().unwrap_or_else(PoisonError::into_inner);
    kept.push(leaked_megabyte());
    format!("{} MB are kept\n", kept.len())
}

#[inline(never)]
fn leaked_megabyte() -> Vec<u8> {
    vec![1; 1024 * 1024]
}

fn setup(_: &mut App) -> Router {
    Router::new().route("/keep", get(keep)).with_state(Kept::default())
}

fn main() -> actuator::Result<()> {
    actuator::serve!(setup)
}

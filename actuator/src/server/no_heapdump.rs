//! In place of `heapdump` in a build without the feature `heap-profile`, and elsewhere than on Linux:
//! who asks for a profile is told why there is none.

use std::sync::Arc;

use super::further::Ground;
use crate::{
    endpoint::HeapdumpEndpoint, meter::ReadAllocator, model::endpoint::SharedEndpoint,
    support::clock::Clock,
};

const REMEDY: &str = "this build has no profiles of the heap: they are there on Linux, with \
     actuator's feature heap-profile, with tikv-jemallocator (feature profiling) as the \
     #[global_allocator], and _RJEM_MALLOC_CONF=prof:true,prof_active:false in the environment";

/// The endpoint of why there are none.
pub(super) fn endpoint(ground: &Ground<'_>) -> SharedEndpoint {
    let none = Err(REMEDY.to_owned());
    Arc::new(HeapdumpEndpoint::new(none, ground.application, Clock::system()))
}

/// Nobody here knows how.
pub(super) fn read_allocator() -> Option<ReadAllocator> {
    None
}

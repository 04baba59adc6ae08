//! The memory of the process, what its allocator says of it, and what requests of the application
//! leave behind.

use std::sync::Arc;

use super::{further::Ground, insides::SharedAllocator, own_calls};
use crate::{
    endpoint::MemoryEndpoint,
    memory::{AllocatorFigures, GrowthMeter, Memory, ReadFigures},
    model::endpoint::SharedEndpoint,
};

/// The endpoint of the memory.
pub(super) fn endpoint(ground: &Ground<'_>) -> SharedEndpoint {
    let allocator = ground.app.insides.allocator().map(figures);
    let growth = ground.basics.config.debug.is_on().then(|| {
        let server = &ground.basics.server;
        let own = (!server.is_apart()).then(|| server.full_base_path());
        let call = own_calls::caller(ground.app.insides.clone(), own, ground.runtime.clone());
        GrowthMeter::new(call, allocator.clone())
    });
    Arc::new(MemoryEndpoint::new(Memory::of_process(allocator), growth))
}

fn figures(allocator: SharedAllocator) -> ReadFigures {
    Arc::new(move || {
        let [allocated, active, resident, mapped, retained] = allocator.read().in_bytes();
        AllocatorFigures { allocated, active, resident, mapped, retained }
    })
}

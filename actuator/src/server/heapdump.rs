//! Profiles of the heap, where jemalloc is the allocator, and what it says of its memory.

use std::sync::Arc;

use super::further::Ground;
use crate::{
    endpoint::{HeapSource, HeapdumpEndpoint, NoHeapdump},
    meter::{AllocatorStatistics, ReadAllocator},
    model::endpoint::{BoxFuture, SharedEndpoint},
    profile::{
        SymbolTable,
        heap::{HeapProfiler, Jemalloc, JemallocStatistics, NoHeapProfile},
    },
    support::clock::Clock,
};

const NO_JEMALLOC: &str = "the allocator of this service is not jemalloc: add tikv-jemallocator \
     with its feature profiling, and to main.rs #[global_allocator] static ALLOCATOR: \
     tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;";
const NO_SAMPLES: &str = "jemalloc was started without its profiler: start the service with \
     _RJEM_MALLOC_CONF=prof:true,prof_active:false in its environment (MALLOC_CONF where its \
     functions have no prefix), and tikv-jemallocator with its feature profiling";

/// The endpoint of profiles, or of why there are none.
pub(super) fn endpoint(ground: &Ground<'_>) -> SharedEndpoint {
    let source = match Jemalloc::of_process() {
        None => Err(NO_JEMALLOC.to_owned()),
        Some(jemalloc) if !jemalloc.can_sample() => Err(NO_SAMPLES.to_owned()),
        Some(jemalloc) => {
            let symbols = Arc::new(SymbolTable::default());
            let profiler = Profiler(HeapProfiler::new(jemalloc, symbols));
            Ok(Arc::new(profiler) as Arc<dyn HeapSource>)
        }
    };
    Arc::new(HeapdumpEndpoint::new(source, ground.application, Clock::system()))
}

/// How the allocator is asked of its memory, if it is jemalloc.
pub(super) fn read_allocator() -> Option<ReadAllocator> {
    let jemalloc = Jemalloc::of_process()?;
    Some(Box::new(move || {
        let JemallocStatistics { allocated, active, resident, mapped, retained } =
            jemalloc.statistics();
        AllocatorStatistics::default()
            .allocated(allocated)
            .active(active)
            .resident(resident)
            .mapped(mapped)
            .retained(retained)
    }))
}

struct Profiler(HeapProfiler);

impl HeapSource for Profiler {
    fn take(&self) -> BoxFuture<'_, Result<Vec<u8>, NoHeapdump>> {
        Box::pin(async {
            self.0.take().await.map_err(|why| match why {
                NoHeapProfile::Busy => NoHeapdump::Busy,
                NoHeapProfile::NotSampling => NoHeapdump::NotSampling,
                NoHeapProfile::Failed(error) => {
                    NoHeapdump::Failed(format!("no profile of the heap: {error}"))
                }
            })
        })
    }

    fn let_sample(&self, active: bool) -> Result<(), String> {
        let switched = self.0.jemalloc().let_sample(active);
        switched.map_err(|error| format!("jemalloc cannot be switched: {error}"))
    }
}

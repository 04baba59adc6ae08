//! The meters that are there without code: of the process, the machine, the runtime and ourselves.
//!
//! One file for each subject. What is read in a few atomic loads is asked for whenever a meter is
//! read; everything else is a [`Source`], looked at by the [`sampler`] on a thread of its own. What
//! the system does not tell is absent, and never an error. `docs/meters.md` lists all of them.

mod allocator;
mod application;
pub mod cache;
mod cgroup;
pub mod client;
mod collector;
mod disk;
mod jvm;
mod memory_map;
pub mod pool;
mod process;
mod runtime;
#[cfg(tokio_unstable)]
mod runtime_unstable;
#[cfg(not(tokio_unstable))]
#[path = "runtime_stable.rs"]
mod runtime_unstable;
mod sampled;
mod sampler;
mod system;
mod threads;

#[cfg(test)]
mod tests;

pub use allocator::AllocatorStatistics;
pub(crate) use allocator::ReadAllocator;
pub(crate) use application::{APPLICATION_INFO, ApplicationTimes, bind_application_info};
pub(crate) use collector::scrape_timer;
pub(crate) use process::bind_process_meters;
pub(crate) use sampler::MetricsSampler;

use self::sampled::Source;
use super::{MeterRegistry, MeterSettings, as_f64};
use crate::support::host::{HostRoot, ProcessIdentity};

/// What is looked at, in this order; a new subject is a file here and a line below.
fn sources(
    settings: &MeterSettings,
    identity: &ProcessIdentity,
    root: &HostRoot,
) -> Vec<Box<dyn Source>> {
    let mut sources: Vec<Box<dyn Source>> = vec![
        Box::new(process::Process::new(identity, root)),
        Box::new(threads::Threads::new(root)),
        Box::new(system::System::new(root)),
        Box::new(cgroup::ControlGroup::new(root)),
        Box::new(collector::Collector),
        Box::new(disk::Disks::new(&settings.disk_paths)),
    ];
    if !settings.smaps_interval.is_zero() {
        sources.push(Box::new(memory_map::ProcessMemoryMap::new(root)));
    }
    if settings.jvm_aliases {
        sources.push(Box::new(jvm::JvmThreads::new(root)));
    }
    sources
}

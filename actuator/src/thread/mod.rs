//! Threads: what the threads of the process are doing.

mod dump;
mod repository;
mod settings;
mod stack;
#[cfg(not(all(
    feature = "stacks",
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
#[path = "no_stacks.rs"]
mod stacks;
#[cfg(all(
    feature = "stacks",
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
mod stacks;
mod state;

pub use dump::{ThreadDump, ThreadGroup, ThreadInfo};
pub use repository::ThreadRepository;
pub use settings::ThreadSettings;
pub use stack::{ProfileFailure, ProfileFormat, ProfileRequest, ThreadStack};
pub use stacks::MISSING as STACKS_MISSING;
#[cfg(test)]
pub use state::ThreadState;

//! Threads: what the threads of the process are doing.

mod dump;
mod repository;

pub use dump::{ThreadDump, ThreadInfo, ThreadState};
pub use repository::ThreadRepository;

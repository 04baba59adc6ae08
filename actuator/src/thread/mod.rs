//! Threads: what the threads of the process are doing.

mod dump;
mod repository;

#[cfg(test)]
pub use dump::ThreadState;
pub use dump::{ThreadDump, ThreadInfo};
pub use repository::ThreadRepository;

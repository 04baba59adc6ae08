//! Asynchronous tasks with names, which `/actuator/tasks` and the text of thread dumps list: a stack
//! shows what a thread does, but not what waits.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let poller = actuator::task::spawn("orders-poller", async {
//!     // …
//! });
//! # poller.await.unwrap();
//! # }
//! ```
//!
//! A task is listed from when it is spawned until it ends: its name, its age, whether it is being
//! polled and for how long, how often it was, and where it was spawned. That costs two looks at the
//! clock per poll. Tasks that are not spawned in this way are not known.

mod registry;
mod tracked;

use std::{borrow::Cow, future::Future, panic::Location};

use tokio::task::JoinHandle;

pub use tracked::Named;

pub(crate) use registry::{MAX_NAME, TaskInfo, TaskState, Tasks};

/// Spawns a task on the current runtime, as `tokio::spawn` does, and lists it under a name. Several
/// may have the same one.
///
/// # Panics
/// There is no runtime; as `tokio::spawn`.
#[track_caller]
pub fn spawn<F>(name: impl Into<Cow<'static, str>>, future: F) -> JoinHandle<F::Output>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    tokio::spawn(named(name, future))
}

/// A future that is listed under a name until it ends or is dropped: for those that are spawned in
/// another way, on a `JoinSet` or another runtime.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let mut set = tokio::task::JoinSet::new();
/// set.spawn(actuator::task::named("import", async { 7 }));
/// assert_eq!(set.join_all().await, [7]);
/// # }
/// ```
#[track_caller]
pub fn named<F: Future>(name: impl Into<Cow<'static, str>>, future: F) -> Named<F> {
    Named::new(Tasks::of_process().add(name.into(), Location::caller()), future)
}

#[cfg(test)]
mod tests;

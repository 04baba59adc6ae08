//! Where a service is watched over: the management API, signals, the way down. With a management port
//! of its own, or where signals are heard, that is a runtime of one thread on which nothing of the
//! application runs, so that it answers although the application is stuck.

use std::{sync::mpsc, thread};

use tokio::runtime::{Builder, Handle, Runtime};

use crate::{
    error::{Error, ErrorKind, Result},
    support::trigger::Trigger,
};

/// The name of the thread.
const THREAD: &str = "actuator-management";
/// The log file and the thread dump are read beside the runtime.
const MAX_BLOCKING_THREADS: usize = 8;

/// The runtime beside the application, or the application's own.
#[derive(Clone, Debug)]
pub(super) struct Beside {
    /// To spawn on it.
    pub(super) handle: Handle,
    /// Thrown once it serves no more.
    pub(super) ended: Trigger,
}

/// Throws when it is dropped, however that comes.
#[derive(Debug)]
pub(super) struct Throws(pub(super) Trigger);

impl Drop for Throws {
    fn drop(&mut self) {
        self.0.throw();
    }
}

impl Beside {
    /// The current runtime, which is the application's. What is given with it says that the
    /// service has ended.
    pub(super) fn here() -> (Self, Throws) {
        let ended = Trigger::default();
        (Self { handle: Handle::current(), ended: ended.clone() }, Throws(ended))
    }

    /// A thread and a runtime of its own, until what is given with it is dropped; they end with the
    /// application's runtime at the latest. Whatever is on it then is dropped.
    pub(super) fn thread() -> Result<(Self, Throws)> {
        let refuse = |error: std::io::Error| {
            let message = format!("the management API gets no thread of its own: {error}");
            Error::new(ErrorKind::Runtime, message).with_cause(error)
        };
        let (release, ended) = (Trigger::default(), Trigger::default());
        let (released, end) = (release.clone(), Throws(ended.clone()));
        let (tell, told) = mpsc::sync_channel(1);
        let run = move || match runtime() {
            Ok(runtime) => {
                // Waited for below.
                let _ = tell.send(Ok(runtime.handle().clone()));
                run(runtime, &released, end);
            }
            Err(error) => drop(tell.send(Err(error))),
        };
        thread::Builder::new().name(THREAD.to_owned()).spawn(run).map_err(refuse)?;
        let gone = |_| std::io::Error::other("its thread ended");
        let handle = told.recv().map_err(gone).flatten().map_err(refuse)?;
        let beside = Self { handle, ended };
        let (leash, ended) = (Throws(release.clone()), beside.ended.clone());
        tokio::spawn(async move {
            ended.thrown().await;
            drop(leash);
        });
        Ok((beside, Throws(release)))
    }
}

/// Built on the thread that it is for: one that is left over could not be dropped by a task.
fn runtime() -> std::io::Result<Runtime> {
    Builder::new_current_thread()
        .enable_all()
        .thread_name(THREAD)
        .max_blocking_threads(MAX_BLOCKING_THREADS)
        .build()
}

/// Tasks panic for themselves: this ends only when it is told to.
fn run(runtime: Runtime, released: &Trigger, end: Throws) {
    runtime.block_on(released.thrown());
    // What still blocks a thread must not hold up the end.
    runtime.shutdown_background();
    drop(end);
}

//! What ends the process in an orderly way: SIGTERM, ctrl-c, or the shutdown endpoint.

use std::sync::Arc;

use tokio::{runtime::Handle, sync::Notify};

use crate::support::trigger::Trigger;

/// The signals that tell the process to stop, from the moment this is made: one that arrives
/// before anybody waits for it is not lost.
#[derive(Debug)]
pub(super) struct Signals {
    #[cfg(unix)]
    terminate: Option<tokio::signal::unix::Signal>,
    #[cfg(unix)]
    interrupt: Option<tokio::signal::unix::Signal>,
}

impl Signals {
    /// Takes the signals over from the operating system's default, which is to kill. They arrive
    /// on the runtime of `handle`.
    pub(super) fn take_over(handle: &Handle) -> Self {
        let _there = handle.enter();
        #[cfg(unix)]
        {
            use tokio::signal::unix::SignalKind;
            Self {
                terminate: listen(SignalKind::terminate(), "SIGTERM"),
                interrupt: listen(SignalKind::interrupt(), "ctrl-c"),
            }
        }
        #[cfg(not(unix))]
        Self {}
    }

    /// Throws `shutdown` when one arrives; tells `hurry` of each that arrives on the way down.
    pub(super) async fn watch(mut self, shutdown: Trigger, hurry: Arc<Notify>) {
        loop {
            let name = self.received().await;
            if shutdown.is_thrown() {
                tracing::info!(target: "actuator::server", "not waiting: received {name} again");
                hurry.notify_one();
            } else {
                tracing::info!(target: "actuator::server", "shutting down: received {name}");
                shutdown.throw_because(name);
            }
        }
    }

    #[cfg(unix)]
    async fn received(&mut self) -> &'static str {
        tokio::select! {
            () = next(&mut self.terminate) => "SIGTERM",
            () = next(&mut self.interrupt) => "ctrl-c",
        }
    }

    #[cfg(not(unix))]
    async fn received(&mut self) -> &'static str {
        let _ = tokio::signal::ctrl_c().await;
        "ctrl-c"
    }
}

#[cfg(unix)]
fn listen(
    kind: tokio::signal::unix::SignalKind,
    name: &str,
) -> Option<tokio::signal::unix::Signal> {
    tokio::signal::unix::signal(kind)
        .inspect_err(|error| {
            tracing::warn!(target: "actuator::server", %error, "{name} cannot be watched");
        })
        .ok()
}

/// The next arrival of a signal; never, if it cannot be watched.
#[cfg(unix)]
async fn next(signal: &mut Option<tokio::signal::unix::Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

//! What ends the process in an orderly way: SIGTERM, ctrl-c, or the shutdown endpoint.

use std::sync::Arc;

use tokio::{runtime::Handle, sync::Notify};

use super::lifecycle::Lifecycle;
use crate::logging;

/// The signals that tell the process to stop, from the moment this is made: one that arrives
/// before anybody waits for it is not lost.
#[derive(Debug)]
pub(super) struct Signals {
    #[cfg(unix)]
    terminate: Option<tokio::signal::unix::Signal>,
    #[cfg(unix)]
    interrupt: Option<tokio::signal::unix::Signal>,
}

/// A signal that arrived.
struct Received {
    name: &'static str,
    number: u8,
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

    /// The first one tells the service to stop, the second one not to wait for anything, and a third
    /// one ends the process where it stands.
    pub(super) async fn watch(mut self, lifecycle: Lifecycle, hurry: Arc<Notify>) {
        let Received { name, .. } = self.received().await;
        if lifecycle.shutdown().is_thrown() {
            tracing::info!(
                target: "actuator::server",
                "received {name}: on the way down already; another signal ends all waiting"
            );
        } else {
            tracing::info!(target: "actuator::server", "shutting down: received {name}");
            lifecycle.shutdown().throw_because(name);
        }
        let Received { name, number } = self.received().await;
        tracing::warn!(target: "actuator::server", "not waiting: received {name} again");
        lifecycle.hurry_because_of(number);
        hurry.notify_one();
        let Received { name, number } = self.received().await;
        tracing::error!(target: "actuator::server", "ending at once: received {name} again");
        logging::flush();
        std::process::exit(128 + i32::from(number));
    }

    #[cfg(unix)]
    async fn received(&mut self) -> Received {
        tokio::select! {
            () = next(&mut self.terminate) => Received { name: "SIGTERM", number: 15 },
            () = next(&mut self.interrupt) => Received { name: "ctrl-c", number: 2 },
        }
    }

    #[cfg(not(unix))]
    async fn received(&mut self) -> Received {
        let _ = tokio::signal::ctrl_c().await;
        Received { name: "ctrl-c", number: 2 }
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

//! What ends the process in an orderly way: SIGTERM, ctrl-c, or the shutdown endpoint.

use crate::support::trigger::Trigger;

/// Throws `shutdown` when the process is told to stop. Ends when `shutdown` is thrown otherwise.
pub(super) async fn watch_signals(shutdown: Trigger) {
    tokio::select! {
        name = signal() => {
            tracing::info!(target: "actuator::server", "shutting down: received {name}");
            shutdown.throw();
        }
        () = shutdown.thrown() => {}
    }
}

#[cfg(unix)]
async fn signal() -> &'static str {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupted = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupted => "ctrl-c",
        },
        Err(error) => {
            tracing::warn!(target: "actuator::server", %error, "SIGTERM cannot be watched");
            let _ = interrupted.await;
            "ctrl-c"
        }
    }
}

#[cfg(not(unix))]
async fn signal() -> &'static str {
    let _ = tokio::signal::ctrl_c().await;
    "ctrl-c"
}

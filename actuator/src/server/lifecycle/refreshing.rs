//! Taking over other settings: asked over HTTP or by a signal, told to the log and to the service
//! manager.

use std::{collections::HashSet, sync::Arc};

use tokio::runtime::Handle;

use crate::{
    endpoint::{Refresh, Refreshed},
    settings::LiveSettings,
    support::{service_manager::ServiceManager, single_flight::SingleFlight},
};

/// What reads all settings again. Whoever asks before a run has begun to read shares that run: one
/// reads and one waits at most. It blocks a thread for blocking work of the runtime on which it is
/// asked.
pub(in crate::server) fn refresh(live: &Arc<LiveSettings>, manager: &ServiceManager) -> Refresh {
    let flights = Arc::new(SingleFlight::default());
    let (live, manager) = (Arc::clone(live), manager.clone());
    Refresh::new(move || {
        let (flights, live, manager) = (Arc::clone(&flights), Arc::clone(&live), manager.clone());
        Box::pin(async move {
            let round = live.rounds();
            let begin = || async move {
                let run = tokio::task::spawn_blocking(move || run(&live, &manager));
                run.await.unwrap_or_else(|_| Err("the service ends".into()))
            };
            let done: Option<Refreshed> = flights.run(round, begin).await;
            done.unwrap_or_else(|| Err("the service ends".into()))
        })
    })
}

fn run(live: &LiveSettings, manager: &ServiceManager) -> Refreshed {
    manager.reloading();
    let before = live.current();
    let refreshed = live.refresh();
    match &refreshed {
        Ok(changed) => {
            tell(live, changed);
            let known: HashSet<&String> = before.warnings().iter().collect();
            for warning in live.current().warnings().iter().filter(|text| !known.contains(text)) {
                tracing::warn!(target: "actuator::settings", "{warning}");
            }
            manager.reloaded(None);
        }
        Err(error) => {
            tracing::error!(
                target: "actuator::settings",
                "other settings are not taken over, all stay as they were: {error}"
            );
            manager.reloaded(Some("other settings were not taken over: the log says why"));
        }
    }
    refreshed.map(Arc::from).map_err(|error| error.to_string().into())
}

/// Tells which settings are others now, and which of them have to wait.
pub(in crate::server) fn tell(live: &LiveSettings, changed: &[String]) {
    if changed.is_empty() {
        tracing::info!(target: "actuator::settings", "settings were read again: none has changed");
        return;
    }
    tracing::info!(target: "actuator::settings", "settings have changed: {}", changed.join(", "));
    let waiting = live.waiting_for_restart(changed);
    if !waiting.is_empty() {
        tracing::warn!(
            target: "actuator::settings",
            "these take effect at the next start only: {}",
            waiting.join(", ")
        );
    }
}

/// Refreshes at each SIGHUP from now on, on the runtime of `handle`. Without it that signal ends the
/// process.
#[cfg(unix)]
pub(in crate::server) fn watch_hangups(handle: &Handle, refresh: Refresh) {
    use tokio::signal::unix::{SignalKind, signal};
    let _there = handle.enter();
    match signal(SignalKind::hangup()) {
        Ok(mut hangups) => {
            handle.spawn(async move {
                while hangups.recv().await.is_some() {
                    tracing::info!(target: "actuator::server", "reading settings: received SIGHUP");
                    // The log says how it went.
                    let _ = refresh.run().await;
                }
            });
        }
        Err(error) => {
            tracing::warn!(target: "actuator::server", %error, "SIGHUP cannot be watched");
        }
    }
}

/// There is no such signal.
#[cfg(not(unix))]
pub(in crate::server) fn watch_hangups(_: &Handle, _: Refresh) {}

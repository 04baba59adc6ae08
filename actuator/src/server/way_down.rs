//! The way down: unready first, the management API last.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{runtime::Handle, sync::Notify, time::timeout};

use super::{
    actuator::Registration,
    lifecycle::{Circumstances, Lifecycle, LifecycleSettings, RunFiles},
    lifecycle_audit,
    listener::Serving,
    management::Throws,
    sentry,
};
use crate::{audit::Audit, health::Availability, support::service_manager::ServiceManager};

/// How much longer than a step may take a service manager waits.
const MARGIN: Duration = Duration::from_secs(10);

/// What has to happen, in this order, once the service is told to stop. It runs beside the
/// application: with a runtime of its own, a stuck application cannot hold it up.
#[derive(Debug)]
pub(super) struct WayDown {
    /// Who tells the service to stop, and not to wait.
    pub(super) lifecycle: Lifecycle,
    pub(super) settings: LifecycleSettings,
    pub(super) manager: ServiceManager,
    /// The runtime of the application.
    pub(super) home: Handle,
    /// Told when somebody does not want to wait: ends the present wait for requests.
    pub(super) hurry: Arc<Notify>,
    pub(super) availability: Availability,
    pub(super) delay: Duration,
    pub(super) drain: Duration,
    pub(super) application: Serving,
    pub(super) registration: Registration,
    pub(super) audit: Audit,
    /// The management API, where it has listeners of its own.
    pub(super) management: Vec<Serving>,
    /// Those that go with the service.
    pub(super) files: RunFiles,
    /// Thrown at the end.
    pub(super) end: Throws,
}

impl WayDown {
    /// Waits until the service is told to stop, and stops it.
    ///
    /// 1. Readiness is off, and the service manager knows.
    /// 2. For the delay everything goes on, so that whoever sends requests can take notice.
    /// 3. The application takes no new connection; requests in progress finish within the drain.
    /// 4. The registration is taken back, and meters are pushed a last time.
    /// 5. The application's hooks run.
    /// 6. The management API ends, which has shown all that. Audit events are kept for good.
    /// 7. The last events reach Sentry.
    ///
    /// In a hurry nothing of that is waited for, and hooks that have not begun are left out.
    pub(super) async fn run(self) {
        self.lifecycle.shutdown().thrown().await;
        let began = Instant::now();
        let reason = self.lifecycle.shutdown().reason().unwrap_or_default();
        lifecycle_audit::stopping(&self.audit, reason);
        self.availability.shutting_down();
        self.tell_manager(reason);
        self.go_on_for_the_delay().await;
        let Self { lifecycle, hurry, drain, manager, application, audit, .. } = self;
        let drained = Instant::now();
        manager.extend(drain.saturating_add(MARGIN), "stopping: requests in progress finish");
        hasten(&lifecycle, &hurry);
        application.finish(drain, &hurry).await;
        self.registration.take_back().await;
        let limit = self.settings.phase;
        let hurries = lifecycle.hurry();
        let circumstances =
            Circumstances { home: &self.home, limit, hurry: hurries, manager: &manager };
        lifecycle.hooks().run_shutdown(&circumstances).await;
        for management in self.management {
            let rest = drain.saturating_sub(drained.elapsed());
            hasten(&lifecycle, &hurry);
            management.finish(rest, &hurry).await;
        }
        audit.flush().await;
        drop(self.files);
        let took = began.elapsed().as_millis();
        tracing::info!(target: "actuator::server", "stopped in {took} ms");
        sentry::flush().await;
        drop(self.end);
    }

    fn tell_manager(&self, reason: &str) {
        if self.lifecycle.restart().is_thrown() && self.settings.restarts_in_place() {
            // Told that it stops, a manager would wait for the end of this very process.
            self.manager.restarting("restarting");
        } else {
            self.manager.stopping(&format!("stopping: {reason}"));
        }
    }

    async fn go_on_for_the_delay(&self) {
        let delay = self.delay;
        if delay.is_zero() {
            return;
        }
        let text = humantime::format_duration(delay);
        tracing::info!(
            target: "actuator::server",
            "unready, but serving for {text} more; another signal ends that"
        );
        let status = format!("stopping: unready, but serving for {text}");
        self.manager.extend(delay.saturating_add(MARGIN), &status);
        // Slept to its end, or cut short: both are its end.
        let _ = timeout(delay, self.lifecycle.hurry().thrown()).await;
    }
}

/// Who does not want to wait is not asked again at each wait.
fn hasten(lifecycle: &Lifecycle, hurry: &Notify) {
    if lifecycle.hurry().is_thrown() {
        hurry.notify_one();
    }
}

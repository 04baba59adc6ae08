//! The way down: unready first, the management API last.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{sync::Notify, time::timeout};

use super::{
    actuator::Registration, lifecycle_audit, listener::Serving, management::Throws, sentry,
};
use crate::{audit::Audit, health::Availability, support::trigger::Trigger};

/// What has to happen, in this order, once the service is told to stop. It runs beside the
/// application: with a management port of its own, a stuck application cannot hold it up.
#[derive(Debug)]
pub(super) struct WayDown {
    /// Thrown when the service is told to stop.
    pub(super) shutdown: Trigger,
    /// Told when somebody does not want to wait: ends the present wait.
    pub(super) hurry: Arc<Notify>,
    pub(super) availability: Availability,
    pub(super) delay: Duration,
    pub(super) drain: Duration,
    pub(super) application: Serving,
    pub(super) registration: Registration,
    pub(super) audit: Audit,
    /// The management API, where it has listeners of its own.
    pub(super) management: Vec<Serving>,
    /// Thrown at the end.
    pub(super) end: Throws,
}

impl WayDown {
    /// Waits until the service is told to stop, and stops it.
    ///
    /// 1. Readiness is off.
    /// 2. For the delay everything goes on, so that whoever sends requests can take notice.
    /// 3. The application takes no new connection; requests in progress finish within the drain.
    /// 4. The registration is taken back, and meters are pushed a last time.
    /// 5. The management API ends, which has shown all that. Audit events are kept for good.
    /// 6. The last events reach Sentry.
    pub(super) async fn run(self) {
        self.shutdown.thrown().await;
        let began = Instant::now();
        lifecycle_audit::stopping(&self.audit, self.shutdown.reason().unwrap_or_default());
        self.availability.shutting_down();
        let Self { audit, hurry, delay, drain, application, registration, management, end, .. } =
            self;
        if !delay.is_zero() {
            tracing::info!(
                target: "actuator::server",
                "unready, but serving for {} more; another signal ends that",
                humantime::format_duration(delay)
            );
            // Slept to its end, or cut short: both are its end.
            let _ = timeout(delay, hurry.notified()).await;
        }
        let drained = Instant::now();
        application.finish(drain, &hurry).await;
        registration.take_back().await;
        for management in management {
            let rest = drain.saturating_sub(drained.elapsed());
            management.finish(rest, &hurry).await;
        }
        audit.flush().await;
        let took = began.elapsed().as_millis();
        tracing::info!(target: "actuator::server", "stopped in {took} ms");
        sentry::flush().await;
        drop(end);
    }
}

//! What a service manager is told while the service lives: that it is ready, what it is about, and
//! signs of life.

use std::time::Duration;

use tokio::{
    runtime::Handle,
    time::{MissedTickBehavior, interval, timeout},
};

use crate::{
    health::{Availability, AvailabilityState, LivenessState, ReadinessState, StartupState},
    support::service_manager::ServiceManager,
};

/// Who is told, and of what.
#[derive(Clone, Debug)]
pub(in crate::server) struct Supervision {
    pub(in crate::server) manager: ServiceManager,
    pub(in crate::server) availability: Availability,
    /// The runtime of the application.
    pub(in crate::server) home: Handle,
    /// Whether there is no sign of life of an application that calls itself broken.
    pub(in crate::server) follows_liveness: bool,
}

impl Supervision {
    /// Tells for as long as the tasks on the runtime of `handle` run. The way down tells the rest
    /// itself.
    pub(in crate::server) fn begin(self, handle: &Handle) {
        if !self.manager.is_there() {
            return;
        }
        if let Some(limit) = self.manager.watchdog() {
            handle.spawn(self.clone().give_signs_of_life(limit));
        }
        handle.spawn(self.tell());
    }

    async fn tell(self) {
        let mut changes = self.availability.changes();
        let mut state = self.availability.state();
        let mut is_ready = false;
        loop {
            if self.availability.is_shutting_down() {
                return;
            }
            let status = self.status(state);
            if !is_ready && state.startup == StartupState::Finished {
                is_ready = true;
                self.manager.ready(&status);
            } else {
                self.manager.status(&status);
            }
            match changes.next().await {
                Some(next) => state = next,
                None => return,
            }
        }
    }

    fn status(&self, state: AvailabilityState) -> String {
        let why = |reason: Option<std::sync::Arc<str>>| match reason {
            Some(reason) if !reason.is_empty() => format!(": {reason}"),
            _ => String::new(),
        };
        match state {
            AvailabilityState { liveness: LivenessState::Broken, .. } => {
                format!("broken{}", why(self.availability.broken_reason()))
            }
            AvailabilityState { startup: StartupState::Running, .. } => {
                "starting: start-up tasks run".to_owned()
            }
            AvailabilityState { startup: StartupState::Failed, .. } => {
                "not ready: a start-up task failed".to_owned()
            }
            AvailabilityState { readiness: ReadinessState::RefusingTraffic, .. } => {
                format!("refusing traffic{}", why(self.availability.refusing_reason()))
            }
            AvailabilityState { .. } => "ready".to_owned(),
        }
    }

    /// One in each half of the time that the watchdog waits, if the application's runtime gets to a
    /// task within that. So a stuck application is ended, whatever its service manager does then.
    async fn give_signs_of_life(self, limit: Duration) {
        let period = (limit / 2).max(Duration::from_millis(1));
        let mut ticks = interval(period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let broken = self.availability.liveness() == LivenessState::Broken;
            if broken && self.follows_liveness {
                continue;
            }
            let answers = self.home.spawn(async {});
            if timeout(period, answers).await.is_ok_and(|answer| answer.is_ok()) {
                self.manager.alive();
            }
        }
    }
}

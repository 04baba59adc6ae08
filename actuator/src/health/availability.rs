//! Whether the application lives and whether it takes traffic, for liveness and readiness probes.

use std::{fmt, sync::Arc};

use tokio::sync::watch;

use super::startup::{Startup, StartupProgress, StartupState, StartupTask};

/// Whether the process can still do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LivenessState {
    /// It works.
    Correct,
    /// It cannot recover by itself; an orchestrator should restart it.
    Broken,
}

/// Whether the process wants requests now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadinessState {
    /// Requests are welcome.
    AcceptingTraffic,
    /// Requests should go elsewhere.
    RefusingTraffic,
}

/// All states of one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AvailabilityState {
    /// Whether the process can still do its work.
    pub liveness: LivenessState,
    /// Whether it wants requests now.
    pub readiness: ReadinessState,
    /// How far its start is.
    pub startup: StartupState,
}

/// A shared handle on liveness, readiness and start-up. Clones see and change the same states.
///
/// The server moves it through the life of the process (starting, started, ready, shutting down).
/// What the application says counts beside that: it is broken, or refuses traffic, until it takes
/// that back, and it is not ready before its start-up tasks are finished. Once shutting down,
/// traffic stays refused.
///
/// ```
/// # async fn warm() -> Result<(), std::io::Error> { Ok(()) }
/// fn setup(app: &mut actuator::App) {
///     let task = app.availability().startup_task("warm cache");
///     tokio::spawn(async move {
///         match warm().await {
///             Ok(()) => task.finished(),
///             Err(error) => task.failed(error), // never ready: a start-up probe will notice
///         }
///     });
/// }
/// ```
#[derive(Clone)]
pub struct Availability {
    states: Arc<watch::Sender<States>>,
}

#[derive(Debug, Default)]
struct States {
    phase: Phase,
    /// Why the application called itself broken; the text may be empty.
    broken: Option<Arc<str>>,
    /// Why it refuses traffic; the text may be empty.
    refusing: Option<Arc<str>>,
    startup: Startup,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    #[default]
    Starting,
    Started,
    Ready,
    Stopping,
}

impl States {
    fn state(&self) -> AvailabilityState {
        let correct = self.phase > Phase::Starting && self.broken.is_none();
        let startup = self.startup.state();
        let accepting = self.phase == Phase::Ready
            && self.refusing.is_none()
            && startup == StartupState::Finished;
        AvailabilityState {
            liveness: if correct { LivenessState::Correct } else { LivenessState::Broken },
            readiness: if accepting {
                ReadinessState::AcceptingTraffic
            } else {
                ReadinessState::RefusingTraffic
            },
            startup,
        }
    }
}

impl Default for Availability {
    fn default() -> Self {
        Self { states: Arc::new(watch::Sender::new(States::default())) }
    }
}

impl Availability {
    /// Starting: broken and refusing traffic.
    pub fn starting() -> Self {
        Self::default()
    }

    /// The application is set up, but does not listen yet: correct and refusing.
    pub fn started(&self) {
        self.enter(Phase::Started);
    }

    /// It listens: correct and accepting, once all start-up tasks are finished.
    pub fn ready(&self) {
        self.enter(Phase::Ready);
    }

    /// It shuts down: correct and refusing, for good.
    pub fn shutting_down(&self) {
        self.enter(Phase::Stopping);
    }

    /// Whether the process shuts down.
    pub fn is_shutting_down(&self) -> bool {
        self.states.borrow().phase == Phase::Stopping
    }

    /// The states now.
    pub fn state(&self) -> AvailabilityState {
        self.states.borrow().state()
    }

    /// The liveness now.
    pub fn liveness(&self) -> LivenessState {
        self.state().liveness
    }

    /// The readiness now.
    pub fn readiness(&self) -> ReadinessState {
        self.state().readiness
    }

    /// How far the start is now.
    pub fn startup(&self) -> StartupState {
        self.state().startup
    }

    /// Sets what the application says about its liveness.
    pub fn set_liveness(&self, state: LivenessState) {
        self.say_broken((state == LivenessState::Broken).then(|| Arc::from("")));
    }

    /// Sets what the application says about its readiness.
    pub fn set_readiness(&self, state: ReadinessState) {
        self.say_refusing((state == ReadinessState::RefusingTraffic).then(|| Arc::from("")));
    }

    /// Says that the application is broken, and why; `livenessState` shows it as `reason`.
    pub fn broken(&self, reason: impl fmt::Display) {
        let reason = reason.to_string();
        tracing::error!(target: "actuator::health", "the application is broken: {reason}");
        self.say_broken(Some(reason.into()));
    }

    /// Says that the application refuses traffic, and why; `readinessState` shows it as `reason`.
    pub fn refusing(&self, reason: impl fmt::Display) {
        self.say_refusing(Some(reason.to_string().into()));
    }

    /// Something that has to be finished before the service is ready. It may be taken in the
    /// application's set-up, or later by a task that was taken there; when start-up is over it
    /// counts for nothing, and the log says so. A failed task is forgotten when one of its name is
    /// taken again.
    pub fn startup_task(&self, name: impl Into<String>) -> StartupTask {
        let name: Arc<str> = name.into().into();
        let mut id = None;
        self.states.send_modify(|states| id = states.startup.begin(&name));
        if id.is_none() {
            tracing::warn!(
                target: "actuator::health",
                "the start-up task \"{name}\" is taken too late: start-up is over; take it in the \
                 application's set-up"
            );
        }
        StartupTask::new(self.clone(), id)
    }

    /// Waits until traffic is accepted; for ever if the process shuts down before.
    pub async fn when_ready(&self) {
        self.when(|states| states.state().readiness == ReadinessState::AcceptingTraffic).await;
    }

    /// Waits until the process shuts down: for jobs that should end then.
    pub async fn when_shutting_down(&self) {
        self.when(|states| states.phase == Phase::Stopping).await;
    }

    /// All changes from now on.
    pub fn changes(&self) -> AvailabilityChanges {
        let states = self.states.subscribe();
        let last = self.state();
        AvailabilityChanges { states, last }
    }

    /// Why the application called itself broken, if it did and said so.
    pub(crate) fn broken_reason(&self) -> Option<Arc<str>> {
        self.states.borrow().broken.clone().filter(|reason| !reason.is_empty())
    }

    /// Why the application refuses traffic, if it does and said so.
    pub(crate) fn refusing_reason(&self) -> Option<Arc<str>> {
        self.states.borrow().refusing.clone().filter(|reason| !reason.is_empty())
    }

    /// The start-up tasks that are not finished, in the order in which they were taken; failed
    /// ones last.
    pub(crate) fn unfinished(&self) -> Vec<StartupProgress> {
        self.states.borrow().startup.unfinished()
    }

    /// Whether a start-up task was ever taken.
    pub(crate) fn has_startup_tasks(&self) -> bool {
        self.states.borrow().startup.has_tasks()
    }

    /// Ends a start-up task: finished, or failed for a reason.
    pub(super) fn end_task(&self, id: u64, failure: Option<&str>) {
        let mut told = None;
        self.states.send_modify(|states| {
            told = states.startup.end(id, failure);
            states.startup.settle(states.phase >= Phase::Ready);
        });
        let Some(task) = told else { return };
        let (name, took) = (task.name, task.since.elapsed().as_millis());
        match failure {
            None => tracing::info!(
                target: "actuator::health",
                "start-up task \"{name}\" finished after {took} ms"
            ),
            Some(reason) => tracing::error!(
                target: "actuator::health",
                "start-up task \"{name}\" failed after {took} ms, the service does not become \
                 ready: {reason}"
            ),
        }
    }

    async fn when(&self, reached: impl Fn(&States) -> bool) {
        // The sender is held by self, so the only answer is that it is reached.
        let _ = self.states.subscribe().wait_for(|states| reached(states)).await;
    }

    /// Phases are entered in their order only.
    fn enter(&self, phase: Phase) {
        self.states.send_if_modified(|states| {
            let later = phase > states.phase;
            if later {
                states.phase = phase;
                states.startup.settle(phase == Phase::Ready);
            }
            later
        });
    }

    fn say_broken(&self, reason: Option<Arc<str>>) {
        self.states.send_modify(|states| states.broken = reason);
    }

    fn say_refusing(&self, reason: Option<Arc<str>>) {
        self.states.send_modify(|states| states.refusing = reason);
    }
}

impl fmt::Debug for Availability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let AvailabilityState { liveness, readiness, startup } = self.state();
        f.debug_struct("Availability")
            .field("liveness", &liveness)
            .field("readiness", &readiness)
            .field("startup", &startup)
            .finish()
    }
}

/// The changes of an [`Availability`], see [`Availability::changes`].
pub struct AvailabilityChanges {
    states: watch::Receiver<States>,
    last: AvailabilityState,
}

impl AvailabilityChanges {
    /// Waits until a state differs from what was seen last, and gives all of them. Of changes that
    /// follow each other faster than they are asked for, only the last is seen. `None` once nobody
    /// can change them any more.
    pub async fn next(&mut self) -> Option<AvailabilityState> {
        let last = self.last;
        self.last = self.states.wait_for(|states| states.state() != last).await.ok()?.state();
        Some(self.last)
    }
}

impl fmt::Debug for AvailabilityChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AvailabilityChanges").field("last", &self.last).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_life_of_a_process_goes_through_springs_states() {
        let availability = Availability::starting();
        assert_eq!(availability.liveness(), LivenessState::Broken);
        assert_eq!(availability.readiness(), ReadinessState::RefusingTraffic);
        availability.started();
        assert_eq!(availability.liveness(), LivenessState::Correct);
        assert_eq!(availability.readiness(), ReadinessState::RefusingTraffic);
        availability.ready();
        assert_eq!(availability.readiness(), ReadinessState::AcceptingTraffic);
        availability.clone().shutting_down();
        availability.set_readiness(ReadinessState::AcceptingTraffic);
        availability.ready();
        assert_eq!(availability.liveness(), LivenessState::Correct);
        assert_eq!(availability.readiness(), ReadinessState::RefusingTraffic);
    }

    #[test]
    fn what_the_application_says_before_it_is_ready_holds_until_it_takes_it_back() {
        let availability = Availability::starting();
        availability.refusing("no leader yet");
        availability.broken("key store unreadable");
        availability.ready();
        let AvailabilityState { liveness, readiness, .. } = availability.state();
        assert_eq!(readiness, ReadinessState::RefusingTraffic);
        assert_eq!(liveness, LivenessState::Broken);
        assert_eq!(availability.refusing_reason().as_deref(), Some("no leader yet"));
        assert_eq!(availability.broken_reason().as_deref(), Some("key store unreadable"));
        availability.set_readiness(ReadinessState::AcceptingTraffic);
        availability.set_liveness(LivenessState::Correct);
        assert_eq!(availability.readiness(), ReadinessState::AcceptingTraffic);
        assert_eq!(availability.liveness(), LivenessState::Correct);
        assert_eq!((availability.refusing_reason(), availability.broken_reason()), (None, None));
    }

    #[tokio::test]
    async fn changes_are_seen_once_each_and_end_with_the_last_handle() {
        let availability = Availability::starting();
        let mut changes = availability.changes();
        let task = availability.startup_task("index");
        availability.ready();
        assert_eq!(changes.next().await.unwrap().liveness, LivenessState::Correct);
        task.finished();
        let ready = changes.next().await.unwrap();
        assert_eq!(ready.readiness, ReadinessState::AcceptingTraffic);
        assert_eq!(ready.startup, StartupState::Finished);
        availability.when_ready().await;
        availability.shutting_down();
        availability.when_shutting_down().await;
        let refusing = changes.next().await.unwrap();
        assert_eq!(refusing.readiness, ReadinessState::RefusingTraffic);
        drop(availability);
        assert_eq!(changes.next().await, None);
    }
}

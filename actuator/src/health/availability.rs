//! Whether the application lives and whether it takes traffic, for liveness and readiness probes.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

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

/// A shared handle on both states. Clones see and change the same states.
///
/// The server moves it through the life of the process (starting, started, ready, shutting down);
/// an application may set either state at any time. Once shutting down, traffic stays refused.
#[derive(Clone, Debug, Default)]
pub struct Availability {
    states: Arc<States>,
}

#[derive(Debug, Default)]
struct States {
    correct: AtomicBool,
    accepting: AtomicBool,
    stopping: AtomicBool,
}

impl Availability {
    /// Starting: broken and refusing traffic.
    pub fn starting() -> Self {
        Self::default()
    }

    /// The application is set up, but does not listen yet: correct and refusing.
    pub fn started(&self) {
        self.set_liveness(LivenessState::Correct);
    }

    /// It listens: correct and accepting.
    pub fn ready(&self) {
        self.set_liveness(LivenessState::Correct);
        self.set_readiness(ReadinessState::AcceptingTraffic);
    }

    /// It shuts down: correct and refusing, for good.
    pub fn shutting_down(&self) {
        self.states.stopping.store(true, Ordering::Release);
    }

    /// The liveness now.
    pub fn liveness(&self) -> LivenessState {
        if self.states.correct.load(Ordering::Acquire) {
            LivenessState::Correct
        } else {
            LivenessState::Broken
        }
    }

    /// The readiness now.
    pub fn readiness(&self) -> ReadinessState {
        let stopping = self.states.stopping.load(Ordering::Acquire);
        if !stopping && self.states.accepting.load(Ordering::Acquire) {
            ReadinessState::AcceptingTraffic
        } else {
            ReadinessState::RefusingTraffic
        }
    }

    /// Sets the liveness.
    pub fn set_liveness(&self, state: LivenessState) {
        self.states.correct.store(state == LivenessState::Correct, Ordering::Release);
    }

    /// Sets the readiness.
    pub fn set_readiness(&self, state: ReadinessState) {
        let accepting = state == ReadinessState::AcceptingTraffic;
        self.states.accepting.store(accepting, Ordering::Release);
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
        assert_eq!(availability.liveness(), LivenessState::Correct);
        assert_eq!(availability.readiness(), ReadinessState::RefusingTraffic);
    }
}

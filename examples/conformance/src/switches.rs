//! What the `/ctl` routes switch.

use std::sync::{Mutex, PoisonError};

use actuator::{Availability, LivenessState, ReadinessState};

/// The switches of the recorded application.
#[derive(Debug)]
pub struct Switches {
    mode: Mutex<String>,
    availability: Availability,
}

impl Switches {
    /// Everything well.
    pub fn new(availability: Availability) -> Self {
        Self { mode: Mutex::new("up".to_owned()), availability }
    }

    /// What the check `custom` answers.
    pub fn mode(&self) -> String {
        self.mode.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// `/ctl/health?mode=…`
    pub fn set_mode(&self, mode: &str) {
        mode.clone_into(&mut self.mode.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// `/ctl/live?state=broken`
    pub fn set_broken(&self, broken: bool) {
        let state = if broken { LivenessState::Broken } else { LivenessState::Correct };
        self.availability.set_liveness(state);
    }

    /// `/ctl/ready?state=refusing`
    pub fn set_refusing(&self, refusing: bool) {
        let state = if refusing {
            ReadinessState::RefusingTraffic
        } else {
            ReadinessState::AcceptingTraffic
        };
        self.availability.set_readiness(state);
    }
}

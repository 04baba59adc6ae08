//! `actuator.threaddump.*`.

use std::time::Duration;

use crate::settings::SettingsReader;

/// How stacks are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThreadSettings {
    /// The number of the signal that threads are sent.
    pub signal: i32,
    /// Whether stacks are taken at all.
    pub stacks: bool,
    /// How long a dump is shared by all who ask.
    pub time_to_live: Duration,
}

impl ThreadSettings {
    /// A real-time signal that no runtime is known to take for itself.
    const SIGNAL: i32 = 46;
    /// An open thread view asks once a second, and there may be many of them.
    const TIME_TO_LIVE: Duration = Duration::from_secs(1);

    /// Reads them.
    pub fn read(reader: &mut SettingsReader<'_>) -> Self {
        let name = "actuator.threaddump.signal";
        let signal = reader.value_or(name, Self::SIGNAL);
        // Those before are the system's own; what this system has more exactly is known later.
        if !(34..=64).contains(&signal) {
            reader.reject(name, format_args!("{signal} is no real-time signal; 34 to 64 are"));
        }
        Self {
            signal,
            stacks: reader.value_or("actuator.threaddump.stacks", true),
            time_to_live: reader.value_or("actuator.threaddump.time-to-live", Self::TIME_TO_LIVE),
        }
    }
}

impl Default for ThreadSettings {
    fn default() -> Self {
        Self { signal: Self::SIGNAL, stacks: true, time_to_live: Self::TIME_TO_LIVE }
    }
}

//! How many sessions are remembered, and how they are found.

use std::time::Duration;

use crate::settings::SettingsReader;

const TIMEOUT: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_hours(1);
const MAX_INDEXED: u32 = 10_000;
const MOST_INDEXED: u32 = 1_000_000;
const ATTRIBUTE: &str = "username";

/// The settings of sessions.
#[derive(Clone, Debug)]
pub(crate) struct SessionSettings {
    /// How long a repository may take to answer.
    pub(crate) timeout: Duration,
    /// How many sessions an index remembers.
    #[cfg_attr(not(feature = "tower-sessions"), expect(dead_code, reason = "there is no index"))]
    pub(crate) max_indexed: usize,
    /// The attribute that names the user.
    #[cfg_attr(not(feature = "tower-sessions"), expect(dead_code, reason = "there is no index"))]
    pub(crate) username_attribute: String,
}

impl SessionSettings {
    /// Reads `actuator.sessions.*`.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Self {
        let max = "actuator.sessions.max-indexed";
        let mut max_indexed = reader.value_or(max, MAX_INDEXED);
        if !(1..=MOST_INDEXED).contains(&max_indexed) {
            reader.reject(max, format!("expected 1 to {MOST_INDEXED}"));
            max_indexed = MAX_INDEXED;
        }
        Self {
            timeout: reader.duration_within("actuator.sessions.timeout", TIMEOUT, LONGEST),
            max_indexed: usize::try_from(max_indexed).unwrap_or(usize::MAX),
            username_attribute: reader
                .value_or("actuator.sessions.username-attribute", ATTRIBUTE.to_owned()),
        }
    }
}

//! What can be set about audit events.

use std::path::PathBuf;

use crate::settings::SettingsReader;

const CAPACITY: &str = "actuator.audit.capacity";

/// `management.auditevents.enabled`, and what Spring leaves to code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AuditSettings {
    /// Whether events are recorded, and the endpoint exists.
    pub(crate) enabled: bool,
    /// `actuator.audit.capacity`: how many events are kept in memory, 1,000 by default.
    pub(crate) capacity: usize,
    /// `actuator.auditevents.file`: the file to which events are appended, none by default.
    pub(crate) file: Option<PathBuf>,
}

impl Default for AuditSettings {
    fn default() -> Self {
        Self { enabled: true, capacity: 1_000, file: None }
    }
}

impl AuditSettings {
    /// The most events that can be kept in memory: 80 MB of the largest.
    const MAX_CAPACITY: usize = 10_000;

    /// Reads them.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Self {
        let defaults = Self::default();
        let capacity = reader.value_or(CAPACITY, defaults.capacity);
        if !(1..=Self::MAX_CAPACITY).contains(&capacity) {
            let expected = format!("expected a number from 1 to {}", Self::MAX_CAPACITY);
            reader.reject(CAPACITY, expected);
        }
        Self {
            enabled: reader.value_or("management.auditevents.enabled", defaults.enabled),
            capacity: capacity.clamp(1, Self::MAX_CAPACITY),
            file: reader
                .value::<String>("actuator.auditevents.file")
                .filter(|path| !path.trim().is_empty())
                .map(PathBuf::from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    #[test]
    fn a_capacity_that_makes_no_sense_is_refused_by_name() {
        for bad in ["0", "10001", "-1"] {
            let settings = Settings::builder().force(CAPACITY, bad).build().unwrap();
            let mut reader = SettingsReader::new(&settings);
            AuditSettings::read(&mut reader);
            let message = reader.finish().unwrap_err().to_string();
            assert!(message.contains(CAPACITY), "{bad}: {message}");
        }
    }
}

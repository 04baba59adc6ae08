//! What of the log can be read through the API, by setting.

use std::{path::PathBuf, time::Duration};

use super::super::output::RollingSettings;
use crate::settings::{DataSize, SettingsReader};

/// The fewest bytes of log that are kept in memory, if any are.
pub(crate) const MIN_RING: usize = 4 * 1024;
/// As many are kept unless another number is said.
pub(crate) const DEFAULT_RING: usize = 1024 * 1024;
/// The most that are kept.
pub(crate) const MAX_RING: usize = 64 * 1024 * 1024;
const RING_SIZE: &str = "actuator.logfile.ring-size";
const DEFAULT_VIEWERS: usize = 32;
const MAX_VIEWERS: usize = 1_000;
const VIEWERS: &str = "actuator.logstream.max-viewers";
const DEFAULT_HEARTBEAT: Duration = Duration::from_secs(15);
const LONGEST_HEARTBEAT: Duration = Duration::from_hours(1);

/// What is kept and shown of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RecentSettings {
    /// The file to serve instead of our own: `management.endpoint.logfile.external-file`.
    pub(crate) external_file: Option<PathBuf>,
    /// How our own log file is rolled, and so where its archives are.
    pub(crate) rolling: Option<RollingSettings>,
    /// The bytes of log kept in memory (`actuator.logfile.ring-size`); 0 keeps none.
    pub(crate) ring_size: usize,
    /// Whether log files may be links (`actuator.logfile.follow-links`).
    pub(crate) follow_links: bool,
    /// How many may watch the log at a time (`actuator.logstream.max-viewers`).
    pub(crate) max_viewers: usize,
    /// After how long without a line a viewer is told that the log is still there
    /// (`actuator.logstream.heartbeat`).
    pub(crate) heartbeat: Duration,
}

impl Default for RecentSettings {
    fn default() -> Self {
        Self {
            external_file: None,
            rolling: None,
            ring_size: 0,
            follow_links: false,
            max_viewers: DEFAULT_VIEWERS,
            heartbeat: DEFAULT_HEARTBEAT,
        }
    }
}

impl RecentSettings {
    /// Reads the settings; how our own file is rolled is known.
    pub(crate) fn read(reader: &mut SettingsReader<'_>, rolling: Option<RollingSettings>) -> Self {
        Self {
            external_file: reader
                .value::<PathBuf>("management.endpoint.logfile.external-file")
                .filter(|path| !path.as_os_str().is_empty()),
            rolling,
            ring_size: read_ring_size(reader),
            follow_links: reader.value_or("actuator.logfile.follow-links", false),
            max_viewers: read_viewers(reader),
            heartbeat: reader.duration_within(
                "actuator.logstream.heartbeat",
                DEFAULT_HEARTBEAT,
                LONGEST_HEARTBEAT,
            ),
        }
    }
}

fn read_viewers(reader: &mut SettingsReader<'_>) -> usize {
    let viewers = reader.value_or(VIEWERS, DEFAULT_VIEWERS);
    if viewers > MAX_VIEWERS {
        reader.reject(VIEWERS, format!("expected a number from 0 to {MAX_VIEWERS}"));
        return DEFAULT_VIEWERS;
    }
    viewers
}

fn read_ring_size(reader: &mut SettingsReader<'_>) -> usize {
    let Some(DataSize(size)) = reader.value::<DataSize>(RING_SIZE) else { return DEFAULT_RING };
    match usize::try_from(size) {
        Ok(size) if size == 0 || (MIN_RING..=MAX_RING).contains(&size) => size,
        _ => {
            reader.reject(RING_SIZE, "expected 0 or a size from 4KB to 64MB");
            DEFAULT_RING
        }
    }
}

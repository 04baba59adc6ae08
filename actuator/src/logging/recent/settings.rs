//! What of the log can be read through the API, by setting.

use std::path::PathBuf;

use crate::settings::{DataSize, SettingsReader};

const MIN_RING: u64 = 4 * 1024;
const DEFAULT_RING: u64 = 1024 * 1024;
const MAX_RING: u64 = 64 * 1024 * 1024;
const RING_SIZE: &str = "actuator.logfile.ring-size";

/// What is kept and shown of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RecentSettings {
    /// The file to serve instead of our own: `management.endpoint.logfile.external-file`.
    pub(crate) external_file: Option<PathBuf>,
    /// The bytes of log kept in memory (`actuator.logfile.ring-size`); 0 keeps none.
    pub(crate) ring_size: usize,
}

impl RecentSettings {
    /// Reads the settings.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Self {
        Self {
            external_file: reader
                .value::<PathBuf>("management.endpoint.logfile.external-file")
                .filter(|path| !path.as_os_str().is_empty()),
            ring_size: read_ring_size(reader),
        }
    }
}

fn read_ring_size(reader: &mut SettingsReader<'_>) -> usize {
    let size = match reader.value::<DataSize>(RING_SIZE) {
        None => DEFAULT_RING,
        Some(DataSize(size)) if size == 0 || (MIN_RING..=MAX_RING).contains(&size) => size,
        Some(_) => {
            reader.reject(RING_SIZE, "expected 0 or a size from 4KB to 64MB");
            DEFAULT_RING
        }
    };
    usize::try_from(size).unwrap_or(usize::MAX)
}

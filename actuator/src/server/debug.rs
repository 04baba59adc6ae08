//! The views for trying things out: `actuator.debug.*`.

use std::{sync::Arc, time::Duration};

use super::further::Ground;
use crate::{endpoint::DebugEndpoint, model::endpoint::SharedEndpoint, settings::SettingsReader};

const LONGEST_SLEEP: Duration = Duration::from_mins(1);
const LONGEST: Duration = Duration::from_hours(1);

/// Whether there are such views, and what they may do.
#[derive(Clone, Copy, Debug)]
pub(super) struct DebugSettings {
    enabled: bool,
    longest_sleep: Duration,
}

impl DebugSettings {
    /// Reads `actuator.debug.enabled` and `actuator.debug.longest-sleep`.
    pub(super) fn read(reader: &mut SettingsReader<'_>) -> Self {
        let name = "actuator.debug.longest-sleep";
        Self {
            enabled: reader.value_or("actuator.debug.enabled", false),
            longest_sleep: reader.duration_within(name, LONGEST_SLEEP, LONGEST),
        }
    }

    /// Whether they are there.
    pub(super) fn is_on(self) -> bool {
        self.enabled
    }
}

/// The endpoint of the views, if they are asked for.
pub(super) fn endpoint(ground: &Ground<'_>) -> Option<SharedEndpoint> {
    let settings = ground.basics.config.debug;
    settings.is_on().then(|| {
        let sanitizer = ground.basics.sanitizer.clone();
        Arc::new(DebugEndpoint::new(sanitizer, settings.longest_sleep)) as SharedEndpoint
    })
}

//! In place of `debug` in a build without that feature: who asks for the views is told why there are
//! none.

use super::further::Ground;
use crate::{model::endpoint::SharedEndpoint, settings::SettingsReader};

const REMEDY: &str = "this build of actuator leaves the feature `debug` out; add it to the \
                      dependency, or take the setting away";

/// There are no such views.
#[derive(Clone, Copy, Debug)]
pub(super) struct DebugSettings {}

impl DebugSettings {
    /// Refuses what asks for them.
    pub(super) fn read(reader: &mut SettingsReader<'_>) -> Self {
        if reader.value_or("actuator.debug.enabled", false) {
            reader.reject("actuator.debug.enabled", REMEDY);
        }
        // It is read for the message about a bad value.
        let _: Option<std::time::Duration> = reader.value("actuator.debug.longest-sleep");
        Self {}
    }

    /// They are not there.
    #[expect(clippy::unused_self, reason = "the interface of `debug`")]
    pub(super) fn is_on(self) -> bool {
        false
    }
}

/// There is none.
pub(super) fn endpoint(_: &Ground<'_>) -> Option<SharedEndpoint> {
    None
}

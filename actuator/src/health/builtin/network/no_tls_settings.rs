//! In place of `tls_settings` in a build without the feature `tls`.

use crate::{health::HealthCheck, settings::SettingsReader};

/// Refuses what it is asked for.
pub fn from_settings(reader: &mut SettingsReader<'_>) -> Vec<Option<HealthCheck>> {
    for (name, _) in reader.map("actuator.health.tls") {
        reader.reject(
            &format!("actuator.health.tls.{name}"),
            "this build of actuator leaves the feature `tls` out; add it to the dependency",
        );
    }
    Vec::new()
}

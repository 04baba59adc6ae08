//! The checks that come with the crate.

mod disk_space;
mod ping;
mod state;

use std::{sync::Arc, time::Duration};

pub use disk_space::{DiskReader, DiskSpace};
pub use ping::Ping;
pub use state::{Liveness, Readiness};

use super::{
    availability::Availability,
    contributors::{ContributorError, HealthContributors},
    indicator::HealthIndicator,
    settings::HealthSettings,
};

/// Registers the built-in checks that the settings leave enabled.
pub fn register(
    contributors: &HealthContributors,
    settings: &HealthSettings,
    availability: &Availability,
    disk: DiskReader,
) -> Result<(), ContributorError> {
    let own: [(&str, bool, &dyn Fn() -> Arc<dyn HealthIndicator>); 4] = [
        ("ping", settings.is_builtin_enabled("ping"), &|| Arc::new(Ping)),
        ("diskSpace", settings.is_builtin_enabled("diskSpace"), &|| {
            Arc::new(DiskSpace::new(
                settings.disk_path.clone(),
                settings.disk_threshold,
                Arc::clone(&disk),
                Duration::from_secs(1),
            ))
        }),
        ("livenessState", settings.is_state_enabled("livenessState"), &|| {
            Arc::new(Liveness::new(availability.clone()))
        }),
        ("readinessState", settings.is_state_enabled("readinessState"), &|| {
            Arc::new(Readiness::new(availability.clone()))
        }),
    ];
    own.iter()
        .filter(|(_, enabled, _)| *enabled)
        .try_for_each(|(name, _, indicator)| contributors.register(name, indicator(), None))
}

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
    check::HealthCheck,
    contributors::{ContributorError, HealthContributors},
    indicator::HealthIndicator,
    settings::HealthSettings,
};

/// Registers the built-in checks that the settings leave enabled. To be called after the
/// application's own checks: one of the same name replaces the built-in one.
pub fn register(
    contributors: &HealthContributors,
    settings: &HealthSettings,
    availability: &Availability,
    disk: DiskReader,
) -> Result<(), ContributorError> {
    let disk_space = DiskSpace::new(
        settings.disk_path.clone(),
        settings.disk_threshold,
        disk,
        Duration::from_secs(1),
    );
    let defaults: [(&str, Arc<dyn HealthIndicator>); 2] =
        [("ping", Arc::new(Ping)), ("diskSpace", Arc::new(disk_space))];
    let states: [(&str, Arc<dyn HealthIndicator>); 2] = [
        ("livenessState", Arc::new(Liveness::new(availability.clone()))),
        ("readinessState", Arc::new(Readiness::new(availability.clone()))),
    ];
    let taken = contributors.snapshot();
    let defaults = defaults.into_iter().filter(|(name, _)| settings.is_builtin_enabled(name));
    let states = states.into_iter().filter(|(name, _)| settings.is_state_enabled(name));
    defaults.chain(states).filter(|(name, _)| !taken.contains_key(*name)).try_for_each(
        |(name, indicator)| contributors.register(HealthCheck::shared(name, indicator)),
    )
}

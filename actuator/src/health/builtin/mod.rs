//! The checks that come with the crate.

#[cfg(not(all(
    feature = "redis",
    any(feature = "sqlx-mysql", feature = "sqlx-postgres", feature = "sqlx-sqlite")
)))]
pub(crate) mod absent;
#[cfg(any(feature = "sqlx-mysql", feature = "sqlx-postgres", feature = "sqlx-sqlite"))]
mod database;
mod discover;
mod host;
mod network;
mod ping;
#[cfg(feature = "redis")]
mod redis;
mod state;
mod version_agreement;

use std::{sync::Arc, time::Duration};

#[cfg(not(any(feature = "sqlx-mysql", feature = "sqlx-postgres", feature = "sqlx-sqlite")))]
pub(crate) use absent as database;
#[cfg(not(feature = "redis"))]
pub(crate) use absent as redis;
#[cfg(any(feature = "sqlx-mysql", feature = "sqlx-postgres", feature = "sqlx-sqlite"))]
pub use database::{Database, DatabaseDriver, Migrations};
pub use discover::register_discovered;
pub use host::{
    BuiltinSettings, DiskReader, DiskSettings, DiskSpace, FileDescriptors, LagThresholds,
    ProcessMemory, RuntimeLag, UsageThresholds,
};
#[cfg(feature = "tls")]
pub use network::TlsCertificate;
pub use network::{Dns, Tcp, Url, from_settings};
pub use ping::Ping;
#[cfg(feature = "redis")]
pub use redis::Redis;
pub use state::{Liveness, Readiness, StartUp};
pub use version_agreement::{VersionAgreement, VersionError, VersionSource};

use super::{
    availability::Availability,
    check::HealthCheck,
    contributors::{ContributorError, HealthContributors},
    indicator::HealthIndicator,
    settings::HealthSettings,
};

/// Registers the built-in checks that the settings leave enabled. To be called after the
/// application's own checks, since one of the same name replaces the built-in one; and in the
/// application's runtime, which is the one that `runtime` watches.
pub fn register(
    contributors: &HealthContributors,
    settings: &HealthSettings,
    availability: &Availability,
    disk: &DiskReader,
) -> Result<(), ContributorError> {
    let taken = contributors.snapshot();
    rows(settings, availability, disk)
        .into_iter()
        .filter(|row| row.is_wanted && !taken.contains_key(row.name.as_str()))
        .try_for_each(|row| contributors.register((row.make)()))
}

/// A check that may be registered.
struct Row<'a> {
    name: String,
    is_wanted: bool,
    /// Called for wanted ones only: some begin to work when they are made.
    make: Box<dyn FnOnce() -> HealthCheck + 'a>,
}

impl<'a> Row<'a> {
    fn new<I: HealthIndicator>(
        name: impl Into<String>,
        is_wanted: impl FnOnce(&str) -> bool,
        make: impl FnOnce() -> I + 'a,
    ) -> Self {
        let name = name.into();
        let path = name.clone();
        Self {
            is_wanted: is_wanted(&name),
            name,
            make: Box::new(|| HealthCheck::new(path, make())),
        }
    }

    /// A state of the application. What is set for all checks is not for it: a state that was kept,
    /// or had to be confirmed, would be told too late.
    fn state<I: HealthIndicator>(
        name: impl Into<String>,
        is_wanted: impl FnOnce(&str) -> bool,
        make: impl FnOnce() -> I + 'a,
    ) -> Self {
        let row = Self::new(name, is_wanted, make);
        let make = row.make;
        let at_once = || {
            let check = make().success_ttl(Duration::ZERO).failure_ttl(Duration::ZERO);
            check.interval(Duration::ZERO).failure_threshold(1).success_threshold(1)
        };
        Self { make: Box::new(at_once), ..row }
    }
}

fn rows<'a>(
    settings: &'a HealthSettings,
    availability: &'a Availability,
    disk: &'a DiskReader,
) -> Vec<Row<'a>> {
    let own = &settings.builtin;
    let by_default = |name: &str| settings.is_builtin_enabled(name);
    let with_probes = |name: &str| settings.is_state_enabled(name);
    let on_request = |name: &str| settings.is_requested(name);
    let main_disk = || DiskSpace::new(&settings.disk_path, settings.disk_threshold);
    let mut rows = vec![
        Row {
            make: Box::new(|| HealthCheck::new("ping", Ping).level(0)),
            ..Row::new("ping", by_default, || Ping)
        },
        Row::new("diskSpace", by_default, move || main_disk().reading(Arc::clone(disk))),
        Row::state("livenessState", with_probes, || Liveness::new(availability.clone())),
        Row::state("readinessState", with_probes, || Readiness::new(availability.clone())),
        Row::state("startupState", with_probes, || StartUp::new(availability.clone())),
        Row::new("processMemory", on_request, || ProcessMemory::new(own.process_memory)),
        Row::new("fileDescriptors", on_request, || FileDescriptors::new(own.file_descriptors)),
        Row::new("runtime", on_request, || RuntimeLag::current(own.runtime)),
    ];
    rows.extend(own.disks.iter().map(|settings_of_disk| {
        let name = format!("diskSpace-{}", settings_of_disk.name);
        let wanted = |name: &str| settings.is_enabled(name);
        Row::new(name, wanted, move || settings_of_disk.check().reading(Arc::clone(disk)))
    }));
    rows
}

impl DiskSettings {
    /// The check of this disk.
    fn check(&self) -> DiskSpace {
        let check = DiskSpace::new(&self.path, self.threshold);
        if self.must_be_mounted { check.must_be_mounted() } else { check }
    }
}

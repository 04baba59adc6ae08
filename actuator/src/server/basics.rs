//! What has to be known before the application's own set-up runs: all settings, and the log.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Instant, SystemTime},
};

use super::{
    all_settings::{AllSettings, Config},
    builder::Builder,
    lifecycle::LifecycleSettings,
    listener::Inherited,
    recorder, sentry,
    settings::ServerSettings,
    tls::BundleFiles,
};
use crate::{
    admin::{self, CloudPlatform},
    audit::{Audit, AuditSettings, FileAuditEventRepository},
    error::{Error, ErrorKind, Result},
    logging::{self, LoggingState},
    meter::MeterRegistry,
    model::{call::Listener, sanitizer::Sanitizer},
    settings::{LiveSettings, Settings, SettingsBuilder, typed::TypedRegistry},
    startup::StartupSteps,
    support::{clock::Clock, service_manager::ServiceManager},
};

/// Settings, the log, and what the surroundings tell.
#[derive(Debug)]
pub(super) struct Basics {
    pub(super) settings: Arc<Settings>,
    pub(super) live: Arc<LiveSettings>,
    pub(super) lifecycle: LifecycleSettings,
    pub(super) manager: ServiceManager,
    pub(super) meters: Arc<MeterRegistry>,
    pub(super) audit: Audit,
    /// What hides secrets in everything that leaves.
    pub(super) sanitizer: Sanitizer,
    pub(super) server: ServerSettings,
    pub(super) bundles: BundleFiles,
    pub(super) config: Config,
    pub(super) logging: LoggingState,
    pub(super) environment: BTreeMap<String, String>,
    pub(super) typed: Arc<TypedRegistry>,
    pub(super) platform: Option<CloudPlatform>,
    pub(super) in_container: bool,
    pub(super) on_loopback: OnLoopback,
    pub(super) began: Instant,
    pub(super) started: SystemTime,
    /// The steps of this start.
    pub(super) startup: StartupSteps,
}

/// All settings, and the variables of the process.
pub(super) struct Surroundings {
    pub(super) settings: Settings,
    /// Empty for an isolated service.
    pub(super) environment: BTreeMap<String, String>,
}

impl Surroundings {
    /// Reads them as the builder says.
    pub(super) fn read(builder: &Builder) -> Result<Self> {
        let settings = settings(builder.settings.clone(), builder.from_process)?;
        let environment = if builder.from_process { environment() } else { BTreeMap::new() };
        Ok(Self { settings, environment })
    }
}

/// All settings, as they are to be found now.
fn settings(builder: SettingsBuilder, from_process: bool) -> Result<Settings> {
    let builder = if from_process { builder.from_process() } else { builder };
    builder.build()
}

/// The settings in force, which can be read again from all places.
fn live(builder: &Builder, settings_now: &Arc<Settings>) -> Arc<LiveSettings> {
    let (places, from_process) = (builder.settings.clone(), builder.from_process);
    LiveSettings::new(Arc::clone(settings_now), move || settings(places.clone(), from_process))
}

impl Basics {
    /// Reads all settings, so that one refusal names every bad one, and starts the log.
    pub(super) fn prepare(builder: &Builder) -> Result<Self> {
        let startup = StartupSteps::default();
        let reading = startup.step("actuator.settings");
        let Surroundings { settings, environment } = Surroundings::read(builder)?;
        reading.with_tag("sources", settings.sources().len()).end();
        let settings = Arc::new(settings);
        // They can be taken once, and settings may have to be read again.
        let inherited =
            if builder.serves { Inherited::take(&environment)? } else { Inherited::default() };
        settings.until_usable(|| {
            let inherited = inherited.try_clone()?;
            Self::prepare_with(builder, &settings, environment.clone(), inherited, startup.clone())
        })
    }

    /// The same with settings that were read. Up to where they turn out to be usable it does
    /// nothing that could not be done again.
    fn prepare_with(
        builder: &Builder,
        settings: &Arc<Settings>,
        environment: BTreeMap<String, String>,
        inherited: Inherited,
        startup: StartupSteps,
    ) -> Result<Self> {
        let (started, began) = startup.timeline().began();
        let in_container =
            builder.from_process && admin::in_container(&environment, std::path::Path::new("/"));
        let read = AllSettings::read(builder, settings, &environment, inherited, &startup)?;
        let sanitizer = read.sanitizer;
        let meters = Arc::new(MeterRegistry::new(read.meters, Clock::system()));
        let installing = startup.step("actuator.logging");
        let logging = logging::install(&read.logging, &sanitizer, sentry::layer())?;
        installing.end();
        let audit = audit_trail(&read.audit, &sanitizer)?;
        let package = (builder.name.as_deref(), builder.version.as_deref());
        sentry::start(read.errors_to, package, &meters, &sanitizer)?;
        recorder::install(builder, read.has_recorder, &meters);
        settings.tell_warnings();
        for warning in &read.typed.warnings {
            tracing::warn!(target: "actuator::settings", "{warning}");
        }
        Ok(Self {
            live: live(builder, settings),
            lifecycle: read.lifecycle,
            manager: ServiceManager::of(&environment),
            settings: Arc::clone(settings),
            meters,
            audit,
            sanitizer,
            server: read.server,
            bundles: read.bundles,
            config: read.config,
            logging,
            environment,
            typed: read.typed.registry,
            platform: read.platform,
            in_container,
            on_loopback: read.on_loopback,
            began,
            started,
            startup,
        })
    }
}

/// Which listeners only this machine reaches. One that is not known is taken to be reachable by
/// everybody.
#[derive(Clone, Copy, Debug)]
pub(super) struct OnLoopback {
    application: bool,
    management: bool,
}

impl OnLoopback {
    pub(super) fn of(builder: &Builder, server: &ServerSettings) -> Self {
        match builder.listening_on {
            Some(address) => {
                let is = address.ip().is_loopback();
                Self { application: is, management: is }
            }
            None => Self {
                application: builder.serves && server.address.ip().is_loopback(),
                management: builder.serves && server.management_on_loopback(),
            },
        }
    }

    /// Whether only this machine reaches it.
    pub(super) fn is(self, listener: Listener) -> bool {
        match listener {
            Listener::Application => self.application,
            Listener::Management => self.management,
        }
    }
}

/// The trail of audit events, in a file if a setting names one.
fn audit_trail(settings: &AuditSettings, sanitizer: &Sanitizer) -> Result<Audit> {
    let audit = Audit::new(settings, sanitizer.clone(), Clock::system());
    let Some(path) = settings.file.as_ref().filter(|_| settings.enabled) else { return Ok(audit) };
    let repository = FileAuditEventRepository::open(path, settings.capacity).map_err(|error| {
        let message = format!(
            "the file of audit events {} (actuator.auditevents.file) cannot be opened: {error}; \
             name one that the service may write",
            path.display()
        );
        Error::new(ErrorKind::Setting, message).with_cause(error)
    })?;
    audit.keep_in(Arc::new(repository));
    Ok(audit)
}

/// The variables of the process; `std::env::vars` would panic on one that is not UTF-8.
fn environment() -> BTreeMap<String, String> {
    std::env::vars_os()
        .map(|(name, value)| (name.to_string_lossy().into(), value.to_string_lossy().into()))
        .collect()
}

#[cfg(test)]
#[path = "basics_tests.rs"]
mod tests;

//! What has to be known before the application's own set-up runs: all settings, and the log.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Instant, SystemTime},
};

use super::{
    builder::Builder, debug::DebugSettings, lifecycle::LifecycleSettings, listener::Inherited,
    recorder, sanitizing, scheduling::SchedulingSettings, sentry, settings::ServerSettings,
    startup, stores::StoreSettings, typed_settings,
};
use crate::{
    admin::{self, AdminClientSettings, CloudPlatform, ForcedPlatform},
    audit::{Audit, AuditSettings, FileAuditEventRepository},
    custom, endpoint,
    env::EnvSettings,
    error::{Error, ErrorKind, Result},
    exchange::ExchangeSettings,
    export::ExportSettings,
    exposition::ExpositionSettings,
    health::{self, HealthDefaults, HealthSettings},
    info::InfoSettings,
    logging::{self, LoggingSettings, LoggingState},
    meter::{ClientTags, MeterRegistry, MeterSettings},
    model::{
        call::Listener,
        sanitizer::Sanitizer,
        show::{Show, ShowValues},
    },
    registry::Declarations,
    sbom::SbomSettings,
    security::SecuritySettings,
    settings::{LiveSettings, Settings, SettingsBuilder, SettingsReader, typed::TypedRegistry},
    startup::StartupSteps,
    support::{clock::Clock, service_manager::ServiceManager},
    thread::ThreadSettings,
    web::{BrowserSettings, Exposure, ExposureDefaults},
    webhook::WebhookSettings,
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

/// The cloud platform: what `spring.main.cloud-platform` says, or what the environment tells. Set
/// to `none` it says that what is found does not count.
pub(super) fn platform(
    reader: &mut SettingsReader<'_>,
    environment: &BTreeMap<String, String>,
) -> Option<CloudPlatform> {
    reader
        .value::<ForcedPlatform>("spring.main.cloud-platform")
        .map_or_else(|| CloudPlatform::detect(environment), |forced| forced.0)
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
        let mut reader = SettingsReader::new(settings);
        reader.on_invalid();
        let sanitizer = sanitizing::read(&mut reader);
        let platform = platform(&mut reader, &environment);
        let mut server = ServerSettings::read(&mut reader, platform.is_some(), inherited);
        server.errors.sanitizer = sanitizer.clone();
        if builder.serves {
            server.tls.check(&mut reader);
        }
        let lifecycle =
            LifecycleSettings::read(&mut reader, environment.contains_key("LISTEN_FDS"));
        let mut logging = LoggingSettings::read(&mut reader);
        let (name, version) = (builder.name.as_deref(), builder.version.as_deref());
        logging.output.formats.default_service(name, version);
        let on_loopback = OnLoopback::of(builder, &server);
        let private = on_loopback.is(server.management_listener());
        let ids = ids(builder, settings);
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let mut config = Config::read(&mut reader, &ids, private, &server);
        config.health = config.health.hiding(&sanitizer);
        let mut meters = MeterSettings::read(&mut reader);
        meters.distribution.exponential |=
            config.metrics_views.need_buckets() || config.exports.need_exponential();
        if config.metrics_views.need_origins() || config.exports.need_origins() {
            meters.client_tags = ClientTags::Origin;
        }
        meters.sanitizer = sanitizer.clone();
        let records = recorder::read_enabled(&mut reader);
        let audit = AuditSettings::read(&mut reader);
        startup::read(&mut reader, &startup);
        let errors_to = sentry::read(&mut reader);
        let typed = typed_settings::Typed::read(builder, &mut reader);
        // They are made once the application's own checks are known.
        let mut later = SettingsReader::new(settings);
        drop(health::builtin::from_settings(&mut later));
        reader.join(later);
        reader.finish()?;
        let meters = Arc::new(MeterRegistry::new(meters, Clock::system()));
        let installing = startup.step("actuator.logging");
        let logging = logging::install(&logging, &sanitizer, sentry::layer())?;
        installing.end();
        let audit = audit_trail(&audit, &sanitizer)?;
        sentry::start(errors_to, (name, version), &meters, &sanitizer)?;
        recorder::install(builder, records, &meters);
        settings.tell_warnings();
        for warning in &typed.warnings {
            tracing::warn!(target: "actuator::settings", "{warning}");
        }
        Ok(Self {
            live: live(builder, settings),
            lifecycle,
            manager: ServiceManager::of(&environment),
            settings: Arc::clone(settings),
            meters,
            audit,
            sanitizer,
            server,
            config,
            logging,
            environment,
            typed: typed.registry,
            platform,
            in_container,
            on_loopback,
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
    fn of(builder: &Builder, server: &ServerSettings) -> Self {
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

/// The ids of all endpoints there could be.
fn ids(builder: &Builder, settings: &Settings) -> Vec<String> {
    let declared = if builder.declarations { Declarations::endpoints() } else { Vec::new() };
    let declared = declared.iter().map(|declared| declared.id);
    custom::ids(settings, endpoint::IDS.iter().copied().chain(declared))
}

/// The variables of the process; `std::env::vars` would panic on one that is not UTF-8.
fn environment() -> BTreeMap<String, String> {
    std::env::vars_os()
        .map(|(name, value)| (name.to_string_lossy().into(), value.to_string_lossy().into()))
        .collect()
}

/// The typed settings of the parts behind the listeners.
#[derive(Debug)]
pub(super) struct Config {
    pub(super) admin: AdminClientSettings,
    pub(super) browser: BrowserSettings,
    pub(super) configprops: ShowValues,
    pub(super) debug: DebugSettings,
    pub(super) env: EnvSettings,
    pub(super) exchange: ExchangeSettings,
    pub(super) exposition: ExpositionSettings,
    pub(super) exposure: Exposure,
    pub(super) health: HealthSettings,
    pub(super) info: InfoSettings,
    pub(super) exports: ExportSettings,
    pub(super) aliases: endpoint::Aliases,
    pub(super) cache: endpoint::CacheSettings,
    pub(super) views: endpoint::ViewSettings,
    pub(super) metrics_views: endpoint::MetricsViewSettings,
    pub(super) sbom: SbomSettings,
    pub(super) scheduling: SchedulingSettings,
    pub(super) versions: endpoint::VersionsViewSettings,
    pub(super) security: SecuritySettings,
    pub(super) stores: StoreSettings,
    pub(super) threads: ThreadSettings,
    pub(super) webhook: WebhookSettings,
}

impl Config {
    /// Reads all of them. `ids` are those of all endpoints there could be, `private` is a management
    /// API that only this machine reaches.
    fn read(
        reader: &mut SettingsReader<'_>,
        ids: &[&str],
        private: bool,
        server: &ServerSettings,
    ) -> Self {
        let show = if private { Show::Always } else { Show::Never };
        let exposed = if private { ExposureDefaults::Everything } else { ExposureDefaults::Health };
        Self {
            admin: AdminClientSettings::read(reader),
            browser: BrowserSettings::read(reader),
            configprops: reader.show_values("configprops", show),
            debug: DebugSettings::read(reader),
            env: EnvSettings::read(reader, show),
            exchange: ExchangeSettings::read(reader),
            exposition: ExpositionSettings::read(reader),
            exposure: Exposure::read(reader, ids, exposed),
            health: HealthSettings::read(reader, HealthDefaults { show_details: show }),
            info: InfoSettings::read(reader),
            exports: ExportSettings::read(reader, &server.listeners()),
            aliases: endpoint::Aliases::read(reader),
            views: endpoint::ViewSettings::read(reader),
            metrics_views: endpoint::MetricsViewSettings::read(reader),
            sbom: SbomSettings::read(reader),
            scheduling: SchedulingSettings::read(reader),
            versions: endpoint::VersionsViewSettings::read(reader),
            cache: endpoint::CacheSettings::read(reader, ids),
            security: SecuritySettings::read(reader, ids),
            stores: StoreSettings::read(reader),
            threads: ThreadSettings::read(reader),
            webhook: WebhookSettings::read(reader),
        }
    }
}

#[cfg(test)]
#[path = "basics_tests.rs"]
mod tests;

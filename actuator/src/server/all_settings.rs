//! All settings, as the types of the parts that they are for. Nothing is put to work here.

use std::collections::BTreeMap;

use super::{
    basics::OnLoopback, builder::Builder, debug::DebugSettings, lifecycle::LifecycleSettings,
    listener::Inherited, recorder, sanitizing, scheduling::SchedulingSettings, sentry,
    settings::ServerSettings, startup, stores::StoreSettings, tls::BundleFiles,
    typed_settings::Typed,
};
use crate::{
    admin::{AdminClientSettings, CloudPlatform, ForcedPlatform},
    audit::AuditSettings,
    custom, endpoint,
    env::EnvSettings,
    error::Result,
    exchange::ExchangeSettings,
    export::ExportSettings,
    exposition::ExpositionSettings,
    health::{self, HealthDefaults, HealthSettings},
    info::InfoSettings,
    logging::LoggingSettings,
    meter::{ClientTags, MeterSettings},
    model::{
        sanitizer::Sanitizer,
        show::{Show, ShowValues},
    },
    registry::Declarations,
    sbom::SbomSettings,
    security::SecuritySettings,
    settings::{Settings, SettingsReader},
    startup::StartupSteps,
    thread::ThreadSettings,
    web::{BrowserSettings, Exposure, ExposureDefaults},
    webhook::WebhookSettings,
};

/// What all settings say.
pub(super) struct AllSettings {
    pub(super) sanitizer: Sanitizer,
    pub(super) platform: Option<CloudPlatform>,
    pub(super) server: ServerSettings,
    pub(super) bundles: BundleFiles,
    pub(super) lifecycle: LifecycleSettings,
    pub(super) logging: LoggingSettings,
    pub(super) on_loopback: OnLoopback,
    pub(super) config: Config,
    pub(super) meters: MeterSettings,
    /// Whether what the `metrics` crate is told becomes meters.
    pub(super) has_recorder: bool,
    pub(super) audit: AuditSettings,
    pub(super) errors_to: sentry::Wanted,
    pub(super) typed: Typed,
}

impl AllSettings {
    /// Reads all of them, so that one refusal names every bad one. What is wrong is told in the
    /// order of reading.
    pub(super) fn read(
        builder: &Builder,
        settings: &Settings,
        environment: &BTreeMap<String, String>,
        inherited: Inherited,
        startup: &StartupSteps,
    ) -> Result<Self> {
        let mut reader = SettingsReader::new(settings);
        reader.on_invalid();
        let sanitizer = sanitizing::read(&mut reader);
        let platform = platform(&mut reader, environment);
        let mut server = ServerSettings::read(&mut reader, platform.is_some(), inherited);
        server.errors.sanitizer = sanitizer.clone();
        if builder.serves {
            server.tls.check(&mut reader);
        }
        let bundles = BundleFiles::read(&mut reader);
        let lifecycle =
            LifecycleSettings::read(&mut reader, environment.contains_key("LISTEN_FDS"));
        let logging = logging(&mut reader, builder);
        let on_loopback = OnLoopback::of(builder, &server);
        let private = on_loopback.is(server.management_listener());
        let ids = ids(builder, settings);
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let mut config = Config::read(&mut reader, &ids, private, &server);
        config.health = config.health.hiding(&sanitizer);
        let meters = meters(&mut reader, &config, &sanitizer);
        let has_recorder = recorder::read_enabled(&mut reader);
        let audit = AuditSettings::read(&mut reader);
        startup::read(&mut reader, startup);
        let errors_to = sentry::read(&mut reader);
        let typed = Typed::read(builder, &mut reader);
        // They are made once the application's own checks are known.
        let mut later = SettingsReader::new(settings);
        drop(health::builtin::from_settings(&mut later));
        reader.join(later);
        reader.finish()?;
        Ok(Self {
            sanitizer,
            platform,
            server,
            bundles,
            lifecycle,
            logging,
            on_loopback,
            config,
            meters,
            has_recorder,
            audit,
            errors_to,
            typed,
        })
    }
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

/// The log; its lines name the service as the code does, unless settings do.
fn logging(reader: &mut SettingsReader<'_>, builder: &Builder) -> LoggingSettings {
    let mut logging = LoggingSettings::read(reader);
    let (name, version) = (builder.name.as_deref(), builder.version.as_deref());
    logging.output.formats.default_service(name, version);
    logging
}

/// The meters, with the buckets that others of the settings need.
fn meters(
    reader: &mut SettingsReader<'_>,
    config: &Config,
    sanitizer: &Sanitizer,
) -> MeterSettings {
    let mut meters = MeterSettings::read(reader);
    meters.distribution.exponential |=
        config.metrics_views.need_buckets() || config.exports.need_exponential();
    if config.metrics_views.need_origins() || config.exports.need_origins() {
        meters.client_tags = ClientTags::Origin;
    }
    meters.sanitizer = sanitizer.clone();
    meters
}

/// The ids of all endpoints there could be.
fn ids(builder: &Builder, settings: &Settings) -> Vec<String> {
    let declared = if builder.declarations { Declarations::endpoints() } else { Vec::new() };
    let declared = declared.iter().map(|declared| declared.id);
    custom::ids(settings, endpoint::IDS.iter().copied().chain(declared))
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

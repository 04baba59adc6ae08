//! What has to be known before the application's own set-up runs: all settings, and the log.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Instant, SystemTime},
};

use super::{builder::Builder, settings::ServerSettings};
use crate::{
    admin::{self, AdminClientSettings, CloudPlatform},
    endpoint,
    env::EnvSettings,
    error::Result,
    exchange::ExchangeSettings,
    health::{HealthDefaults, HealthSettings},
    info::InfoSettings,
    logging::{self, LoggingSettings, LoggingState},
    meter::{MeterRegistry, MeterSettings},
    model::show::Show,
    settings::{Settings, SettingsReader},
    support::clock::Clock,
    web::{Exposure, ExposureDefaults},
};

/// Settings, the log, and what the surroundings tell.
#[derive(Debug)]
pub(super) struct Basics {
    pub(super) settings: Arc<Settings>,
    pub(super) meters: Arc<MeterRegistry>,
    pub(super) server: ServerSettings,
    pub(super) config: Config,
    pub(super) logging: LoggingState,
    pub(super) environment: BTreeMap<String, String>,
    pub(super) platform: Option<CloudPlatform>,
    pub(super) in_container: bool,
    pub(super) began: Instant,
    pub(super) started: SystemTime,
}

impl Basics {
    /// Reads all settings, so that one refusal names every bad one, and starts the log.
    pub(super) fn prepare(builder: &mut Builder) -> Result<Self> {
        let (began, started) = (Instant::now(), SystemTime::now());
        let environment: BTreeMap<String, String> =
            if builder.from_process { environment() } else { BTreeMap::new() };
        let mut settings = std::mem::take(&mut builder.settings);
        if builder.from_process {
            settings = settings.from_process();
        }
        let settings = Arc::new(settings.build()?);
        let in_container =
            builder.from_process && admin::in_container(&environment, std::path::Path::new("/"));
        let mut reader = SettingsReader::new(&settings);
        // Set to `none` it says that what is found does not count.
        let platform = reader
            .value::<Option<CloudPlatform>>("spring.main.cloud-platform")
            .unwrap_or_else(|| CloudPlatform::detect(&environment));
        let server = ServerSettings::read(&mut reader, platform.is_some());
        let logging = LoggingSettings::read(&mut reader);
        let private = match builder.listening_on {
            Some(address) => address.ip().is_loopback(),
            None => builder.serves && server.management_on_loopback(),
        };
        let config = Config::read(&mut reader, private);
        let meters = MeterSettings::read(&mut reader);
        reader.finish()?;
        let meters = Arc::new(MeterRegistry::new(meters, Clock::system()));
        let logging = logging::install(&logging)?;
        for warning in settings.warnings() {
            tracing::warn!(target: "actuator::settings", "{warning}");
        }
        Ok(Self {
            settings,
            meters,
            server,
            config,
            logging,
            environment,
            platform,
            in_container,
            began,
            started,
        })
    }
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
    pub(super) env: EnvSettings,
    pub(super) exchange: ExchangeSettings,
    pub(super) exposure: Exposure,
    pub(super) health: HealthSettings,
    pub(super) info: InfoSettings,
    pub(super) aliases: endpoint::Aliases,
    pub(super) cache: endpoint::CacheSettings,
    pub(super) views: endpoint::ViewSettings,
}

impl Config {
    /// Reads all of them. `private` is a management API that only this machine reaches.
    fn read(reader: &mut SettingsReader<'_>, private: bool) -> Self {
        let show = if private { Show::Always } else { Show::Never };
        let exposed = if private { ExposureDefaults::Everything } else { ExposureDefaults::Health };
        Self {
            admin: AdminClientSettings::read(reader),
            env: EnvSettings::read(reader, show),
            exchange: ExchangeSettings::read(reader),
            exposure: Exposure::read(reader, endpoint::IDS, exposed),
            health: HealthSettings::read(reader, HealthDefaults { show_details: show }),
            info: InfoSettings::read(reader),
            aliases: endpoint::Aliases::read(reader),
            views: endpoint::ViewSettings::read(reader),
            cache: endpoint::CacheSettings::read(reader, endpoint::IDS),
        }
    }
}

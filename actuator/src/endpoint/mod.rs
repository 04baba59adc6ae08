//! The endpoints: from a subject to the JSON that the API promises, one file per id.
//!
//! A new endpoint is a file here and its id in [`IDS`]; one whose subject nothing else needs is made
//! in a line of `server/further.rs`, any other in [`all`].

mod auditevents;
mod beans;
mod cached;
mod caches;
mod certs;
mod conditions;
mod configprops;
#[cfg(feature = "debug")]
mod debug;
mod env;
mod env_writing;
mod health;
mod health_check_descriptor;
mod health_descriptor;
mod health_detail;
mod health_document;
mod health_operations;
mod health_override;
mod health_view;
mod heapdump;
mod httpexchanges;
mod httpexchanges_schema;
mod httptrace;
mod info;
mod level_terms;
mod limits;
mod log_link;
mod logfile;
mod logfiles;
mod loggeroverrides;
mod loggers;
mod logstream;
mod mappings;
mod mappings_conditions;
mod memory;
mod metrics;
mod metrics_view;
mod migrations;
mod not_now;
mod openapi;
mod profile;
mod prometheus;
mod refresh;
mod refused;
mod restart;
mod sbom;
mod scheduledtasks;
mod sessions;
mod shutdown;
mod ssl;
mod startup;
mod tasks;
mod thread_text;
mod threaddump;

use std::{sync::Arc, time::Duration};

use self::{
    health_view::Forms, httpexchanges::HttpexchangesEndpoint, threaddump::ThreaddumpEndpoint,
};
use crate::{
    audit::Audit,
    env::Environment,
    exchange::ExchangeRepository,
    exposition::Exposition,
    health::{HealthContributors, HealthGroups},
    info::{Facts, HostFacts, InfoRegistry},
    logging::{LevelAttendants, LoggingState},
    meter::MeterRegistry,
    model::{
        call::Listener, condition::Conditions, endpoint::SharedEndpoint, sanitizer::Sanitizer,
    },
    registry::BeanRegistry,
    settings::SettingsReader,
    support::trigger::Trigger,
    task::Tasks,
    thread::ThreadRepository,
};

pub(crate) use self::sbom::{SbomEndpoint, VersionsViewSettings};
pub(crate) use cached::CacheSettings;
pub(crate) use caches::CachesEndpoint;
pub(crate) use certs::CertsEndpoint;
pub(crate) use configprops::ConfigpropsParts;
#[cfg(feature = "debug")]
pub(crate) use debug::DebugEndpoint;
pub(crate) use health_view::ViewSettings;
pub(crate) use heapdump::HeapdumpEndpoint;
#[cfg(all(feature = "heap-profile", target_os = "linux"))]
pub(crate) use heapdump::{HeapSource, NoHeapdump};
pub(crate) use limits::LimitsEndpoint;
pub(crate) use log_link::LogLink;
pub(crate) use mappings::MappingsEndpoint;
pub(crate) use memory::MemoryEndpoint;
pub(crate) use metrics_view::{MetricsViewSettings, c2c_key};
pub(crate) use migrations::{FlywayEndpoint, MigrationsEndpoint, MigrationsView};
pub(crate) use openapi::OpenapiEndpoint;
pub(crate) use refresh::{Refresh, Refreshed};
pub(crate) use scheduledtasks::ScheduledtasksEndpoint;
pub(crate) use sessions::SessionsEndpoint;
pub(crate) use ssl::{ChainDescriptor, SslDescriptor};
pub(crate) use startup::StartupEndpoint;

/// The subjects that endpoints speak for.
#[derive(Debug)]
pub(crate) struct Subjects {
    pub(crate) application: String,
    pub(crate) version: Option<String>,
    pub(crate) health: Arc<HealthContributors>,
    pub(crate) groups: HealthGroups,
    /// Whether details of health tell about the checks themselves.
    pub(crate) show_checks: bool,
    /// How long a status may be set by hand; `None` if not at all.
    pub(crate) longest_override: Option<Duration>,
    pub(crate) info: Arc<InfoRegistry>,
    pub(crate) environment: Arc<Environment>,
    /// The settings as they were read, and who sees them.
    pub(crate) configprops: ConfigpropsParts,
    pub(crate) logging: LoggingState,
    /// Who writes changes of levels down, for as long as they can be made.
    pub(crate) level_attendants: Arc<LevelAttendants>,
    pub(crate) meters: Arc<MeterRegistry>,
    /// The meters in the formats of Prometheus.
    pub(crate) exposition: Arc<Exposition>,
    pub(crate) exchanges: Arc<ExchangeRepository>,
    /// From exchanges to their lines of the log.
    pub(crate) log_link: LogLink,
    pub(crate) threads: Arc<ThreadRepository>,
    pub(crate) audit: Audit,
    pub(crate) beans: Arc<BeanRegistry>,
    /// Why parts are there or not, once that is known.
    pub(crate) conditions: Conditions,
    pub(crate) sanitizer: Arc<Sanitizer>,
    pub(crate) shutdown: Trigger,
    /// Thrown before that, if the service is to begin anew; `None` where its end is somebody else's.
    pub(crate) restart: Option<Trigger>,
    pub(crate) refresh: Refresh,
    /// Whether the application says that its settings may be read again.
    pub(crate) is_refreshable: bool,
    /// The machine and the process.
    pub(crate) host: HostFacts,
    /// The name of the machine; empty if it has none.
    pub(crate) host_name: String,
    /// What was known when the application was compiled.
    pub(crate) facts: Option<Facts>,
    /// The endpoints of subjects that stand on their own.
    pub(crate) further: Vec<SharedEndpoint>,
    /// What of them is served outside the base path.
    pub(crate) further_mounts: Vec<Mount>,
}

/// All ids there can be, for settings that name one; a test compares them with [`all`].
pub(crate) const IDS: &[&str] = &[
    "auditevents",
    "beans",
    "caches",
    "certs",
    "conditions",
    "configprops",
    "debug",
    "dump",
    "env",
    "flyway",
    "health",
    "heapdump",
    "httpexchanges",
    "httptrace",
    "info",
    "limits",
    "logfile",
    "logfiles",
    "loggeroverrides",
    "loggers",
    "logstream",
    "mappings",
    "memory",
    "metrics",
    "migrations",
    "openapi",
    "profile",
    "prometheus",
    "refresh",
    "restart",
    "sbom",
    "scheduledtasks",
    "sessions",
    "shutdown",
    "startup",
    "tasks",
    "threaddump",
    "trace",
];

/// The older ids, for old admin servers and for those who come from pyctuator.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Aliases {
    httptrace: bool,
    dump: bool,
}

impl Aliases {
    /// Reads `actuator.compat.httptrace` (also `trace`) and `actuator.compat.dump`.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Self {
        Self {
            httptrace: reader.value_or("actuator.compat.httptrace", false),
            dump: reader.value_or("actuator.compat.dump", false),
        }
    }
}

/// An endpoint, or a view of one, that wants a path outside the base path.
#[derive(Clone, Debug)]
pub(crate) struct Mount {
    /// What answers.
    pub(crate) endpoint: SharedEndpoint,
    /// The listener on which it answers.
    pub(crate) listener: Listener,
    /// The path, with a leading slash.
    pub(crate) path: String,
    /// Whether its operations stand below the path too.
    pub(crate) below: bool,
    /// The setting that asks for it.
    pub(crate) setting: String,
}

/// All endpoints, in the order of the discovery page, and the paths outside the base path.
pub(crate) fn all(
    subjects: &Subjects,
    aliases: Aliases,
    views: &ViewSettings,
    metrics_views: &MetricsViewSettings,
) -> (Vec<SharedEndpoint>, Vec<Mount>) {
    let health = Arc::new(health_endpoint(subjects, views));
    let mut mounts = health_view::mounts(subjects, views);
    mounts.extend(metrics_view::mounts(subjects, metrics_views));
    mounts.extend(subjects.further_mounts.iter().cloned());
    mounts.extend(health.additional_paths().into_iter().map(|(group, listener, path)| Mount {
        endpoint: Arc::clone(&health) as SharedEndpoint,
        listener,
        path,
        below: false,
        setting: format!("management.endpoint.health.group.{group}.additional-path"),
    }));
    let (loggers, kept) = (&subjects.logging.loggers, &subjects.level_attendants);
    let mut endpoints: Vec<SharedEndpoint> = vec![
        Arc::new(beans::BeansEndpoint::new(
            &subjects.application,
            Arc::clone(&subjects.beans),
            Arc::clone(&subjects.sanitizer),
        )),
        Arc::new(configprops::ConfigpropsEndpoint::new(
            &subjects.application,
            subjects.configprops.clone(),
            Arc::clone(&subjects.sanitizer),
        )),
        Arc::new(env::EnvEndpoint::new(Arc::clone(&subjects.environment), subjects.audit.clone())),
        Arc::new(conditions::ConditionsEndpoint::new(
            &subjects.application,
            Arc::clone(&subjects.conditions),
        )),
        health,
        Arc::new(HttpexchangesEndpoint::new(
            Arc::clone(&subjects.exchanges),
            subjects.log_link.clone(),
        )),
        Arc::new(info::InfoEndpoint::new(Arc::clone(&subjects.info))),
        Arc::new(loggeroverrides::LoggerOverridesEndpoint::new(loggers.clone(), Arc::clone(kept))),
        Arc::new(loggers::LoggersEndpoint::new(loggers.clone(), Arc::clone(kept))),
        Arc::new(self::metrics::MetricsEndpoint::new(Arc::clone(&subjects.meters))),
        Arc::new(profile::ProfileEndpoint::new(
            Arc::clone(&subjects.threads),
            &subjects.application,
        )),
        Arc::new(refresh::RefreshEndpoint::new(subjects.refresh.clone(), subjects.is_refreshable)),
        Arc::new(shutdown::ShutdownEndpoint::new(subjects.shutdown.clone())),
        Arc::new(tasks::TasksEndpoint::new(
            Tasks::of_process(),
            subjects.sanitizer.as_ref().clone(),
        )),
        Arc::new(ThreaddumpEndpoint::new(
            Arc::clone(&subjects.threads),
            &subjects.application,
            subjects.version.as_deref().unwrap_or_default(),
        )),
    ];
    endpoints.extend(where_asked(subjects, aliases));
    endpoints.extend(subjects.further.iter().cloned());
    endpoints.sort_by(|a, b| a.id().cmp(b.id()));
    (endpoints, mounts)
}

/// Those that exist in some services only.
fn where_asked(subjects: &Subjects, aliases: Aliases) -> Vec<SharedEndpoint> {
    let mut endpoints: Vec<SharedEndpoint> = log_endpoints(&subjects.logging);
    if let Some(restart) = subjects.restart.clone() {
        endpoints.push(Arc::new(restart::RestartEndpoint::new(restart, subjects.shutdown.clone())));
    }
    if subjects.audit.is_enabled() {
        endpoints.push(Arc::new(auditevents::AuditeventsEndpoint::new(subjects.audit.clone())));
    }
    if subjects.exposition.settings().enabled {
        let exposition = Arc::clone(&subjects.exposition);
        endpoints.push(Arc::new(prometheus::PrometheusEndpoint::new(exposition, &subjects.meters)));
    }
    if aliases.httptrace {
        let exchanges = &subjects.exchanges;
        endpoints.push(Arc::new(HttpexchangesEndpoint::httptrace(Arc::clone(exchanges))));
        endpoints.push(Arc::new(HttpexchangesEndpoint::trace(Arc::clone(exchanges))));
    }
    if aliases.dump {
        endpoints.push(Arc::new(ThreaddumpEndpoint::dump(Arc::clone(&subjects.threads))));
    }
    endpoints
}

/// Why an endpoint of [`IDS`] may not exist at all.
pub(crate) fn why_missing(id: &str) -> &'static str {
    match id {
        "auditevents" => "management.auditevents.enabled is false",
        "caches" => "no cache is registered: App::cache registers one",
        "debug" => "it needs the feature `debug`, and actuator.debug.enabled to be true",
        "dump" => "actuator.compat.dump is not true",
        "httptrace" | "trace" => "actuator.compat.httptrace is not true",
        "logfile" => "there is no log file, and nothing of the log is kept in memory",
        "logfiles" => "there is no log file (logging.file.name)",
        "logstream" => {
            "nothing of the log is kept in memory (actuator.logfile.ring-size), or nobody may watch it (actuator.logstream.max-viewers)"
        }
        "scheduledtasks" => {
            "no scheduled task is declared (#[scheduled]) or registered (App::scheduled)"
        }
        "flyway" => {
            "nobody tells of migrations, as for the endpoint migrations, or actuator.compat.flyway is false"
        }
        "migrations" => {
            "nobody tells of migrations: register a Migrator of sqlx beside its pool as components, or App::migrations"
        }
        "sessions" => {
            "nobody knows the sessions: App::session_store wraps a store of tower-sessions, App::session_repository takes any other"
        }
        "sbom" => {
            "nothing is known of the packages: no #[derive(ActuatorInfo)] with a lock file, no list of cargo auditable in the executable, no management.endpoint.sbom.application.location"
        }
        "startup" => "actuator.startup.capacity is 0",
        "prometheus" => "management.prometheus.metrics.export.enabled is false",
        _ => "its subject does not exist here",
    }
}

/// What of the log can be read: a file, its archives, the lines as they come.
fn log_endpoints(logging: &LoggingState) -> Vec<SharedEndpoint> {
    let mut endpoints: Vec<SharedEndpoint> = Vec::new();
    let recent = &logging.recent;
    if let Some(source) = logging.source.clone() {
        endpoints.push(Arc::new(logfile::LogfileEndpoint::new(source, recent.follow_links)));
    }
    if let Some(files) = logging.files() {
        endpoints.push(Arc::new(logfiles::LogfilesEndpoint::new(files)));
    }
    if let Some(viewers) = logging.viewers() {
        endpoints.push(Arc::new(logstream::LogstreamEndpoint::new(viewers, recent.heartbeat)));
    }
    endpoints
}

fn health_endpoint(subjects: &Subjects, views: &ViewSettings) -> health::HealthEndpoint {
    let health = health::HealthEndpoint::new(
        Arc::clone(&subjects.health),
        subjects.groups.clone(),
        Arc::clone(&subjects.sanitizer),
    );
    let health = health.showing_checks(subjects.show_checks).with_overrides(
        subjects
            .longest_override
            .map(|longest| health_override::Overrides { longest, audit: subjects.audit.clone() }),
    );
    health.speaking(Forms::of(subjects, views))
}

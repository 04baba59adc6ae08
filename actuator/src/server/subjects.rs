//! What endpoints show, of everything that was gathered.

use std::sync::Arc;

use super::{
    app::App, basics::Basics, builder::Builder, level_audit, level_store, lifecycle, typed_settings,
};
use crate::{
    endpoint::{LogLink, Mount, Subjects},
    env::Environment,
    exchange::ExchangeRepository,
    exposition::Exposition,
    health::{HealthContributors, HealthGroups},
    info::{self, FactsDeclaration, HostFacts, InfoParts, InfoRegistry},
    logging::LevelAttendants,
    model::{condition::Conditions, endpoint::SharedEndpoint, provider::Provider, sanitizer::MASK},
    registry::{BeanRegistry, Declarations},
    support::{clock::Clock, host_name::host_name},
    thread::ThreadRepository,
};

/// What a service is, as its settings, its code and its build tell.
pub(super) struct Identity {
    pub(super) name: String,
    pub(super) version: Option<String>,
    /// What was known when it was compiled.
    pub(super) facts: Option<&'static FactsDeclaration>,
}

/// What was declared and registered, bound and ready.
pub(super) struct Gathered<'a> {
    pub(super) identity: &'a Identity,
    pub(super) host: HostFacts,
    pub(super) beans: Arc<BeanRegistry>,
    /// The sources of the environment that the application brings.
    pub(super) env: Vec<Provider>,
    /// Those of info.
    pub(super) info: Vec<Provider>,
    /// The checks, and the groups that settings make of them.
    pub(super) health: (Arc<HealthContributors>, HealthGroups),
    /// The endpoints of subjects that stand on their own, and what of them is served outside the
    /// base path.
    pub(super) further: (Vec<SharedEndpoint>, Vec<Mount>),
}

impl Identity {
    /// Facts that the code gives stand above those that are linked.
    pub(super) fn of(
        basics: &Basics,
        declarations: &Declarations,
        builder: &Builder,
        app: &App,
    ) -> Self {
        let facts = app.facts.last().copied();
        let facts = facts.or_else(|| info::facts_of(&declarations.facts, builder.name.as_deref()));
        let version = builder.version.clone();
        let version = version.or_else(|| facts.map(|facts| facts.facts.build.version.to_owned()));
        Self { name: application_name(basics, builder, facts), version, facts }
    }
}

impl Gathered<'_> {
    /// The subjects of all endpoints.
    pub(super) fn into_subjects(
        self,
        basics: &Basics,
        app: &mut App,
        builder: &Builder,
    ) -> Subjects {
        let config = &basics.config;
        let sanitizer = basics.sanitizer.clone();
        let Identity { name, version, facts } = self.identity;
        let (health, groups) = self.health;
        let (further, further_mounts) = self.further;
        let application =
            info::Application { name: name.clone(), version: version.clone().unwrap_or_default() };
        let info = InfoParts {
            properties: info_properties(basics),
            facts: *facts,
            application: Some(application),
            host: Some(self.host.clone()),
            sections: config.info.ssl.then(|| app.bundles.section()).into_iter().collect(),
            providers: self.info,
            sanitizer: sanitizer.clone(),
        };
        Subjects {
            application: name.clone(),
            version: version.clone(),
            health,
            groups,
            show_checks: config.health.show_checks,
            longest_override: config.health.longest_override,
            info: Arc::new(InfoRegistry::new(&config.info, info)),
            environment: Arc::new(environment(basics, self.env)),
            configprops: typed_settings::configprops(basics),
            logging: basics.logging.clone(),
            level_attendants: Arc::new(level_attendants(basics, app)),
            meters: Arc::clone(&basics.meters),
            exposition: Arc::new(Exposition::new(Arc::clone(&basics.meters), config.exposition)),
            exchanges: Arc::new(exchanges(basics)),
            log_link: LogLink::default(),
            audit: basics.audit.clone(),
            threads: Arc::new(threads(basics)),
            beans: self.beans,
            conditions: Conditions::default(),
            sanitizer: Arc::new(sanitizer),
            shutdown: app.lifecycle.shutdown().clone(),
            restart: builder.serves.then(|| app.lifecycle.restart().clone()),
            refresh: lifecycle::refresh(&basics.live, &basics.manager),
            is_refreshable: app.is_refreshable,
            host: self.host,
            host_name: host_name().unwrap_or_default(),
            facts: facts.map(|facts| facts.facts),
            further,
            further_mounts,
        }
    }
}

/// Who writes changes of levels down. The audit comes first: it hears of what is restored.
fn level_attendants(basics: &Basics, app: &mut App) -> LevelAttendants {
    let loggers = &basics.logging.loggers;
    let service = loggers.origin();
    let recorder = level_audit::record_changes(loggers, service, basics.audit.clone());
    let keeper = level_store::start(basics, service, app.level_store.take());
    LevelAttendants::new(service, recorder, keeper, basics.sanitizer.clone())
}

/// The settings below `info.`; what a secret went into is one.
fn info_properties(basics: &Basics) -> Vec<(String, String)> {
    let settings = &basics.settings;
    let holds_secret = |name: &str| {
        settings.property(&format!("info.{name}")).is_some_and(|property| property.holds_secret)
    };
    let mut properties = settings.map("info");
    for (name, value) in &mut properties {
        if holds_secret(name) {
            MASK.clone_into(value);
        }
    }
    properties
}

fn exchanges(basics: &Basics) -> ExchangeRepository {
    let settings = basics.config.exchange.clone();
    ExchangeRepository::new(settings, basics.sanitizer.clone(), Clock::system())
}

fn threads(basics: &Basics) -> ThreadRepository {
    ThreadRepository::new(Clock::system(), basics.sanitizer.clone(), basics.config.threads)
}

fn environment(basics: &Basics, sources: Vec<Provider>) -> Environment {
    let live = Arc::clone(&basics.live);
    Environment::new(live, sources, basics.config.env.clone(), basics.sanitizer.clone())
}

/// The setting, else what the code said, else the package of the linked facts, else the
/// executable.
fn application_name(
    basics: &Basics,
    builder: &Builder,
    facts: Option<&'static FactsDeclaration>,
) -> String {
    let set = basics.settings.property("spring.application.name");
    set.map(|property| property.value.clone())
        .or_else(|| builder.name.clone())
        .or_else(|| facts.map(|facts| facts.facts.build.name.to_owned()))
        .or_else(|| {
            let executable = std::env::current_exe().ok()?;
            Some(executable.file_stem()?.to_string_lossy().into_owned())
        })
        .unwrap_or_else(|| "application".to_owned())
}

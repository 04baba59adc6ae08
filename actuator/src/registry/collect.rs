//! What macros declared anywhere in the program, gathered at link time and sorted here, only
//! here: link order changes with the optimisation level and is never relied on.

use std::collections::BTreeMap;

use super::{Claim, Components, EnvSourceDeclaration, InfoSourceDeclaration, ProviderDeclaration};
use crate::{
    custom::{EndpointDeclaration, comparable},
    error::{Error, ErrorKind},
    health::HealthDeclaration,
    info::FactsDeclaration,
    meter::site::{GaugeDeclaration, MeterDeclaration, MeterSite, MetricsDeclaration, Site},
    model::{provider::Provider, source::Source},
    scheduling::ScheduledDeclaration,
    settings::typed::SettingsDeclaration,
    startup::{StartupSite, StartupStepDeclaration},
};

inventory::collect!(EndpointDeclaration);
inventory::collect!(HealthDeclaration);
inventory::collect!(EnvSourceDeclaration);
inventory::collect!(InfoSourceDeclaration);
inventory::collect!(FactsDeclaration);
inventory::collect!(MeterSite);
inventory::collect!(GaugeDeclaration);
inventory::collect!(MetricsDeclaration);
inventory::collect!(SettingsDeclaration);
inventory::collect!(ScheduledDeclaration);
inventory::collect!(StartupStepDeclaration);

/// All declarations of the program, by kind, sorted by name and place.
#[derive(Debug, Default)]
pub struct Declarations {
    /// `#[endpoint]`.
    pub endpoints: Vec<&'static EndpointDeclaration>,
    /// `#[health_check]`.
    pub health: Vec<&'static HealthDeclaration>,
    /// `#[env_source]`.
    pub env: Vec<&'static ProviderDeclaration>,
    /// `#[info_source]`.
    pub info: Vec<&'static ProviderDeclaration>,
    /// `#[derive(ActuatorInfo)]`.
    pub facts: Vec<&'static FactsDeclaration>,
    /// `#[timed]` and `#[counted]`.
    pub sites: Vec<&'static dyn Site>,
    /// `#[gauge]`.
    pub gauges: Vec<&'static GaugeDeclaration>,
    /// `#[metrics]`.
    pub metrics: Vec<&'static MetricsDeclaration>,
    /// `#[derive(Settings)]` with a prefix.
    pub settings: Vec<&'static SettingsDeclaration>,
    /// `#[scheduled]`.
    pub scheduled: Vec<&'static ScheduledDeclaration>,
    /// `#[startup_step]`.
    pub startup_steps: Vec<&'static StartupSite>,
}

impl Declarations {
    /// Gathers what is linked into this program.
    pub fn collect() -> Self {
        let mut declarations = Self {
            endpoints: Self::endpoints(),
            health: inventory::iter::<HealthDeclaration>().collect(),
            env: inventory::iter::<EnvSourceDeclaration>().map(|declared| &declared.0).collect(),
            info: inventory::iter::<InfoSourceDeclaration>().map(|declared| &declared.0).collect(),
            facts: inventory::iter::<FactsDeclaration>().collect(),
            sites: inventory::iter::<MeterSite>().map(|site| site.0).collect(),
            gauges: inventory::iter::<GaugeDeclaration>().collect(),
            metrics: inventory::iter::<MetricsDeclaration>().collect(),
            settings: Self::settings(),
            scheduled: inventory::iter::<ScheduledDeclaration>().collect(),
            startup_steps: Self::startup_steps(),
        };
        declarations.health.sort_by_key(|declared| (declared.name, declared.source));
        declarations.env.sort_by_key(|declared| (declared.name, declared.source));
        declarations.info.sort_by_key(|declared| (declared.name, declared.source));
        declarations.facts.sort_by_key(|declared| declared.source);
        let place = |meter: &MeterDeclaration| (meter.name, meter.source);
        declarations.sites.sort_by_key(|site| place(site.declaration()));
        declarations.gauges.sort_by_key(|declared| place(&declared.meter));
        declarations.metrics.sort_by_key(|declared| declared.source);
        declarations.scheduled.sort_by_key(|declared| (declared.known_as(), declared.source));
        declarations
    }

    /// The typed structs of settings alone, which are read before anything else is bound.
    pub fn settings() -> Vec<&'static SettingsDeclaration> {
        let mut settings: Vec<_> = inventory::iter::<SettingsDeclaration>().collect();
        settings.sort_by_key(|declared| (declared.prefix, declared.source));
        settings
    }

    /// The functions whose calls are steps of the start, which are told before the set-up runs.
    pub fn startup_steps() -> Vec<&'static StartupSite> {
        let mut sites: Vec<_> =
            inventory::iter::<StartupStepDeclaration>().map(|site| site.0).collect();
        sites.sort_by_key(|site| (site.declaration().name, site.declaration().source));
        sites
    }

    /// The endpoints alone, whose ids settings may name.
    pub fn endpoints() -> Vec<&'static EndpointDeclaration> {
        let mut endpoints: Vec<_> = inventory::iter::<EndpointDeclaration>().collect();
        endpoints.sort_by_key(|declared| (declared.id, declared.source));
        endpoints
    }

    /// The names that are taken, for conflicts with each other and with run-time registrations.
    pub fn claims(&self) -> Vec<Claim> {
        let claim = |kind, name: &str, source: &Source| Claim {
            kind,
            name: name.to_owned(),
            place: source.to_string(),
        };
        let health = self.health.iter().map(|d| claim("health check", d.name, &d.source));
        let env = self.env.iter().map(|d| claim("env source", d.name, &d.source));
        let info = self.info.iter().map(|d| claim("info source", d.name, &d.source));
        let gauges = self.gauges.iter().map(|d| claim("gauge", &d.full_name(), &d.meter.source));
        let scheduled =
            self.scheduled.iter().map(|d| claim("scheduled task", d.known_as(), &d.source));
        let endpoints = self.endpoints.iter();
        let endpoints = endpoints.map(|d| claim("endpoint", &comparable(d.id), &d.source));
        let sources = health.chain(env).chain(info).chain(gauges);
        sources.chain(scheduled).chain(endpoints).collect()
    }

    /// All meters that are declared in any way.
    pub fn meters(&self) -> impl Iterator<Item = &MeterDeclaration> {
        let sites = self.sites.iter().map(|site| site.declaration());
        let gauges = self.gauges.iter().map(|declared| &declared.meter);
        let handles = self.metrics.iter().flat_map(|declared| declared.meters);
        sites.chain(gauges).chain(handles)
    }

    /// How many of each kind, by package: for the start log.
    pub fn counts(&self) -> BTreeMap<(&'static str, &'static str), usize> {
        let mut counts = BTreeMap::new();
        let mut count = |kind, source: &Source| {
            *counts.entry((kind, source.package)).or_insert(0_usize) += 1;
        };
        self.endpoints.iter().for_each(|d| count("endpoint", &d.source));
        self.health.iter().for_each(|d| count("health check", &d.source));
        self.env.iter().for_each(|d| count("env source", &d.source));
        self.info.iter().for_each(|d| count("info source", &d.source));
        self.facts.iter().for_each(|d| count("actuator info", &d.source));
        self.settings.iter().for_each(|d| count("settings", &d.source));
        self.scheduled.iter().for_each(|d| count("scheduled task", &d.source));
        self.startup_steps.iter().for_each(|d| count("startup step", &d.declaration().source));
        self.meters().for_each(|meter| count("meter", &meter.source));
        counts
    }
}

/// Binds declarations one by one and remembers what is missing, so that one message names all.
#[derive(Debug)]
pub struct Binder<'c> {
    components: &'c Components,
    missing: Vec<String>,
}

impl<'c> Binder<'c> {
    /// A binder that finds parameters among `components`.
    pub fn new(components: &'c Components) -> Self {
        Self { components, missing: Vec::new() }
    }

    /// Binds one declaration; `None` if something is missing, which is remembered.
    pub fn bind<T>(
        &mut self,
        what: &str,
        name: &str,
        source: &Source,
        bind: impl Fn(&Components) -> Result<T, super::Missing>,
    ) -> Option<T> {
        match bind(self.components) {
            Ok(bound) => Some(bound),
            Err(missing) => {
                self.missing.extend(
                    missing
                        .iter()
                        .map(|missing| format!("{what} \"{name}\" ({source}): {missing}")),
                );
                None
            }
        }
    }

    /// Binds the providers of one kind.
    pub fn providers(
        &mut self,
        what: &str,
        declared: &[&'static ProviderDeclaration],
    ) -> Vec<Provider> {
        declared
            .iter()
            .filter_map(|declaration| {
                let ProviderDeclaration { name, source, .. } = declaration;
                let provide = self.bind(what, name, source, declaration.bind)?;
                Some(Provider { name: (*name).to_owned(), source: Some(*source), provide })
            })
            .collect()
    }

    /// Refuses if anything was missing, naming all of it.
    pub fn finish(self) -> Result<(), Error> {
        if self.missing.is_empty() {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Declaration,
            format!("components are missing:\n  - {}", self.missing.join("\n  - ")),
        ))
    }
}

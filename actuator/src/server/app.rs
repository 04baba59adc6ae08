//! What an application hands over before it starts: components, and the run-time twins of all
//! declarations that macros make.

use std::{fmt, panic::Location, sync::Arc};

use serde::Serialize;

use super::{
    actuator::Actuator,
    bundles::Bundles,
    insides::Insides,
    lifecycle::{HookResult, Lifecycle},
    scheduling::Scheduling,
    stores::Stores,
};
use crate::{
    audit::{Audit, AuditEventRepository},
    custom::CustomEndpoint,
    error::{Error, ErrorKind, Result},
    health::{Availability, HealthCheck, HealthIndicator},
    info::{ActuatorInfo, FactsDeclaration},
    logging::LevelOverrideStore,
    meter::{AllocatorStatistics, MeterRegistry, Metrics, ReadAllocator},
    model::{
        component::Components,
        mapping::Mapping,
        provider::{Provider, ProviderFn},
        sanitizer::{SanitizableData, SanitizingFunction},
        source::Source,
    },
    registry::Claim,
    security::Authenticator,
    settings::{FromSetting, Settings, typed::TypedRegistry},
    startup::StartupSteps,
};

/// The application as its set-up sees it.
///
/// Everything registered here has a twin among the macros; use these methods for what is known
/// only at run time, such as a check that captures a value.
pub struct App {
    pub(super) settings: Arc<Settings>,
    pub(super) typed: Arc<TypedRegistry>,
    pub(super) meters: Arc<MeterRegistry>,
    pub(super) audit: Audit,
    pub(super) components: Components,
    pub(super) endpoints: Vec<CustomEndpoint>,
    pub(super) checks: Vec<HealthCheck>,
    pub(super) env_sources: Vec<Provider>,
    pub(super) info_sources: Vec<Provider>,
    pub(super) facts: Vec<&'static FactsDeclaration>,
    pub(super) allocator: Option<ReadAllocator>,
    pub(super) level_store: Option<Arc<dyn LevelOverrideStore>>,
    pub(super) authenticators: Vec<Arc<dyn Authenticator>>,
    pub(super) sanitizing: Vec<SanitizingFunction>,
    pub(super) claims: Vec<Claim>,
    pub(super) mappings: Vec<Mapping>,
    pub(super) availability: Availability,
    pub(super) lifecycle: Lifecycle,
    pub(super) is_refreshable: bool,
    pub(super) scheduling: Scheduling,
    pub(super) on_assembled: Vec<OnAssembled>,
    pub(super) stores: Stores,
    pub(super) startup: StartupSteps,
    pub(super) insides: Insides,
    pub(super) bundles: Bundles,
}

/// Called with the service once it is put together.
pub(super) type OnAssembled = Box<dyn FnOnce(&Actuator) + Send>;

impl App {
    /// The registry of meters and the audit trail are components too: a check may ask for
    /// `&MeterRegistry` or `&Audit`.
    pub(super) fn new(
        settings: &Arc<Settings>,
        meters: &Arc<MeterRegistry>,
        audit: &Audit,
    ) -> Self {
        let mut components = Components::default();
        components.insert(None, Arc::clone(meters));
        components.insert(None, audit.clone());
        Self {
            settings: Arc::clone(settings),
            typed: Arc::default(),
            meters: Arc::clone(meters),
            audit: audit.clone(),
            components,
            endpoints: Vec::new(),
            checks: Vec::new(),
            env_sources: Vec::new(),
            info_sources: Vec::new(),
            facts: Vec::new(),
            allocator: None,
            level_store: None,
            authenticators: Vec::new(),
            sanitizing: Vec::new(),
            claims: Vec::new(),
            mappings: Vec::new(),
            availability: Availability::starting(),
            lifecycle: Lifecycle::default(),
            is_refreshable: false,
            scheduling: Scheduling::default(),
            on_assembled: Vec::new(),
            stores: Stores::default(),
            startup: StartupSteps::default(),
            insides: Insides::default(),
            bundles: Bundles::default(),
        }
    }

    /// Registers a component: checks, sources and endpoints ask for it by its type, as `&T` or
    /// `Arc<T>`. A component that is an `Arc<T>` serves `T` too, also where `T` is `dyn Trait`.
    pub fn component<T: Send + Sync + 'static>(&mut self, component: T) -> &mut Self {
        self.components.insert(None, component);
        self
    }

    /// Registers one of several components of a type. A parameter of that name is given it.
    pub fn named_component<T: Send + Sync + 'static>(
        &mut self,
        name: impl Into<String>,
        component: T,
    ) -> &mut Self {
        self.components.insert(Some(name.into()), component);
        self
    }

    /// The value of a setting, wherever it was set.
    ///
    /// # Errors
    /// The setting is unset, or its value is not a `T`; the message names the place.
    pub fn setting<T: FromSetting>(&self, name: &str) -> Result<T> {
        self.optional_setting(name)?.ok_or_else(|| {
            Error::new(
                ErrorKind::Setting,
                format!(
                    "{name} is not set; set it in actuator.toml, as an environment variable or \
                     with --{name}=…"
                ),
            )
        })
    }

    /// The value of a setting, or `None` if it is unset.
    ///
    /// # Errors
    /// Its value is not a `T`; the message names the place.
    pub fn optional_setting<T: FromSetting>(&self, name: &str) -> Result<Option<T>> {
        let value = self.settings.until_usable(|| {
            let mut reader = crate::settings::SettingsReader::new(&self.settings);
            let value = reader.value(name);
            reader.finish()?;
            Ok(value)
        });
        self.settings.tell_left_out();
        value
    }

    /// The run-time twin of `#[health_check]`: a check under a name (`db`, `brokers/primary`).
    #[track_caller]
    pub fn health_check(
        &mut self,
        name: impl Into<String>,
        indicator: impl HealthIndicator,
    ) -> &mut Self {
        self.claimed(HealthCheck::new(name, indicator), Location::caller())
    }

    /// The same with everything that the macro can say: deadline, interval, thresholds, tags ….
    #[track_caller]
    pub fn add_health_check(&mut self, check: HealthCheck) -> &mut Self {
        self.claimed(check, Location::caller())
    }

    /// The run-time twin of `#[env_source]`: a property source in `/env`.
    #[track_caller]
    pub fn env_source<T: Serialize>(
        &mut self,
        name: impl Into<String>,
        provide: impl Fn() -> T + Send + Sync + 'static,
    ) -> &mut Self {
        let provider = runtime_provider(name.into(), crate::registry::provider(provide));
        self.claim("env source", &provider.name, Location::caller());
        self.env_sources.push(provider);
        self
    }

    /// The run-time twin of `#[info_source]`: a member of `/info`.
    #[track_caller]
    pub fn info_source<T: Serialize>(
        &mut self,
        name: impl Into<String>,
        provide: impl Fn() -> T + Send + Sync + 'static,
    ) -> &mut Self {
        let provider = runtime_provider(name.into(), crate::registry::provider(provide));
        self.claim("info source", &provider.name, Location::caller());
        self.info_sources.push(provider);
        self
    }

    /// The run-time twin of linking a `#[derive(ActuatorInfo)]`.
    pub fn info<T: ActuatorInfo>(&mut self) -> &mut Self {
        self.facts.push(
            const {
                &FactsDeclaration {
                    facts: T::FACTS,
                    source: Source {
                        package: T::FACTS.build.name,
                        path: "registered at run time",
                        file: "",
                        line: 0,
                    },
                }
            },
        );
        self
    }

    /// The registry of meters, for counters, gauges and timers of one's own; what is registered
    /// there is shown by `/actuator/metrics`.
    pub fn meters(&self) -> Arc<MeterRegistry> {
        Arc::clone(&self.meters)
    }

    /// The handles of a `#[metrics]` struct. Checks and gauges ask for it as a component.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use actuator::{App, meter::Counter, metrics};
    /// use axum::{Router, extract::State, routing::post};
    ///
    /// #[metrics(prefix = "orders")]
    /// struct OrderMetrics {
    ///     /// Orders that were placed.
    ///     placed: Arc<Counter>,
    /// }
    ///
    /// async fn place(State(metrics): State<Arc<OrderMetrics>>) {
    ///     metrics.placed.increment();
    /// }
    ///
    /// fn setup(app: &mut App) -> Router {
    ///     Router::new().route("/orders", post(place)).with_state(app.metrics::<OrderMetrics>())
    /// }
    /// ```
    pub fn metrics<M: Metrics>(&mut self) -> Arc<M> {
        crate::registry::handles(&self.meters, &mut self.components)
    }

    /// The audit trail, for events of the application's own; `/actuator/auditevents` shows them.
    pub fn audit(&self) -> Audit {
        self.audit.clone()
    }

    /// Keeps audit events in a repository of one's own instead of in memory, or in the file of
    /// `actuator.auditevents.file`.
    pub fn audit_repository(&mut self, repository: impl AuditEventRepository) -> &mut Self {
        self.audit.keep_in(Arc::new(repository));
        self
    }

    /// Keeps levels that are set while the service runs in a store of one's own, such as one that
    /// several instances share, instead of in the file of `actuator.loggers.overrides.file`.
    pub fn level_override_store(&mut self, store: impl LevelOverrideStore) -> &mut Self {
        self.level_store = Some(Arc::new(store));
        self
    }

    /// Adds a way of one's own to find out who asks the management API. From then on it is guarded:
    /// callers whom nobody knows read `health` and nothing else. Those of the settings are asked
    /// first; several of one's own in the order in which they were added.
    ///
    /// ```
    /// use actuator::{App, security::{Attempt, Authenticator, BoxFuture, Principal, Verdict}};
    ///
    /// /// Believes the proxy that is the only one to reach the management port.
    /// struct ProxyUser;
    ///
    /// impl Authenticator for ProxyUser {
    ///     fn name(&self) -> &str {
    ///         "proxy"
    ///     }
    ///
    ///     fn authenticate<'a>(&'a self, attempt: &'a Attempt<'a>) -> BoxFuture<'a, Verdict> {
    ///         let user = (attempt.header)("x-user").and_then(|user| str::from_utf8(user).ok());
    ///         Box::pin(std::future::ready(match user {
    ///             Some(user) => Verdict::Known(Principal::new(user, ["operator"])),
    ///             None => Verdict::NotMine,
    ///         }))
    ///     }
    /// }
    ///
    /// fn setup(app: &mut App) {
    ///     app.authenticator(ProxyUser);
    /// }
    /// ```
    pub fn authenticator(&mut self, authenticator: impl Authenticator) -> &mut Self {
        self.authenticators.push(Arc::new(authenticator));
        self
    }

    /// Adds a rule for what leaves the service, Spring's `SanitizingFunction`: what `rule` gives is
    /// shown in place of a value, `None` leaves it to others. The first one that gives something
    /// decides; a rule that panics hides the value. Rules hide more than what is hidden anyway,
    /// never less, and are asked for every value with a key: properties of `/env`, details of
    /// health, headers, parameters. Lines of the log have only the rules of the settings
    /// `actuator.sanitize.*`.
    ///
    /// ```
    /// fn setup(app: &mut actuator::App) {
    ///     app.sanitize(|data| data.key().ends_with("iban").then(|| data.mask()));
    /// }
    /// ```
    pub fn sanitize(
        &mut self,
        rule: impl Fn(&SanitizableData<'_>) -> Option<String> + Send + Sync + 'static,
    ) -> &mut Self {
        self.sanitizing.push(Box::new(rule));
        self
    }

    /// Tells the numbers of the application's allocator: the meters `allocator.*`, the endpoint
    /// `memory`, and with `actuator.metrics.jvm-aliases` the admin server's memory cards. `read` is
    /// asked every few seconds, on a thread of its own.
    pub fn allocator(
        &mut self,
        read: impl Fn() -> AllocatorStatistics + Send + 'static,
    ) -> &mut Self {
        self.allocator = Some(self.insides.share_allocator(Box::new(read)));
        self
    }

    /// The handle on liveness and readiness; keep a clone to change them later.
    pub fn availability(&self) -> Availability {
        self.availability.clone()
    }

    /// The handle on the life of the service; keep a clone to end it later.
    pub fn lifecycle(&self) -> Lifecycle {
        self.lifecycle.clone()
    }

    /// Runs `hook` once the service takes requests: it listens, and its start-up tasks are finished.
    /// Hooks run one after the other in the order in which they were added. What one gives as an
    /// error, and its panic, is logged.
    pub fn on_ready<F, R>(
        &mut self,
        name: impl Into<String>,
        hook: impl FnOnce() -> F + Send + 'static,
    ) -> &mut Self
    where
        F: Future<Output = R> + Send + 'static,
        R: HookResult,
    {
        self.lifecycle.on_ready(name.into(), hook);
        self
    }

    /// Runs `hook` on the way down: the requests in progress are answered, the registration is taken
    /// back, and only the management port, if there is one, still serves. The last one that was added
    /// runs first, one at a time.
    ///
    /// Each may take `spring.lifecycle.timeout-per-shutdown-phase` (30 s). One that takes longer,
    /// panics or gives an error is logged, and stops none of the others.
    ///
    /// ```
    /// fn setup(app: &mut actuator::App) {
    ///     app.on_shutdown("flush orders", || async {
    ///         std::fs::write("orders.json", "[]")
    ///     });
    /// }
    /// ```
    pub fn on_shutdown<F, R>(
        &mut self,
        name: impl Into<String>,
        hook: impl FnOnce() -> F + Send + 'static,
    ) -> &mut Self
    where
        F: Future<Output = R> + Send + 'static,
        R: HookResult,
    {
        self.on_shutdown_in_phase(0, name, hook)
    }

    /// The same in a phase of its own: higher ones run first, as in Spring's `SmartLifecycle`. Those
    /// of [`Self::on_shutdown`] are in phase 0.
    pub fn on_shutdown_in_phase<F, R>(
        &mut self,
        phase: i32,
        name: impl Into<String>,
        hook: impl FnOnce() -> F + Send + 'static,
    ) -> &mut Self
    where
        F: Future<Output = R> + Send + 'static,
        R: HookResult,
    {
        self.lifecycle.on_shutdown_in_phase(phase, name, hook);
        self
    }

    /// Says that settings may be read again while the service runs: `POST /actuator/refresh` exists
    /// where it is exposed, and SIGHUP does the same, unless `management.endpoint.refresh.access`
    /// says otherwise.
    pub fn refreshable(&mut self) -> &mut Self {
        self.is_refreshable = true;
        self
    }

    /// Calls `f` once all parts are put together, before anything listens: for what needs them, such
    /// as `actuator.health()` to follow changes of health or to register checks later.
    ///
    /// ```
    /// fn setup(app: &mut actuator::App) {
    ///     app.on_assembled(|actuator| {
    ///         actuator.health().on_change(|change| println!("{}", change.path));
    ///     });
    /// }
    /// ```
    pub fn on_assembled(&mut self, f: impl FnOnce(&Actuator) + Send + 'static) -> &mut Self {
        self.on_assembled.push(Box::new(f));
        self
    }

    fn claimed(&mut self, check: HealthCheck, place: &Location<'_>) -> &mut Self {
        self.claim("health check", check.path(), place);
        self.checks.push(check);
        self
    }

    pub(super) fn claim(&mut self, kind: &'static str, name: &str, place: &Location<'_>) {
        self.claims.push(Claim {
            kind,
            name: name.to_owned(),
            place: format!("{}:{}", place.file(), place.line()),
        });
    }
}

fn runtime_provider(name: String, provide: ProviderFn) -> Provider {
    Provider { name, source: None, provide }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("components", &self.components).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{meter::MeterSettings, model::sanitizer::Sanitizer, support::clock::Clock};

    #[test]
    fn checks_may_ask_for_the_meters_and_the_audit_trail() {
        let settings = Arc::new(Settings::builder().build().unwrap());
        let meters = MeterRegistry::new(MeterSettings::default(), Clock::system());
        let audit = Audit::new(
            &crate::audit::AuditSettings::default(),
            Sanitizer::default(),
            Clock::system(),
        );
        let app = App::new(&settings, &Arc::new(meters), &audit);
        assert!(app.components.find::<MeterRegistry>("meters").is_ok());
        assert!(app.components.find::<Audit>("audit").is_ok());
    }
}

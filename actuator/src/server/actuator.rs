//! A service that is put together.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use axum::{Router, extract::Request};
use tokio::runtime::Handle;

use super::{
    basics::OnLoopback,
    builder::Builder,
    bundles::Bundles,
    health,
    insides::Insides,
    lifecycle::{Lifecycle, LifecycleSettings},
    lifecycle_audit, registration_meters, sentry,
    settings::ServerSettings,
    start_log::StartLog,
    streams::Streams,
};
use crate::{
    admin::{
        AdminClientSettings, Application, ApplicationFacts, CloudPlatform, Reach, Registrar,
        RegistrarHandle, RegistrationState, RegistrationStatus,
    },
    audit::Audit,
    endpoint::Refresh,
    error::{Error, ErrorKind, Result},
    export::{ExportSettings, Exports, Origin},
    exposition::Exposition,
    health::{Availability, HealthContributors},
    logging::LevelAttendants,
    meter::{MeterRegistry, MetricsSampler},
    model::{call::Listener, endpoint::SharedEndpoint, sanitizer::Sanitizer},
    scheduling::ScheduledTasks,
    settings::LiveSettings,
    startup::StartupSteps,
    support::{
        application_runtime::ApplicationRuntime, host_name::host_name,
        service_manager::ServiceManager,
    },
    web::{
        ActuatorLayer, BrowserRules, BrowserSettings, ErrorLayer, ExchangeBodyLayer, Exposure,
        Management, MountedPath, OnWrite, SharedGuard, not_found_fallback,
    },
    webhook::{WebhookHandle, WebhookSettings},
};

/// A service that is put together: its management API as a router, its instrumentation as a
/// layer, its registration as a call.
pub struct Actuator {
    pub(super) name: String,
    pub(super) version: Option<String>,
    pub(super) server: ServerSettings,
    pub(super) exposure: Exposure,
    pub(super) endpoints: Vec<SharedEndpoint>,
    pub(super) mounted: Vec<MountedPath>,
    pub(super) layer: ActuatorLayer,
    pub(super) body_layer: ExchangeBodyLayer,
    pub(super) health: Arc<HealthContributors>,
    pub(super) availability: Availability,
    pub(super) meters: Arc<MeterRegistry>,
    pub(super) audit: Audit,
    pub(super) sanitizer: Sanitizer,
    pub(super) on_write: Option<OnWrite>,
    pub(super) guard: Option<SharedGuard>,
    pub(super) level_attendants: Arc<LevelAttendants>,
    pub(super) admin: AdminClientSettings,
    pub(super) browser: Arc<BrowserSettings>,
    pub(super) on_loopback: OnLoopback,
    /// Whether thread dumps are to have stacks.
    pub(super) has_stacks: bool,
    pub(super) webhook: WebhookSettings,
    pub(super) exports: ExportSettings,
    pub(super) exposition: Arc<Exposition>,
    pub(super) platform: Option<CloudPlatform>,
    pub(super) in_container: bool,
    pub(super) environment: BTreeMap<String, String>,
    pub(super) counts: BTreeMap<(&'static str, &'static str), usize>,
    pub(super) registered_at_run_time: usize,
    pub(super) lifecycle: Lifecycle,
    pub(super) lifecycle_settings: LifecycleSettings,
    pub(super) manager: ServiceManager,
    pub(super) refresh: Refresh,
    pub(super) live: Arc<LiveSettings>,
    pub(super) application_runtime: ApplicationRuntime,
    pub(super) began: Instant,
    pub(super) started: SystemTime,
    pub(super) startup: StartupSteps,
    pub(super) sampler: MetricsSampler,
    pub(super) streams: Streams,
    pub(super) scheduled_tasks: ScheduledTasks,
    pub(super) insides: Insides,
    pub(super) bundles: Bundles,
}

impl Actuator {
    /// Starts to describe a service.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The management API, to be merged into the application's router. Its paths start with
    /// `management.endpoints.web.base-path` (`/actuator`).
    pub fn router(&self) -> Router {
        self.management(self.server.management_listener()).into_router()
    }

    /// Records requests: metrics and HTTP exchanges. To be applied with `Router::layer` after all
    /// routes are there.
    pub fn layer(&self) -> ActuatorLayer {
        self.layer.clone()
    }

    /// Turns error answers of the application into documents, and panics into answers. To be applied
    /// before [`Self::layer`], so that it stands inside of it. `actuator.errors.enabled=false`
    /// switches it off; `serve!` and `run()` put it there themselves where that is `true`.
    pub fn error_layer(&self) -> ErrorLayer {
        ErrorLayer::new(&self.server.errors)
    }

    /// Copies the beginnings of bodies into the HTTP exchanges, if
    /// `actuator.httpexchanges.include-bodies` asks for that; otherwise it does nothing. To be
    /// applied with `Router::layer` just before [`Self::layer`].
    pub fn body_layer(&self) -> ExchangeBodyLayer {
        self.body_layer
    }

    /// Liveness and readiness, for the application to change.
    pub fn availability(&self) -> Availability {
        self.availability.clone()
    }

    /// The life of the service: to end it, and to add work for its way down.
    pub fn lifecycle(&self) -> Lifecycle {
        self.lifecycle.clone()
    }

    /// The health checks, to add and remove some while the service runs.
    pub fn health(&self) -> Arc<HealthContributors> {
        Arc::clone(&self.health)
    }

    /// The answers of the management API that have no end of their own.
    pub fn streams(&self) -> Streams {
        self.streams.clone()
    }

    /// The registry of meters.
    pub fn meters(&self) -> Arc<MeterRegistry> {
        Arc::clone(&self.meters)
    }

    /// The audit trail, for events of the application's own; `/actuator/auditevents` shows them.
    pub fn audit(&self) -> Audit {
        self.audit.clone()
    }

    /// Says that the service is reachable at `address` from now on: it becomes ready and
    /// registers with the admin servers of `spring.boot.admin.client.url`, if there are any; the
    /// webhook of `actuator.health.webhook.url` hears of changes of health, and meters are pushed
    /// to whom settings name.
    pub fn register(&self, address: SocketAddr) -> Registration {
        self.register_at(address, address)
    }

    pub(super) fn register_at(&self, address: SocketAddr, management: SocketAddr) -> Registration {
        self.availability.ready();
        if let Ok(runtime) = Handle::try_current() {
            self.bundles.watch(&runtime);
        }
        let facts = ApplicationFacts {
            name: &self.name,
            service: address,
            service_https: self.server.tls.application.is_some(),
            context_path: &self.server.context_path,
            management,
            management_https: self.server.management_tls().is_some(),
            base_path: &self.server.base_path,
            health_path: self.exposure.path_of("health"),
            started: self.started,
            version: self.version.as_deref(),
            platform: self.platform,
            environment: &self.environment,
        };
        let application = Application::describe(&self.admin, &facts);
        let reach = Reach { management, health_exposed: self.exposure.includes("health") };
        let registrar = Registrar::start(self.admin.clone(), application, reach);
        if self.admin.is_on() {
            health::registration_check(&self.health, registrar.status());
            registration_meters::bind(&self.meters, &registrar.status());
        }
        let (health, meters) = (&self.health, &self.meters);
        let instance = format!("{}:{}", host_name().unwrap_or_default(), address.port());
        let webhook = health::start_webhook(
            &self.webhook,
            health,
            meters,
            (&self.name, &instance),
            &self.sanitizer,
        );
        let version = self.version.as_deref();
        let origin = Origin { application: &self.name, version, instance: &instance };
        let exports = self.exports.start(&origin, &self.exposition, meters);
        self.lifecycle.await_ready(self.availability(), self.startup.clone());
        lifecycle_audit::started(&self.audit, &self.name, version, address);
        Registration {
            registrar,
            webhook,
            exports,
            availability: self.availability.clone(),
            audit: self.audit.clone(),
            streams: self.streams.clone(),
            level_attendants: Arc::clone(&self.level_attendants),
            lifecycle: self.lifecycle.clone(),
            hook_limit: self.lifecycle_settings.phase,
        }
    }

    pub(super) fn management(&self, listener: Listener) -> Management {
        let endpoints = if listener == self.server.management_listener() {
            self.exposure.apply(self.endpoints.clone())
        } else {
            Vec::new()
        };
        let management =
            Management::new(&self.server.base_path, endpoints, &self.mounted, listener)
                .telling_errors(&self.server.errors)
                .telling_of_writes(self.on_write.clone())
                .guarded(self.guard.clone())
                .behind(self.server.forwarding.clone())
                .guarding_browsers(self.browser_rules(listener))
                .among(self.streams.of(listener).clone());
        if self.server.discovery { management } else { management.without_discovery() }
    }

    fn browser_rules(&self, listener: Listener) -> BrowserRules {
        let loopback = self.on_loopback.is(listener);
        BrowserRules::new(Arc::clone(&self.browser), loopback, &self.admin.addresses())
    }

    /// The application's routes with the management API, or only the mounted paths where that
    /// has a port of its own; instrumented; below the context path.
    pub(super) fn application_router(&self, routes: Router) -> Result<Router> {
        let management = self.management(Listener::Application);
        let management = if self.server.is_apart() {
            management.into_mounted_router()
        } else {
            management.into_router()
        };
        let bare = !routes.has_routes();
        let router = merged(routes, management)?;
        // Inside: requests are recorded with the answers that were sent.
        let has_errors = self.server.errors.enabled == Some(true);
        let router = if has_errors { router.layer(self.error_layer()) } else { router };
        let router = if self.body_layer.is_on() { router.layer(self.body_layer) } else { router };
        let router = router.layer(self.layer.clone());
        let router = if bare { self.with_recorded_fallback(router) } else { router };
        if self.server.context_path.is_empty() {
            return Ok(router);
        }
        Ok(self.with_recorded_fallback(Router::new().nest(&self.server.context_path, router)))
    }

    /// What nothing matches is refused.
    pub(super) fn with_fallback(&self, router: Router) -> Router {
        let errors = self.server.errors.clone();
        router.fallback(move |request: Request| {
            std::future::ready(not_found_fallback(&request, &errors))
        })
    }

    /// The same, recorded like everything else that is refused: a fallback is not within the layer
    /// that a router got before.
    fn with_recorded_fallback(&self, router: Router) -> Router {
        let fallback = self.with_fallback(Router::new()).layer(self.layer.clone());
        router.fallback_service(fallback)
    }

    pub(super) fn write_start_log(&self, application: SocketAddr, management: SocketAddr) {
        let exposed = self.exposure.apply(self.endpoints.clone());
        let exposed: Vec<&str> = exposed.iter().map(crate::web::Exposed::id).collect();
        let is_open = |id: &&str| self.guard.as_ref().is_none_or(|guard| guard.is_open(id));
        let on_port = !self.server.is_apart() || management != application;
        StartLog {
            name: &self.name,
            version: self.version.as_deref(),
            application,
            management: on_port.then_some(management),
            socket: self.server.socket_name(on_port),
            registers: self.admin.is_on(),
            https: (self.server.tls.application.is_some(), self.server.management_tls().is_some()),
            base_path: &self.server.full_base_path(),
            open: exposed.iter().copied().filter(is_open).collect(),
            exposed,
            private: self.on_loopback.is(self.server.management_listener()),
            mounted: &self.mounted,
            open_mounted: self
                .mounted
                .iter()
                .filter(|mounted| is_open(&mounted.endpoint.id()))
                .filter(|mounted| !self.on_loopback.is(mounted.listener))
                .collect(),
            default_address: self.server.default_address,
            in_container: self.in_container,
            counts: &self.counts,
            registered_at_run_time: self.registered_at_run_time,
            took: self.began.elapsed(),
        }
        .write();
    }
}

/// The routes of both. A path that both have makes axum panic; it is a refused start like any other.
fn merged(routes: Router, management: Router) -> Result<Router> {
    catch_unwind(AssertUnwindSafe(|| routes.merge(management))).map_err(|panic| {
        let why = panic.downcast_ref::<String>().map(String::as_str);
        let why = why.or_else(|| panic.downcast_ref().copied()).unwrap_or_default();
        Error::new(
            ErrorKind::Setting,
            format!(
                "a route of the application stands where management answers: {why} Move the \
                 route, management.endpoints.web.base-path, or the path of the view of health \
                 (docs/health-views.md)"
            ),
        )
    })
}

impl std::fmt::Debug for Actuator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Actuator").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A registration that goes on until it is shut down.
#[derive(Debug)]
#[must_use = "keep it, and call `shutdown` on the way down"]
pub struct Registration {
    registrar: RegistrarHandle,
    webhook: Option<WebhookHandle>,
    exports: Exports,
    availability: Availability,
    audit: Audit,
    streams: Streams,
    level_attendants: Arc<LevelAttendants>,
    lifecycle: Lifecycle,
    hook_limit: Duration,
}

impl Registration {
    /// How registration goes at each admin server; empty without any.
    pub fn status(&self) -> Vec<RegistrationState> {
        self.registrar.status().snapshot()
    }

    /// A handle on the same that outlives the registration.
    pub(super) fn states(&self) -> RegistrationStatus {
        self.registrar.status()
    }

    /// Refuses traffic from now on, takes the registration back, sends the last meters to whom
    /// they are sent, keeps levels that were just set, and ends the health webhook, within one second
    /// whatever the other sides do. The application's hooks run then. The last audit events are kept for good, and the last events for
    /// Sentry sent, if there are any: that may take one second more.
    pub async fn shutdown(self) {
        self.streams.end();
        lifecycle_audit::stopping(&self.audit, "application");
        let (audit, lifecycle, limit) =
            (self.audit.clone(), self.lifecycle.clone(), self.hook_limit);
        self.take_back().await;
        lifecycle.run_shutdown_hooks(limit).await;
        tokio::join!(audit.flush(), sentry::flush());
    }

    /// The same but for the last events: the way down tells of what follows too.
    pub(super) async fn take_back(self) {
        self.availability.shutting_down();
        let webhook = async {
            if let Some(webhook) = self.webhook {
                webhook.shutdown().await;
            }
        };
        let levels = self.level_attendants.flush(Duration::from_secs(1));
        tokio::join!(self.registrar.shutdown(), webhook, self.exports.shutdown(), levels);
    }
}

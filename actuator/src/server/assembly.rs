//! From settings, declarations and the application's own registrations to the parts of a service.

use std::{collections::BTreeMap, sync::Arc};

use tokio::runtime::Handle;

use super::{
    actuator::Actuator,
    app::App,
    basics::Basics,
    beans,
    bound::Bound,
    builder::Builder,
    bundles::Bundles,
    conditions, custom, declared_meters, endpoint_audit, further, guard, health, heapdump,
    insides::Insides,
    lifecycle,
    lifecycle::Lifecycle,
    log_meters,
    mounts::Ground,
    sentry,
    streams::Streams,
    subjects::{Gathered, Identity},
    surface, typed_settings,
};
use crate::{
    endpoint::{self, LogLink, Subjects},
    error::{Error, ErrorKind, Result},
    exchange::ExchangeRepository,
    info::HostFacts,
    logging::LevelSettings,
    meter::{self, MeterRegistry, MetricsSampler, ReadAllocator, ServerRequestMeters},
    model::{endpoint::SharedEndpoint, surface::Surfaces},
    registry::{Declarations, refuse_conflicts},
    scheduling::ScheduledTasks,
    security::Authenticator,
    settings::SettingsReader,
    support::{application_runtime::ApplicationRuntime, clock::Clock, host},
    web::{ActuatorLayer, ExchangeBodyLayer, Exposed, LayerParts, MountedPath},
};

/// Puts everything together; nothing listens yet.
pub(super) fn assemble(builder: &Builder, mut basics: Basics, mut app: App) -> Result<Actuator> {
    let collecting = basics.startup.step("actuator.declarations");
    let declarations =
        if builder.declarations { Declarations::collect() } else { Declarations::default() };
    refuse_conflicts(declarations.claims().into_iter().chain(app.claims.iter().cloned()))?;
    custom::prepare(&declarations, &mut app.components);
    declared_meters::declare(&declarations, &basics.meters, &mut app.components)?;
    collecting.end();
    let registered_at_run_time = app.endpoints.len()
        + app.checks.len()
        + app.env_sources.len()
        + app.info_sources.len()
        + app.facts.len()
        + app.scheduling.names().count();
    basics.config.health.decide_startup(app.availability.has_startup_tasks());
    basics.sanitizer.hide_names(typed_settings::secret_names(&basics.typed));
    basics.sanitizer.ask_first(std::mem::take(&mut app.sanitizing));
    app.bundles = Bundles::new(std::mem::take(&mut basics.bundles), app.insides.listeners());
    app.bundles.follow(&basics.live);
    let step = basics.startup.step("actuator.assembly");
    let parts = step.in_scope(|| Parts::new(&basics, &declarations, app, builder))?;
    parts.into_actuator(basics, declarations.counts(), registered_at_run_time)
}

/// The parts of a service.
struct Parts {
    name: String,
    version: Option<String>,
    subjects: Subjects,
    availability: crate::health::Availability,
    lifecycle: Lifecycle,
    application_runtime: ApplicationRuntime,
    sampler: MetricsSampler,
    authenticators: Vec<Arc<dyn Authenticator>>,
    scheduled_tasks: ScheduledTasks,
    surfaces: Surfaces,
    insides: Insides,
    bundles: Bundles,
}

impl Parts {
    fn new(
        basics: &Basics,
        declarations: &Declarations,
        mut app: App,
        builder: &Builder,
    ) -> Result<Self> {
        let identity = Identity::of(basics, declarations, builder, &app);
        let beans = Arc::new(beans::list(declarations, &app));
        let application_runtime = ApplicationRuntime::default();
        let Bound { checks, env, info, gauges } =
            Bound::bind(declarations, &mut app, &application_runtime)?;
        let health = health::assemble(basics, checks, &mut app, &application_runtime)?;
        let process = host::ProcessIdentity::read();
        let host = HostFacts::of(&process);
        let sampler = bind_meters(basics, gauges, &process, &mut app)?;
        let commit = identity.facts.and_then(|declared| declared.facts.git);
        let commit = commit.map(|git| git.commit_id);
        meter::bind_application_info(&basics.meters, identity.version.as_deref(), commit);
        let surfaces = Surfaces::default();
        let further = further::endpoints_and_mounts(&mut further::Ground {
            basics,
            declarations,
            app: &mut app,
            application: &identity.name,
            version: identity.version.as_deref(),
            facts: identity.facts,
            runtime: &application_runtime,
            surfaces: &surfaces,
        })?;
        sentry::built(
            identity.facts.map(|declared| &declared.facts),
            &identity.name,
            identity.version.as_deref(),
        );
        let gathered = Gathered { identity: &identity, host, beans, env, info, health, further };
        let subjects = gathered.into_subjects(basics, &mut app, builder);
        Ok(Self {
            name: identity.name,
            version: identity.version,
            subjects,
            availability: app.availability,
            lifecycle: app.lifecycle,
            application_runtime,
            sampler,
            authenticators: app.authenticators,
            scheduled_tasks: app.scheduling.tasks(),
            surfaces,
            insides: app.insides,
            bundles: app.bundles,
        })
    }

    /// All endpoints, and those that answer at paths outside of the base path.
    fn surface(&self, basics: &Basics) -> Result<(Vec<SharedEndpoint>, Vec<MountedPath>)> {
        let config = &basics.config;
        let (endpoints, mounts) =
            endpoint::all(&self.subjects, config.aliases, &config.views, &config.metrics_views);
        let exposed = config.exposure.apply(endpoints.clone());
        lead_to_log(&self.subjects.log_link, &exposed);
        let ground = Ground {
            server: &basics.server,
            exposure: &config.exposure,
            exposed: &exposed,
            settings: &basics.settings,
        };
        let mounted = ground.mount(mounts)?;
        Ok((config.cache.apply(endpoints, &Clock::system()), mounted))
    }

    fn into_actuator(
        self,
        basics: Basics,
        counts: BTreeMap<(&'static str, &'static str), usize>,
        registered_at_run_time: usize,
    ) -> Result<Actuator> {
        follow_settings(&basics);
        let layer = layer(&basics, Arc::clone(&self.subjects.exchanges));
        let (endpoints, mounted) = self.surface(&basics)?;
        let config = basics.config;
        let health = Arc::clone(&self.subjects.health);
        let exposition = Arc::clone(&self.subjects.exposition);
        let explained = Arc::clone(&self.subjects.conditions);
        let surfaces = self.surfaces;
        let actuator = Actuator {
            name: self.name,
            version: self.version,
            body_layer: ExchangeBodyLayer::new(
                config.exchange.is_recording() && config.exchange.bodies.is_on(),
            ),
            layer,
            guard: guard::guard(config.security, self.authenticators, &basics.audit)?,
            server: basics.server,
            exposure: config.exposure,
            endpoints,
            mounted,
            health,
            availability: self.availability,
            meters: basics.meters,
            on_write: endpoint_audit::recorder(
                &basics.audit,
                basics.sanitizer.clone(),
                Clock::system(),
            ),
            audit: basics.audit,
            sanitizer: basics.sanitizer,
            level_attendants: self.subjects.level_attendants,
            admin: config.admin,
            browser: Arc::new(config.browser),
            on_loopback: basics.on_loopback,
            has_stacks: config.threads.stacks,
            webhook: config.webhook,
            exports: config.exports,
            exposition,
            platform: basics.platform,
            in_container: basics.in_container,
            environment: basics.environment,
            counts,
            registered_at_run_time,
            refresh: self.subjects.refresh,
            live: basics.live,
            lifecycle: self.lifecycle,
            lifecycle_settings: basics.lifecycle,
            manager: basics.manager,
            application_runtime: self.application_runtime,
            began: basics.began,
            started: basics.started,
            startup: basics.startup,
            sampler: self.sampler,
            streams: Streams::default(),
            scheduled_tasks: self.scheduled_tasks,
            insides: self.insides,
            bundles: self.bundles,
        };
        // It is put together once.
        let _ = explained.set(conditions::of(&actuator));
        let _ = surfaces.set(surface::of(&actuator));
        Ok(actuator)
    }
}

/// What of the service follows other settings while it runs.
fn follow_settings(basics: &Basics) {
    let levels = LevelSettings::read(&mut SettingsReader::new(&basics.settings));
    lifecycle::join_parts(&basics.live, &basics.logging.loggers, levels);
    basics.typed.follow(&basics.live);
}

/// Exchanges lead to their lines of the log where both are served.
fn lead_to_log(link: &LogLink, exposed: &[Exposed]) {
    let path_of = |id| exposed.iter().find(|one| one.id() == id).map(Exposed::path);
    if let (Some(exchanges), Some(log)) = (path_of("httpexchanges"), path_of("logstream")) {
        link.lead(exchanges, log);
    }
}

/// The layer around the application.
fn layer(basics: &Basics, exchanges: Arc<ExchangeRepository>) -> ActuatorLayer {
    let (meters, server) = (&basics.meters, &basics.server);
    ActuatorLayer::new(LayerParts {
        meters: ServerRequestMeters::new(Arc::clone(meters)),
        meters_management: meters.settings().management_requests,
        exchanges: Some(exchanges),
        clock: Clock::system(),
        base_path: server.base_path.clone(),
        server_timing: server.server_timing,
        requests: server.requests.clone(),
        forwarding: server.forwarding.clone(),
        sanitizer: basics.sanitizer.clone(),
    })
}

/// The meters that macros declare, and those of the library itself.
fn bind_meters(
    basics: &Basics,
    gauges: Vec<declared_meters::BoundGauge>,
    process: &host::ProcessIdentity,
    app: &mut App,
) -> Result<MetricsSampler> {
    for (declared, value) in gauges {
        declared_meters::add_gauge(&basics.meters, declared, value);
    }
    log_meters::bind(&basics.meters, &basics.logging);
    app.bundles.bind_meters(&basics.meters);
    let known = || Some(app.insides.share_allocator(heapdump::read_allocator()?));
    let allocator = app.allocator.take().or_else(known);
    let sampler = start_meters(&basics.meters, process, allocator)?;
    meter::bind_pool_meters(&basics.meters, &app.components);
    Ok(sampler)
}

fn start_meters(
    meters: &Arc<MeterRegistry>,
    process: &host::ProcessIdentity,
    allocator: Option<ReadAllocator>,
) -> Result<MetricsSampler> {
    meter::bind_process_meters(meters, process);
    let sampler = MetricsSampler::start(Arc::clone(meters), process).map_err(|error| {
        Error::new(ErrorKind::Runtime, format!("no thread for the meter sampler: {error}"))
            .with_cause(error)
    })?;
    if let Some(allocator) = allocator {
        sampler.watch_allocator(allocator);
    }
    if let Ok(runtime) = Handle::try_current() {
        sampler.watch_runtime("tokio", &runtime);
    }
    Ok(sampler)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_endpoint_is_in_the_list_of_ids_that_settings_may_name() {
        let settings = [
            ("actuator.compat.httptrace", "true"),
            ("actuator.compat.dump", "true"),
            ("management.endpoint.logfile.external-file", "/var/log/app.log"),
        ];
        let builder = Actuator::builder().isolated().without_declarations();
        let mut builder =
            settings.iter().fold(builder, |builder, (k, v)| builder.force_setting(k, *v));
        // One that only a service of our own has is there too.
        builder.serves = true;
        let actuator = builder.build().await.unwrap();
        let ids: Vec<&str> = actuator.endpoints.iter().map(|endpoint| endpoint.id()).collect();
        assert!(ids.is_sorted() && endpoint::IDS.is_sorted());
        let unknown: Vec<_> = ids.iter().filter(|id| !endpoint::IDS.contains(id)).collect();
        assert!(unknown.is_empty(), "{unknown:?} cannot be named by settings");
        // Nothing has been registered here that the others speak for.
        for id in endpoint::IDS.iter().filter(|id| !ids.contains(id)) {
            assert_ne!(endpoint::why_missing(id), endpoint::why_missing("?"), "{id}");
        }
    }
}

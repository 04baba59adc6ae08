//! The step below `serve!`: everything about a service, said in code.

use std::{path::PathBuf, time::Duration};

use axum::Router;

use super::{
    actuator::Actuator,
    app::App,
    assembly,
    basics::Basics,
    lifecycle::Ending,
    package::Package,
    recorder::ForwardTo,
    running::Running,
    sentry,
    setup::{NoSetup, Setup},
    startup,
};
use crate::{
    error::Result,
    settings::{Settings, SettingsBuilder, typed::SettingsDeclaration},
    web::routing,
};

/// Says what a service is and has. [`Actuator::builder`] makes one.
///
/// ```no_run
/// # async fn example() -> actuator::Result<()> {
/// actuator::Actuator::builder()
///     .application(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
///     .with(|app| {
///         app.health_check("stock", || async { actuator::Health::up() });
///     })
///     .run()
///     .await
/// # }
/// ```
#[must_use = "a builder does nothing until it is built, started or run"]
pub struct Builder {
    pub(super) name: Option<String>,
    pub(super) version: Option<String>,
    pub(super) settings: SettingsBuilder,
    pub(super) from_process: bool,
    pub(super) declarations: bool,
    pub(super) typed: Vec<SettingsDeclaration>,
    pub(super) forward_metrics_to: ForwardTo,
    pub(super) listening_on: Option<std::net::SocketAddr>,
    /// Whether this crate opens the listeners itself.
    pub(super) serves: bool,
    with: Vec<Registration>,
    router: routing::Router,
}

/// How long a start waits for the store of levels that were set before it.
const LOADING: Duration = Duration::from_secs(5);

/// Registers something; run once the settings are known.
type Registration = Box<dyn FnOnce(&mut App) + Send>;

impl Default for Builder {
    fn default() -> Self {
        Self {
            name: None,
            version: None,
            settings: Settings::builder(),
            from_process: true,
            declarations: true,
            typed: Vec::new(),
            forward_metrics_to: ForwardTo::default(),
            listening_on: None,
            serves: false,
            with: Vec::new(),
            router: routing::Router::new(),
        }
    }
}

impl Builder {
    /// The application's name and version, unless `spring.application.name` says otherwise.
    pub fn application(mut self, name: impl Into<String>, version: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self.version = Some(version.into());
        self
    }

    pub(crate) fn package(self, package: Package) -> Self {
        self.application(package.name, package.version)
    }

    /// The code's own default for a setting; files, environment and arguments win over it.
    pub fn default_setting(mut self, name: &str, value: impl Into<String>) -> Self {
        self.settings = self.settings.default_value(name, value);
        self
    }

    /// A value that wins over everything, for tests: an operator cannot change it.
    pub fn force_setting(mut self, name: &str, value: impl Into<String>) -> Self {
        self.settings = self.settings.force(name, value);
        self
    }

    /// The directory of `actuator.toml`; the current one by default.
    pub fn settings_directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.settings = self.settings.file_directory(directory.into());
        self
    }

    /// Reads neither files of the current directory, nor the environment, nor arguments: for
    /// tests that must not depend on where they run.
    pub fn isolated(mut self) -> Self {
        self.from_process = false;
        self
    }

    /// Leaves out what macros declared in this program; only what is registered here counts.
    pub fn without_declarations(mut self) -> Self {
        self.declarations = false;
        self
    }

    /// The address on which somebody else's server will serve [`Actuator::router`]. Without it the
    /// server is taken to be reachable by everybody, and only `health` is exposed by default.
    pub fn listening_on(mut self, address: std::net::SocketAddr) -> Self {
        self.listening_on = Some(address);
        self
    }

    /// Registers components, checks and sources.
    pub fn with(mut self, register: impl FnOnce(&mut App) + Send + 'static) -> Self {
        self.with.push(Box::new(register));
        self
    }

    /// The application's routes, for [`Self::run`] and [`Self::start`].
    pub fn router(mut self, router: Router) -> Self {
        self.router = router.into();
        self
    }

    /// The same, as a router that knows who answers its routes.
    pub fn routes(mut self, router: routing::Router) -> Self {
        self.router = router;
        self
    }

    /// Puts the parts together without listening: for [`Actuator::router`] and
    /// [`Actuator::layer`] in a server of one's own. The service counts as ready from then on:
    /// when that server listens cannot be known here.
    ///
    /// # Errors
    /// Settings that cannot be used, conflicting declarations, missing components; each message
    /// names all of them.
    pub async fn build(self) -> Result<Actuator> {
        let actuator = self.assemble(NoSetup).await?.0;
        actuator.availability().ready();
        Ok(actuator)
    }

    /// Starts to listen and to register, and returns at once.
    ///
    /// # Errors
    /// As [`Self::build`]; and an address that cannot be opened.
    pub async fn start(mut self) -> Result<Running> {
        self.serves = true;
        let (actuator, router) = self.assemble(NoSetup).await?;
        actuator.start(router, false).await
    }

    /// Serves until the process is told to stop (SIGTERM, ctrl-c, the shutdown endpoint), or
    /// probes the running instance or prints the settings: see [`Self::exit_if_probed`] and
    /// [`Self::exit_if_help_asked`]. Told to restart, the process becomes its program anew
    /// (`actuator.restart.mode`), and nothing behind this runs.
    ///
    /// # Errors
    /// As [`Self::start`]; and a code with which the process is to end, if it is not 0:
    /// [`Error::exit_code`](crate::Error::exit_code), see [`Ending::exit_code`].
    pub async fn run(self) -> Result<()> {
        self.exit_if_help_asked();
        self.exit_if_probed();
        self.run_with(NoSetup).await?.conclude()
    }

    pub(super) async fn run_with<M>(mut self, setup: impl Setup<M>) -> Result<Ending> {
        self.serves = true;
        let _last_words = sentry::last_words();
        let ran = self.serve_until_told_to_stop(setup).await;
        if ran.is_err() {
            sentry::flush().await;
        }
        ran
    }

    async fn serve_until_told_to_stop<M>(self, setup: impl Setup<M>) -> Result<Ending> {
        let (actuator, router) = self.assemble(setup).await?;
        // Signals are taken over after the set-up, which one may still kill.
        Ok(actuator.start(router, true).await?.until_told_to_stop().await)
    }

    /// Settings first, then the log, then the application's own set-up, then all the rest.
    async fn assemble<M>(mut self, setup: impl Setup<M>) -> Result<(Actuator, Router)> {
        let basics = Basics::prepare(&self)?;
        let mut app = App::new(&basics.settings, &basics.meters, &basics.audit);
        app.adopt(&basics.typed);
        app.startup = basics.startup.clone();
        if self.declarations {
            startup::bind_declared(&basics.startup);
        }
        let step = basics.startup.step("actuator.set-up");
        for register in std::mem::take(&mut self.with) {
            step.in_scope(|| register(&mut app));
        }
        let routes = step.instrument(setup.set_up(&mut app)).await?;
        step.end();
        let router = std::mem::take(&mut self.router).merge(routes);
        let (router, mappings) = router.into_parts();
        app.mappings(&mappings);
        let on_assembled = std::mem::take(&mut app.on_assembled);
        let actuator = assembly::assemble(&self, basics, app)?;
        let restoring = actuator.startup.step("actuator.levels");
        actuator.level_attendants.restored(LOADING).await;
        restoring.end();
        for call in on_assembled {
            call(&actuator);
        }
        Ok((actuator, router))
    }
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder").field("name", &self.name).finish_non_exhaustive()
    }
}

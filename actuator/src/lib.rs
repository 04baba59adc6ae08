//! The management API of Spring Boot Actuator for Rust services: annotate functions, call
//! [`serve!`], and the real Spring Boot Admin sees and steers the service.
//!
//! ```no_run
//! use actuator::{ActuatorInfo, App, Health, health_check};
//! use axum::{Router, routing::get};
//!
//! struct Pool { open: usize }
//!
//! /// Can we reach the primary database?
//! #[health_check(name = "db", timeout = "2s")]
//! async fn db(pool: &Pool) -> Health {
//!     Health::up().with_detail("open", pool.open)
//! }
//!
//! #[derive(ActuatorInfo)]
//! struct Orders;
//!
//! fn setup(app: &mut App) -> Router {
//!     app.component(Pool { open: 3 });
//!     Router::new().route("/", get(|| async { "hello" }))
//! }
//!
//! fn main() -> actuator::Result<()> {
//!     actuator::serve!(setup)
//! }
//! ```
//!
//! # Where to look
//!
//! | you want to | look at |
//! |---|---|
//! | declare a check, a property source, a member of `/info` | [`macro@health_check`], [`macro@env_source`], [`macro@info_source`], [`derive@ActuatorInfo`] |
//! | add an endpoint of your own | [`macro@endpoint`], [`custom`], [`App::endpoint`] |
//! | read settings of your own | [`derive@Settings`], [`settings`] |
//! | use a check that is there already | [`checks`] |
//! | say how a check is run and what it counts | [`HealthCheck`], [`App::add_health_check`] |
//! | follow changes of health, register checks later | [`HealthContributors`], from [`Actuator::health`] |
//! | run something every minute, or every night | [`macro@scheduled`], [`App::scheduled`], [`scheduling`] |
//! | serve | [`serve!`], or [`Actuator::builder`] for more control |
//! | register things at run time, read settings | [`App`] |
//! | count and time | [`macro@timed`], [`macro@counted`], [`macro@gauge`], [`macro@metrics`] |
//! | count and time by hand | [`App::meters`], [`meter`], or the `metrics` crate: [`MetricsRecorder`] |
//! | show and clear caches | [`App::cache`], [`cache`] |
//! | show migrations of databases | [`App::migrations`], [`migration`] |
//! | show and end sessions of users | [`App::session_repository`], [`session`] |
//! | measure calls, pools of connections, caches, the allocator | [`client`], [`meter::pool`], [`meter::cache`], [`App::allocator`] |
//! | rename meters, leave out tags, deny meters | [`meter::MeterFilter`], or settings |
//! | lead from a slow request to its trace | [`meter::Exemplar`] |
//! | tell callers where their time went | [`ServerTiming`] |
//! | know the request that is worked on, and tell others of it | [`request`], [`client`] |
//! | see what the start does, and how long it takes | [`macro@startup_step`], [`App::startup_step`], [`StartupSteps`] |
//! | say that the service is starting, broken or busy | [`App::availability`], [`Availability`] |
//! | keep your own server and runtime | [`Actuator::router`], [`Actuator::layer`], [`Actuator::register`] |
//! | hide what is secret | [`Redacted`], [`App::sanitize`] |
//! | answer errors as JSON, return errors from handlers | [`HttpError`], [`ErrorLayer`], from [`Actuator::error_layer`] |
//! | find out in your own way who asks | [`App::authenticator`], [`security::Authenticator`] |
//! | tell layers around your routes who calls | [`request::set_principal`] |
//! | record who did what | [`App::audit`], [`audit`] |
//! | ask the running instance from a command line | [`probe()`], [`Builder::exit_if_probed`] |
//! | print all settings from a command line | [`Builder::exit_if_help_asked`] |
//! | keep your own tracing subscriber | [`logging::layer`], [`logging::output`] |
//! | keep levels that are set while the service runs | [`App::level_override_store`] |
//! | name asynchronous tasks, to see them in `/tasks` | [`task`] |
//! | be sure of the last lines before an exit | [`logging::flush`] |
//!
//! The settings have Spring's names and are read from arguments, the environment and files:
//! `actuator.toml`, YAML, properties, JSON, and Spring's `application.*`. Meters are served at `/actuator/metrics` and `/actuator/prometheus`; settings
//! send them to a statsd server, a Pushgateway or an OTLP receiver as well.
//!
//! # Features
//!
//! - `cron`: scheduled tasks by cron expression and time zone. Those at a fixed rate or delay need no
//!   feature.
//! - `compression` (on by default): compresses the answers of `/actuator/prometheus` for those who
//!   accept gzip, and the archives of the log file.
//! - `metrics` (on by default): what is recorded through the `metrics` crate arrives among the
//!   meters.
//! - `passwords` (on by default): passwords of users that settings give as hashes. A build without
//!   it refuses to start with one.
//! - `tls` (on by default): TLS on the listeners, calls out over https (admin servers, URL checks,
//!   the webhook, pushes), and the check of certificates.
//! - `debug`: the endpoint `debug`, which sleeps, fails, and shows what arrives, if
//!   `actuator.debug.enabled` asks for it.
//! - `heap-profile`: profiles of the heap at `/actuator/heapdump`, if jemalloc is the application's
//!   allocator, and its meters. Linux only; jemalloc is built by make and a C compiler. Brings
//!   `stacks` along, which finds the names of functions.
//! - `jwt`: callers of the management API who show a JSON Web Token of an identity provider.
//! - `http2`: HTTP/2 on the listeners of [`serve!`], if `server.http2.enabled` asks for it.
//! - `otlp`: sends metrics to an OpenTelemetry Collector, or whoever else receives OTLP over HTTP.
//! - `redis`: checks of Redis servers.
//! - `reqwest`: [`client::SendMetered`](client), which measures the calls of reqwest's clients, and
//!   `Propagate`, which tells those who are called of the request.
//! - `bb8`, `deadpool`: [`meter::pool::PoolState`] of the pools of these libraries.
//! - `moka`, `quick-cache`: [`cache`]s of these libraries that can be cleared, and their
//!   [meters](meter::cache).
//! - `sentry`: sends errors and panics to Sentry, with what led to them: [`sentry::layer`](sentry).
//! - `sqlx-mysql`, `sqlx-postgres`, `sqlx-sqlite`: checks and meters of sqlx's pools of MySQL and
//!   MariaDB, PostgreSQL and SQLite, and their migrations: [checked](checks), and
//!   [shown](migration).
//! - `stacks`: the stacks of all threads in `/actuator/threaddump`, and profiles of the processor's
//!   time at `/actuator/profile`. Linux on x86-64 and 64-bit ARM; the only feature with `unsafe`
//!   code.
//! - `tower-sessions`: the [sessions](session) of stores of tower-sessions.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(not(feature = "stacks"), forbid(unsafe_code))]

/// The README's programs are compiled with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

/// So are those of the macros' documentation.
#[cfg(doctest)]
#[doc = include_str!("../../docs/macros.md")]
pub struct MacrosDocument;

/// So are those about endpoints of one's own.
#[cfg(doctest)]
#[doc = include_str!("../../docs/custom-endpoints.md")]
pub struct CustomEndpointsDocument;

/// And those of the documentation of security.
#[cfg(doctest)]
#[doc = include_str!("../../docs/security.md")]
pub struct SecurityDocument;

/// And those of the documentation of health.
#[cfg(doctest)]
#[doc = include_str!("../../docs/health.md")]
pub struct HealthDocument;

/// And those of the documentation of loggers.
#[cfg(doctest)]
#[doc = include_str!("../../docs/loggers.md")]
pub struct LoggersDocument;

/// And those of the documentation of the start.
#[cfg(doctest)]
#[doc = include_str!("../../docs/startup.md")]
pub struct StartupDocument;

/// And those of the documentation of metrics.
#[cfg(doctest)]
#[doc = include_str!("../../docs/metrics.md")]
pub struct MetricsDocument;

/// And those of the documentation of errors.
#[cfg(doctest)]
#[doc = include_str!("../../docs/errors.md")]
pub struct ErrorsDocument;

/// And those about secrets.
#[cfg(doctest)]
#[doc = include_str!("../../docs/sanitizer.md")]
pub struct SanitizerDocument;

/// And that about the last requests.
#[cfg(doctest)]
#[doc = include_str!("../../docs/exchanges.md")]
pub struct ExchangesDocument;

/// And those about the `metrics` crate.
#[cfg(all(doctest, feature = "metrics"))]
#[doc = include_str!("../../docs/metrics-crate.md")]
pub struct MetricsCrateDocument;

/// And those about scheduled tasks.
#[cfg(all(doctest, feature = "cron"))]
#[doc = include_str!("../../docs/scheduled-tasks.md")]
pub struct ScheduledTasksDocument;

/// And those about calls, pools and caches.
#[cfg(all(doctest, feature = "reqwest", feature = "moka"))]
#[doc = include_str!("../../docs/metrics-clients.md")]
pub struct MetricsClientsDocument;

/// And those about caches.
#[cfg(all(doctest, feature = "moka"))]
#[doc = include_str!("../../docs/caches.md")]
pub struct CachesDocument;

/// And those about sessions.
#[cfg(all(doctest, feature = "tower-sessions"))]
#[doc = include_str!("../../docs/sessions.md")]
pub struct SessionsDocument;

/// And those about requests.
#[cfg(all(doctest, feature = "reqwest"))]
#[doc = include_str!("../../docs/requests.md")]
pub struct RequestsDocument;

/// And those about settings of one's own.
#[cfg(doctest)]
#[doc = include_str!("../../docs/typed-settings.md")]
pub struct TypedSettingsDocument;

/// And those about threads and tasks.
#[cfg(doctest)]
#[doc = include_str!("../../docs/threads.md")]
pub struct ThreadsDocument;

/// And those about Sentry.
#[cfg(all(doctest, feature = "sentry"))]
#[doc = include_str!("../../docs/sentry.md")]
pub struct SentryDocument;

#[doc(hidden)]
pub mod __private;
mod admin;
pub mod audit;
pub mod cache;
mod certs;
pub mod checks;
pub mod client;
pub mod custom;
mod endpoint;
mod env;
mod error;
mod exchange;
mod export;
mod exposition;
#[cfg(feature = "metrics")]
mod facade;
mod health;
mod info;
mod limits;
pub mod logging;
mod macros;
mod memory;
pub mod meter;
pub mod migration;
mod model;
mod probe;
#[cfg(all(feature = "stacks", target_os = "linux"))]
mod profile;
mod registry;
pub mod request;
pub mod routing;
mod sbom;
pub mod scheduling;
pub mod security;
#[cfg(feature = "sentry")]
pub mod sentry;
mod server;
pub mod session;
pub mod settings;
mod startup;
mod support;
pub mod task;
mod thread;
mod web;
mod webhook;

/// Records the facts of the crate that holds the type, for `/actuator/info`: package, commit,
/// compiler. They are read while the crate is compiled; no `build.rs` is needed.
///
/// ```
/// #[derive(actuator::ActuatorInfo)]
/// #[actuator(git = full, group = "com.example")]
/// struct Shop;
/// ```
///
/// | `#[actuator(…)]` | |
/// |---|---|
/// | `git = simple`, `full` or `off` | how much of git is recorded; `simple` by default |
/// | `dirty` | whether tracked files differed from the commit |
/// | `group = "…"` | `build.group` |
/// | `crate = ::path` | where this crate is, if not at `::actuator` |
pub use actuator_macros::ActuatorInfo;

/// Declares an endpoint of one's own on the `impl` block of a type: its methods are operations.
///
/// ```
/// use std::{collections::BTreeMap, sync::Mutex};
/// use actuator::endpoint;
///
/// /// Features that can be switched while the service runs.
/// #[derive(Default)]
/// struct Features(Mutex<BTreeMap<String, bool>>);
///
/// /// Which features are on.
/// #[endpoint(id = "features")]
/// impl Features {
///     /// All of them.
///     #[read]
///     fn all(&self) -> Option<BTreeMap<String, bool>> {
///         self.0.lock().ok().map(|all| all.clone())
///     }
///
///     /// Switches one: `POST /actuator/features/beta {"enabled":true}`.
///     #[write]
///     fn switch(&self, #[selector] name: String, enabled: bool) {
///         if let Ok(mut all) = self.0.lock() {
///             all.insert(name, enabled);
///         }
///     }
/// }
/// ```
///
/// | `#[endpoint(…)]` | |
/// |---|---|
/// | `id = "…"` | required: letters, digits, `.` and `-`; `/actuator/<id>`, and its name in settings |
/// | `access = "read-only"` | the access that is granted when no setting says otherwise; also `"none"`, `"unrestricted"` (the default) |
/// | `crate = ::path` | where this crate is, if not at `::actuator` |
///
/// | on a method | |
/// |---|---|
/// | `#[read]`, `#[write]`, `#[delete]` | answers GET and HEAD, POST, DELETE |
/// | `produces = ["text/csv"]` | its media types, the default first; JSON by default |
///
/// | a parameter | is |
/// |---|---|
/// | `&self`, `self: Arc<Self>` | the component of this type, or its `Default` if there is none |
/// | `#[selector] name: &str` | a segment of the path |
/// | `#[selector(remaining)] path: Vec<String>` | all segments that are left |
/// | `weight: Option<i32>` | of the query, or of the JSON body of a write; 400 without it if it is no `Option` |
/// | `#[argument(name = "dry_run")] dry_run: bool` | the same under a name of one's own; by default this is `dryRun` |
/// | `pool: &Pool`, `pool: Arc<Pool>` | a component, as for [`macro@health_check`] |
/// | `caller: Option<&Principal>`, `ApiVersion`, `WebRequest` | who calls, the version of the JSON, the request itself |
///
/// An argument is a text, a number, `bool`, `char`, `Duration`, `SystemTime`, `OffsetDateTime`,
/// `LocalDate`, an enum that derives [`Argument`](derive@Argument), or a `Vec` of these
/// ([`custom::Argument`]). A query wins over a body; neither may name a selector.
///
/// | a method gives | the answer |
/// |---|---|
/// | anything `Serialize` | 200, JSON |
/// | `String`, `&str` | 200, the text as it is |
/// | `()` | 204 |
/// | `Option` of these | 404 for `None` of a read, else 204 |
/// | [`custom::Resource`] | bytes, a file, a stream; ranges |
/// | [`custom::WebEndpointResponse`] | a status, a media type, headers of one's own |
/// | `Result<any of these, E>` | 500 for an error, or what [`custom::EndpointError`] says |
///
/// A method that is not `async` may block. Doc comments of the block, its methods and their parameters
/// are in `/actuator/openapi`. The twin at run time is [`App::endpoint`].
pub use actuator_macros::endpoint;

/// Makes an enum an argument of an [`endpoint`](macro@endpoint): one of a few words, `DARK_BLUE` for
/// `DarkBlue`. Case and all but letters and digits are ignored, as in Spring.
///
/// ```
/// #[derive(actuator::Argument)]
/// enum Colour {
///     Red,
///     DarkBlue,
///     #[argument(name = "none")]
///     Transparent,
/// }
/// ```
///
/// `#[argument(crate = ::path)]` says where this crate is, if not at `::actuator`.
pub use actuator_macros::Argument;

/// Declares a property source of `/actuator/env`: a function, `async` or not, that gives anything
/// `Serialize`. Its fields become properties; secrets among them are masked.
///
/// ```
/// #[derive(serde::Serialize)]
/// struct Shop {
///     currency: &'static str,
///     api_key: &'static str, // shown as ******
/// }
///
/// /// What the shop is configured with.
/// #[actuator::env_source(name = "shop")]
/// fn shop() -> Shop {
///     Shop { currency: "EUR", api_key: "s3cr3t" }
/// }
/// ```
///
/// | argument | |
/// |---|---|
/// | `name = "…"` | required: the name of the source |
/// | `on = Type` | for an associated function: the type of its `impl` block |
/// | `crate = ::path` | where this crate is, if not at `::actuator` |
///
/// Parameters are components, as for [`macro@health_check`]. The twin at run time is
/// [`App::env_source`].
pub use actuator_macros::env_source;

/// Declares a health check: a function, `async` or not, whose parameters are components.
///
/// ```
/// use std::sync::Arc;
/// use actuator::{Health, health_check};
///
/// struct Pool { open: usize }
///
/// /// Can we reach the primary database?
/// #[health_check(name = "db", timeout = "2s")]
/// async fn db(pool: &Pool) -> Health {
///     Health::up().with_detail("open", pool.open)
/// }
///
/// /// May block: it is no `async fn`. An error is DOWN, with its text.
/// #[health_check(name = "files")]
/// fn files() -> std::io::Result<()> {
///     std::fs::metadata(".").map(|_| ())
/// }
///
/// struct Store;
///
/// impl Store {
///     #[health_check(name = "store", on = Store)]
///     async fn healthy(_store: Arc<Self>) -> bool {
///         true
///     }
/// }
/// ```
///
/// | argument | |
/// |---|---|
/// | `name = "…"` | required: the key in the answer; `brokers/primary` stands below `brokers` |
/// | `timeout = "2s"` | the deadline; `actuator.health.timeout` by default |
/// | `success_ttl = "27s"`, `failure_ttl = "9s"` | how long a result is kept; not at all by default |
/// | `interval = "30s"` | runs in the background with this pause, not when it is asked for |
/// | `failure_interval = "5s"` | the pause while it fails |
/// | `critical = false` | it is shown, and never changes the status of the whole |
/// | `failure_threshold = 3`, `success_threshold = 2` | results in a row that change its status; 1 by default |
/// | `initial_status = "unknown"` | its status until a threshold is reached for the first time |
/// | `failure_status = "degraded"` | its status instead of DOWN |
/// | `level = 2` | who has to ask it: 0 nobody, 1 load balancers (the default), more monitors |
/// | `tags = ["slow"]` | words to select it by |
/// | `groups = ["readiness"]` | groups that it joins |
/// | `on = Type` | for an associated function: the type of its `impl` block |
/// | `crate = ::path` | where this crate is, if not at `::actuator` |
///
/// A status is `up`, `down`, `out_of_service`, `restricted` or `degraded` (the same), `unknown`,
/// or a code of one's own. Settings of the same names, `actuator.health.check.<name>.timeout` and
/// so on, win over the attribute.
///
/// A parameter is `&T` or `Arc<T>`; the component of that type is taken, and of several the one
/// of the parameter's name. One that is missing refuses the start. What the function may return
/// is said at [`IntoHealth`]. The twin at run time is [`App::health_check`].
pub use actuator_macros::health_check;

/// Declares a member of `/actuator/info`: a function, `async` or not, that gives anything
/// `Serialize`.
///
/// ```
/// /// Which regions this instance serves.
/// #[actuator::info_source(name = "regions")]
/// fn regions() -> [&'static str; 2] {
///     ["eu", "us"]
/// }
/// ```
///
/// Arguments and parameters are those of [`macro@env_source`]. The twin at run time is
/// [`App::info_source`].
pub use actuator_macros::info_source;

/// Counts the calls of a function, by how they end; Micrometer's `@Counted`.
///
/// ```
/// use actuator::counted;
///
/// # struct Payment; struct Declined;
/// /// Payments that were tried.
/// #[counted("payments", tags("provider" = "acme"))]
/// async fn pay(payment: Payment) -> Result<(), Declined> {
///     # drop(payment);
///     Err(Declined) // counted with result="failure", exception="Declined"
/// }
/// ```
///
/// | argument | |
/// |---|---|
/// | `"payments"`, or `name = "…"` | the name; without one it is `method.counted`, with the tags `class` (the module) and `method` |
/// | `description = "…"` | what it is; the doc comment by default |
/// | `tags("key" = "value", …)` | fixed tags |
/// | `failures_only` | successes are not counted |
/// | `error = path::to::function` | names an error: `fn(&E) -> &'static str`; its type by default |
/// | `on = Type` | for an associated function: a part of `class` |
/// | `crate = ::path` | where this crate is, if not at `::actuator` |
///
/// Tags: `result` is `success` or `failure`, `exception` the type of the error, `panic`,
/// `cancelled` (a future that was dropped before its end) or `none`. What can be measured, and
/// from when on, is said at [`macro@timed`].
pub use actuator_macros::counted;

/// Declares a gauge: a function that is asked for a number whenever the meter is read. Its
/// parameters are components, as for [`macro@health_check`].
///
/// ```
/// use std::{collections::VecDeque, sync::Mutex};
/// use actuator::gauge;
///
/// # struct Job;
/// struct Queue { jobs: Mutex<VecDeque<Job>> }
///
/// /// Jobs that wait.
/// #[gauge("queue.length", base_unit = "jobs")]
/// fn queue_length(queue: &Queue) -> Option<usize> {
///     queue.jobs.lock().ok().map(|jobs| jobs.len())
/// }
/// ```
///
/// | argument | |
/// |---|---|
/// | `"queue.length"`, or `name = "…"` | required: the name |
/// | `base_unit = "jobs"` | what one of it is |
/// | `description = "…"` | what it is; the doc comment by default |
/// | `tags("key" = "value", …)` | fixed tags |
/// | `on = Type` | for an associated function: the type of its `impl` block |
/// | `crate = ::path` | where this crate is, if not at `::actuator` |
///
/// It returns a number, `bool`, `Duration` (in seconds), or an `Option` of these, whose `None` is
/// NaN. It runs while somebody waits: it must give what is known already, and is not `async`.
pub use actuator_macros::gauge;

/// Makes a struct of handles on meters, which are resolved once. It is a component: checks, gauges
/// and sources take it as `&OrderMetrics`, the set-up has it from [`App::metrics`].
///
/// ```
/// use std::sync::Arc;
/// use actuator::{App, meter::{Counter, DistributionSummary, Timer}, metrics};
/// use axum::{Router, extract::State, routing::post};
///
/// #[metrics(prefix = "orders")]
/// struct OrderMetrics {
///     /// Orders that were placed.
///     placed: Arc<Counter>,                  // orders.placed
///     /// What an order is worth.
///     #[meter(base_unit = "EUR", slo = [10, 100, 1000])]
///     value: Arc<DistributionSummary>,       // orders.value
///     /// Until the parcel has left.
///     #[meter("delivery", tags("carrier" = "acme"), slo = ["1h", "1d"])]
///     until_delivered: Arc<Timer>,           // orders.delivery
/// }
///
/// async fn place(State(metrics): State<Arc<OrderMetrics>>) {
///     metrics.placed.increment();
///     metrics.value.record(99.9);
/// }
///
/// fn setup(app: &mut App) -> Router {
///     Router::new().route("/orders", post(place)).with_state(app.metrics::<OrderMetrics>())
/// }
/// ```
///
/// | `#[metrics(…)]` | |
/// |---|---|
/// | `prefix = "orders"` | stands before the names |
/// | `tags("key" = "value", …)` | tags of all of them |
/// | `crate = ::path` | where this crate is, if not at `::actuator` |
///
/// | `#[meter(…)]` on a field | |
/// |---|---|
/// | `"delivery"`, or `name = "…"` | the name, by default that of the field (`until_delivered` is `until.delivered`) |
/// | `description`, `base_unit`, `tags` | as for [`macro@gauge`] |
/// | `percentiles`, `histogram` | as for [`macro@timed`] |
/// | `slo = [10, 100]`, `slo = ["100ms"]` | bounds of buckets, in base units, or durations |
///
/// A field is `Arc<Counter>`, `Arc<Gauge>`, `Arc<Timer>`, `Arc<DistributionSummary>`,
/// `Arc<LongTaskTimer>` or `MultiGauge`. The struct gets a function `new(&MeterRegistry) -> Self`,
/// for tests: `OrderMetrics::new(&MeterRegistry::default())`.
pub use actuator_macros::metrics;

/// Runs a function on a schedule; Spring's `@Scheduled`. Its parameters are components, as for
/// [`macro@health_check`]; it is `async` or not, and one that is not may block.
///
/// ```
/// use actuator::scheduled;
///
/// # struct Store; impl Store { async fn sweep(&self) -> std::io::Result<()> { Ok(()) } }
/// /// Removes orders that nobody paid.
/// #[scheduled(fixed_rate = "${orders.sweep.every:30s}", initial_delay = "5s", timeout = "10s")]
/// async fn sweep(store: &Store) -> std::io::Result<()> {
///     store.sweep().await
/// }
/// ```
#[cfg_attr(
    feature = "cron",
    doc = r#"
```
/// Every working day at three in the morning, in Zurich.
#[actuator::scheduled(cron = "0 0 3 * * MON-FRI", zone = "Europe/Zurich")]
fn nightly() {}
```
"#
)]
///
/// | argument | |
/// |---|---|
/// | `cron = "0 0 3 * * MON-FRI"` | second, minute, hour, day of month, month, day of week, or `@daily` and the like; needs the feature `cron` |
/// | `zone = "Europe/Zurich"` | the time zone of `cron`; that of the machine by default |
/// | `fixed_rate = "30s"` | from one beginning to the next; does not drift |
/// | `fixed_delay = "30s"` | from an end to the next beginning |
/// | `initial_delay = "5s"` | before the first run, none by default; alone it is a task that runs once |
/// | `overlap = skip`, `queue`, `parallel` | what becomes of a run that is due while one is running, by default it is left out; with `cron` and `fixed_rate` |
/// | `timeout = "10s"` | a run that takes longer has failed; it is cancelled, unless it blocks |
/// | `jitter = "5s"` | each run is late by a random time up to this |
/// | `name = "…"` | what it is called; the path of the function by default |
/// | `on = Type` | for an associated function: the type of its `impl` block |
/// | `crate = ::path` | where this crate is, if not at `::actuator` |
///
/// Each text may name settings (`cron = "${orders.cleanup.cron}"`, `"${every:30s}"`); a setting of
/// `-` switches the task off.
///
/// It returns nothing, or a `Result<(), E>` whose error can be displayed: that is the cause that
/// `/actuator/scheduledtasks` shows, and so is the message of a panic. The first failure is an ERROR
/// in the log. Tasks begin once the service is ready. Each instance of a service runs them: of
/// several instances none is chosen. See [`scheduling`]; the twin at run time is [`App::scheduled`].
pub use actuator_macros::scheduled;

/// Reads a struct from the settings below a prefix, or an enum from one setting; Spring's
/// `@ConfigurationProperties`. See [typed settings](crate::settings).
///
/// ```
/// use std::{collections::BTreeMap, time::Duration};
/// use actuator::{App, Health, Redacted, Settings, health_check};
///
/// /// How the shop takes money.
/// #[derive(Settings)]
/// #[settings(prefix = "shop.payment", validate = Payment::check)]
/// struct Payment {
///     /// Where the provider answers.
///     url: String,                          // without it there is no start
///     #[settings(default = "2s")]
///     timeout: Duration,
///     #[settings(default = 3, min = 1, max = 10)]
///     retries: u8,
///     api_key: Option<Redacted<String>>,    // shop.payment.api-key, shown as ******
///     limits: Limits,                       // shop.payment.limits.per-day
///     #[settings(default = "eu, us", non_empty)]
///     regions: Vec<String>,
///     labels: BTreeMap<String, String>,     // shop.payment.labels.<any>
///     #[settings(default = "live")]
///     mode: Mode,
/// }
///
/// #[derive(Settings)]
/// struct Limits {
///     #[settings(default = 10_000)]
///     per_day: u64,
/// }
///
/// #[derive(Settings)]
/// enum Mode {
///     Live,
///     DryRun,                               // dry-run, DRY_RUN, dryRun
/// }
///
/// impl Payment {
///     fn check(&self) -> Result<(), String> {
///         if matches!(self.mode, Mode::Live) && self.api_key.is_none() {
///             return Err("live payments need an api-key".to_owned());
///         }
///         Ok(())
///     }
/// }
///
/// #[health_check(name = "payment")]
/// async fn payment(payment: &Payment) -> Health {
///     Health::up().with_detail("url", &payment.url)
/// }
/// ```
///
/// | `#[settings(…)]` on the struct | |
/// |---|---|
/// | `prefix = "shop.payment"` | where its settings stand; without one it is a part of other structs |
/// | `validate = path` | `fn(&Self) -> Result<(), E>`, asked when every field is good; `E` is shown |
/// | `crate = ::path` | where this crate is, if not at `::actuator`; also on an enum |
///
/// | on a field | |
/// |---|---|
/// | `default = 3`, `default = "2s"` | as a setting would have it; of a list with commas |
/// | `min = 1`, `max = "10s"` | bounds of a number, a duration, a size |
/// | `non_empty`, `length = 1..=64`, `pattern = "[a-z]+"` | of a text; the first two of a list or map too |
/// | `validate = path` | `fn(&T) -> Result<(), E>` |
/// | `secret` | is never shown; [`Redacted`] is this as a type |
/// | `parse` | reads a type that is `FromStr`, or an `Option` or `Vec` of it |
/// | `name = "…"` | the name, by default that of the field (`api_key` is `api-key`); also on a variant |
/// | `description = "…"` | what it is for; the doc comment by default |
///
/// A field is anything [`FromSetting`], another struct that derives this, or `Option`, `Vec`,
/// `BTreeMap<String, _>`, `HashMap<String, _>` of these. Lists are `a,b` or `name[0]`; lists of
/// structs `name[0].per-day`.
///
/// A struct with a prefix is read before the set-up runs, and is a component: `&Payment` of checks
/// and sources, [`App::settings`] in the set-up. All that is wrong in all of them refuses the start
/// at once; a name below the prefix that no struct reads is a warning. The twin at run time is
/// [`Builder::bind_settings`].
pub use actuator_macros::Settings;

/// Makes each call of a function a step of the start, which `/actuator/startup` shows with its
/// duration. The function may be async, and may be anywhere; steps that begin in it are within it.
///
/// ```
/// use actuator::startup_step;
///
/// # struct Prices; struct Missing;
/// /// All prices, from the table.
/// #[startup_step("load prices", tags("source" = "db"))]
/// async fn load_prices() -> Result<Prices, Missing> {
///     # let _ = Prices;
///     Err(Missing) // the step has the tag exception="Missing"
/// }
/// ```
///
/// | argument | |
/// |---|---|
/// | `"load prices"`, or `name = "…"` | what the step is called; the path of the function by default |
/// | `tags("key" = "value", …)` | fixed tags |
/// | `error = path::to::function` | names an error: `fn(&E) -> &'static str`; its type by default |
/// | `on = Type` | for an associated function: a part of the default name |
/// | `crate = ::path` | where this crate is, if not at `::actuator` |
///
/// The doc comment is the tag `description`. The tag `exception` says how a call failed: the type of
/// the error, `panic`, or `cancelled` (a future that was dropped before its end). A call is kept from
/// the moment on when the service has read its settings; one before that is only run. The twin at
/// run time is [`App::startup_step`].
pub use actuator_macros::startup_step;

/// Times a function: how often it is called, for how long, and how that ends; Micrometer's
/// `@Timed`.
///
/// ```
/// use actuator::timed;
///
/// # struct Order; struct Receipt; struct SoldOut;
/// /// Places an order.
/// #[timed("orders.place", tags("channel" = "web"), slo = ["100ms", "1s"])]
/// async fn place(order: Order) -> Result<Receipt, SoldOut> {
///     # drop(order);
///     Err(SoldOut) // recorded with outcome="ERROR", exception="SoldOut"
/// }
///
/// #[timed] // method.timed, with the tags class and method
/// fn total(prices: &[u64]) -> u64 {
///     prices.iter().sum()
/// }
/// ```
///
/// | argument | |
/// |---|---|
/// | `"orders.place"`, or `name = "…"` | the name; without one it is `method.timed`, with the tags `class` (the module) and `method` |
/// | `description = "…"` | what it is; the doc comment by default |
/// | `tags("key" = "value", …)` | fixed tags |
/// | `slo = ["100ms", "1s"]` | bounds of buckets |
/// | `percentiles = [0.5, 0.99]` | computed here; they cannot be put together over instances |
/// | `histogram` | buckets from which Prometheus computes percentiles |
/// | `long_task` | measures while it runs: how many are running, for how long |
/// | `error = path::to::function` | names an error: `fn(&E) -> &'static str`; its type by default |
/// | `on = Type` | for an associated function: a part of `class` |
/// | `crate = ::path` | where this crate is, if not at `::actuator` |
///
/// Tags: `outcome` is `SUCCESS`, `ERROR` or `UNKNOWN`; `exception` the last word of the error's
/// type, `panic`, `cancelled` (a future that was dropped before its end, which is `UNKNOWN`) or
/// `none`. The type decides what an error is, so that an alias of `Result` is one.
///
/// Any function with a body can be measured: `async`, generic, a method, that of a trait; of one
/// that gives back a future that future is measured, from its first poll on. Nothing has to be
/// registered: the series of success is there from the start of the service. Calls before that, in
/// the set-up too, are not measured. A function tells 15 ways of failing apart; further ones
/// are `_overflow_`.
pub use actuator_macros::timed;

pub use admin::RegistrationState;
pub use error::{Error, Result};
#[cfg(feature = "metrics")]
pub use facade::MetricsRecorder;
pub use health::{
    Availability, AvailabilityChanges, AvailabilityState, ContributorError, Health, HealthCheck,
    HealthContributors, HealthEvent, HealthIndicator, HealthSubscription, HealthTransition,
    IntoHealth, LivenessState, ReadinessState, StartupState, StartupTask, Status, StatusOverride,
};
pub use info::ActuatorInfo;
pub use model::{redacted::Redacted, sanitizer::SanitizableData};
pub use probe::ProbeReport;
pub use server::{
    Actuator, App, Builder, Caches, Ending, HookResult, IntoRoutes, Lifecycle, Registration,
    Running, Setup, Streams, probe,
};
pub use settings::{FromSetting, typed::TypedSettings as Settings};
pub use startup::{StartupStep, StartupSteps};
pub use web::{ActuatorLayer, ErrorLayer, ExchangeBodyLayer, HttpError, ServerTiming};

//! `migrations`, and the same as `flyway`: which migrations of databases were applied and which are
//! to come.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc, time::Duration};

use serde::Serialize;
use tokio::time::timeout;

use crate::{
    migration::{Migration, NamedMigrations},
    model::{
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation},
        problem::Problem,
        reply::Reply,
        sanitizer::{SanitizedText, Sanitizer},
    },
    support::{
        application_runtime::ApplicationRuntime, single_flight::SingleFlight, text::shortened,
        time::iso_instant,
    },
};

/// Bytes of an error that are told.
const MAX_ERROR: usize = 500;

/// Asks databases for their migrations: each once at a time, however many look.
pub(crate) struct MigrationsView {
    sources: Vec<NamedMigrations>,
    runtime: ApplicationRuntime,
    timeout: Duration,
    sanitizer: Sanitizer,
    flights: SingleFlight<usize, Told>,
}

/// The migrations, or why they are not known: for people, without secrets.
type Told = Result<Arc<[Migration]>, Arc<str>>;

impl MigrationsView {
    /// A view of these sources, each of which is given so long to answer.
    pub(crate) fn new(
        sources: Vec<NamedMigrations>,
        runtime: ApplicationRuntime,
        timeout: Duration,
        sanitizer: Sanitizer,
    ) -> Self {
        Self { sources, runtime, timeout, sanitizer, flights: SingleFlight::default() }
    }

    /// What all of them say, by names that may be shown. They are asked at the same time.
    async fn all(&self) -> Vec<(Cow<'_, str>, Told)> {
        let mut told = Vec::with_capacity(self.sources.len());
        let flights: Vec<_> = self.sources.iter().enumerate().map(|one| self.begin(one)).collect();
        for (source, flight) in self.sources.iter().zip(flights) {
            told.push((self.sanitizer.sanitize_text(&source.name), flight.await));
        }
        told
    }

    /// Migrations as they may be shown: a history in a database holds what anybody wrote.
    fn shown<'m>(&'m self, migrations: &'m [Migration]) -> Vec<MigrationDescriptor<'m>> {
        let one = |migration| MigrationDescriptor::new(migration, &self.sanitizer);
        migrations.iter().map(one).collect()
    }

    /// Asks one; the question is under way when this returns.
    fn begin<'v>(
        &'v self,
        (index, named): (usize, &NamedMigrations),
    ) -> impl Future<Output = Told> + use<'v> {
        let (source, runtime) = (Arc::clone(&named.source), self.runtime.clone());
        let (patience, sanitizer) = (self.timeout, self.sanitizer.clone());
        let flight = self.flights.run(index, move || async move {
            let asked = Arc::clone(&source);
            let answer = runtime
                .run(async move { asked.migrations().await.map_err(|error| error.to_string()) });
            let why = match timeout(patience, answer).await {
                Ok(Some(Ok(migrations))) => return Ok(migrations.into()),
                Ok(Some(Err(why))) => why,
                Ok(None) => "looking them up panicked, or the service is stopping".to_owned(),
                Err(_) => {
                    let waits = source.waits_for().map(|what| format!(": waited for {what}"));
                    let waits = waits.unwrap_or_default();
                    format!("no answer within {patience:?} (actuator.migrations.timeout){waits}")
                }
            };
            // Cut before, half a password would not be known as one.
            Err(shortened(&sanitizer.sanitize_text(&why), MAX_ERROR).into())
        });
        async move { flight.await.unwrap_or_else(|| Err("the service is stopping".into())) }
    }
}

const OPERATIONS: [Operation; 1] =
    [Operation::read(&[]).doing("Shows the migrations of each database.")];

/// Serves migrations in a form of our own, with what is wrong beside what is well.
pub(crate) struct MigrationsEndpoint {
    view: Arc<MigrationsView>,
}

impl MigrationsEndpoint {
    /// The endpoint over this view.
    pub(crate) fn new(view: Arc<MigrationsView>) -> Self {
        Self { view }
    }

    async fn answer(&self) -> EndpointResult {
        let all = self.view.all().await;
        let sources = all.iter().map(|(name, told)| {
            let descriptor = match told {
                Ok(migrations) => {
                    SourceDescriptor { migrations: self.view.shown(migrations), error: None }
                }
                Err(why) => SourceDescriptor { migrations: Vec::new(), error: Some(why) },
            };
            (&**name, descriptor)
        });
        Reply::json(&SourcesDescriptor { sources: sources.collect() })
    }
}

impl Endpoint for MigrationsEndpoint {
    fn id(&self) -> &'static str {
        "migrations"
    }

    fn description(&self) -> &'static str {
        "The migrations of databases: applied, failed, and to come."
    }

    fn operations(&self) -> &[Operation] {
        &OPERATIONS
    }

    fn invoke<'a>(&'a self, _call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(self.answer())
    }
}

/// Serves migrations in the form of Spring's endpoint `flyway` (recorded: 3.5.14, 4.1.0).
pub(crate) struct FlywayEndpoint {
    view: Arc<MigrationsView>,
    application: String,
}

impl FlywayEndpoint {
    /// The endpoint over this view, in the context of the application's name.
    pub(crate) fn new(view: Arc<MigrationsView>, application: &str) -> Self {
        Self { view, application: application.to_owned() }
    }

    async fn answer(&self) -> EndpointResult {
        let all = self.view.all().await;
        let mut flyway_beans = BTreeMap::new();
        for (name, told) in &all {
            // The form has no place for an error, and an empty history would be a lie.
            let migrations = told.as_ref().map_err(|why| {
                Problem::internal(format!("the migrations of {name} are not known: {why}"))
            })?;
            let mut migrations = self.view.shown(migrations);
            for migration in &mut migrations {
                // Flyway measures each, and the admin server's view writes `undefinedms` without it.
                migration.execution_time.get_or_insert(0);
            }
            flyway_beans.insert(&**name, FlywayDescriptor { migrations });
        }
        let context = ContextDescriptor { flyway_beans };
        Reply::json(&ContextsDescriptor {
            contexts: BTreeMap::from([(self.application.as_str(), context)]),
        })
    }
}

impl Endpoint for FlywayEndpoint {
    fn id(&self) -> &'static str {
        "flyway"
    }

    fn description(&self) -> &'static str {
        "The migrations of databases, whatever applies them, in the form of Flyway's."
    }

    fn operations(&self) -> &[Operation] {
        &OPERATIONS
    }

    fn invoke<'a>(&'a self, _call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(self.answer())
    }
}

#[derive(Serialize)]
struct SourcesDescriptor<'m> {
    sources: BTreeMap<&'m str, SourceDescriptor<'m>>,
}

#[derive(Serialize)]
struct SourceDescriptor<'m> {
    migrations: Vec<MigrationDescriptor<'m>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'m str>,
}

#[derive(Serialize)]
struct ContextsDescriptor<'m> {
    contexts: BTreeMap<&'m str, ContextDescriptor<'m>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ContextDescriptor<'m> {
    flyway_beans: BTreeMap<&'m str, FlywayDescriptor<'m>>,
}

#[derive(Serialize)]
struct FlywayDescriptor<'m> {
    migrations: Vec<MigrationDescriptor<'m>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MigrationDescriptor<'m> {
    #[serde(rename = "type")]
    kind: SanitizedText<'m>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checksum: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<SanitizedText<'m>>,
    description: SanitizedText<'m>,
    script: SanitizedText<'m>,
    state: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    changed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    installed_by: Option<SanitizedText<'m>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    installed_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    installed_rank: Option<u32>,
    /// In milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    execution_time: Option<u64>,
}

impl<'m> MigrationDescriptor<'m> {
    fn new(migration: &'m Migration, sanitizer: &'m Sanitizer) -> Self {
        let shown = |text: &'m String| sanitizer.shown(text);
        Self {
            kind: shown(&migration.kind),
            checksum: migration.checksum,
            version: migration.version.as_ref().map(shown),
            description: shown(&migration.description),
            script: shown(&migration.script),
            state: migration.state.name(),
            changed: migration.is_changed,
            installed_by: migration.installed_by.as_ref().map(shown),
            installed_on: migration.installed_on.map(iso_instant),
            installed_rank: migration.installed_rank,
            execution_time: migration
                .execution_time
                .map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX)),
        }
    }
}

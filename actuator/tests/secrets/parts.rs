//! Parts of an application that have secrets where only names and texts belong.

use std::{
    collections::BTreeMap,
    io,
    sync::Arc,
    time::{Duration, SystemTime},
};

use actuator::{
    App, Redacted, Settings,
    cache::{Clearing, ManagedCache},
    custom::{CustomEndpoint, EndpointError, Operation, Selector, WebEndpointResponse},
    meter::cache::CacheStatistics,
    migration::{Migration, MigrationError, MigrationSource, MigrationState},
    scheduling::Schedule,
    security::BoxFuture,
    session::{RepositoryError, SessionDetails, SessionRepository},
};

use crate::plants::{Plant, one_of_each};

pub(crate) const OF_PARTS: u8 = 4;
const HOUR: Duration = Duration::from_hours(1);

/// What is read from the settings.
#[derive(Settings)]
#[settings(prefix = "planted")]
#[expect(dead_code, reason = "it is there to be shown")]
pub(crate) struct Planted {
    notes: BTreeMap<String, String>,
    first: Option<Redacted<String>>,
}

/// The values of [`Planted`].
pub(crate) fn settings() -> Vec<(String, String)> {
    let all = one_of_each(OF_PARTS);
    let first = all[0].secret.clone();
    let notes = all.into_iter().enumerate();
    let notes = notes.map(|(n, plant)| (format!("planted.notes.n{n}.{}", plant.key), plant.line()));
    notes.chain([("planted.first".to_owned(), first)]).collect()
}

pub(crate) fn register(app: &mut App) {
    let all = one_of_each(OF_PARTS);
    for (number, plant) in all.iter().enumerate() {
        let text = plant.text();
        let step = app.startup_step(text.clone());
        step.tag(&plant.key, &plant.value).tag("note", &text);
        step.step(format!("{number}")).fail(&text);
        tokio::spawn(actuator::task::named(text.clone(), std::future::pending::<()>()));
        app.cache("planted", &text, Quiet).cache(
            &text,
            &format!("failing{number}"),
            Failing(text.clone()),
        );
    }
    scheduled(app, &all);
    app.session_repository(Sessions(all.clone()));
    app.migrations("planted", History(all.clone(), false));
    app.migrations(all[3].text(), History(all.clone(), false));
    app.migrations("broken", History(all.clone(), true));
    for (number, plant) in all.iter().enumerate().step_by(8) {
        app.endpoint(endpoint(&format!("planted{number}"), &plant.text(), &all));
        app.named_component(plant.text(), number);
    }
    app.endpoint(endpoint("planted", "Fails.", &all));
}

/// Tasks whose names, triggers and errors tell something.
fn scheduled(app: &mut App, all: &[Plant]) {
    for (number, plant) in all.iter().enumerate() {
        let (name, text) = (plant.text(), plant.text());
        let schedule = Schedule::custom(&*text, |context| {
            context.last_scheduled().is_none().then(|| context.now())
        });
        app.scheduled(name, schedule, move || {
            let text = text.clone();
            async move {
                assert!(number % 2 == 0, "{text}");
                Err::<(), _>(io::Error::other(text))
            }
        });
    }
    let text = all[30].text();
    app.scheduled("plain", Schedule::fixed_delay(HOUR), move || {
        let text = text.clone();
        async move { Err::<(), _>(text) }
    });
    let text = all[31].text();
    app.scheduled_blocking("panics", Schedule::once(Duration::ZERO), move || {
        assert!(text.is_empty(), "{text}");
    });
}

/// An endpoint that fails with each of the plants.
fn endpoint(id: &str, description: &str, all: &[Plant]) -> CustomEndpoint {
    let texts: Arc<[String]> = all.iter().map(Plant::text).collect();
    CustomEndpoint::new(id)
        .described(description)
        .operation(Operation::read(&[Selector::One("how")]), move |arguments| {
            let texts = Arc::clone(&texts);
            async move {
                let number: usize = arguments.get("how")?;
                let text = texts.get(number).ok_or_else(|| EndpointError::not_found("none"))?;
                match number % 2 {
                    0 => Err(EndpointError::conflict(text)),
                    _ => Err(io::Error::other(text.clone()).into()),
                }
            }
        })
        .operation(Operation::write(&[Selector::One("how")]), |arguments| async move {
            let text: String = arguments.get("text")?;
            Err::<WebEndpointResponse, _>(EndpointError::bad_request(text))
        })
}

struct Quiet;

impl ManagedCache for Quiet {
    fn clear(self: Arc<Self>) -> Clearing {
        Clearing::blocking(|| Ok(()))
    }
}

impl CacheStatistics for Quiet {}

/// Cannot be cleared, and says why.
struct Failing(String);

impl ManagedCache for Failing {
    fn clear(self: Arc<Self>) -> Clearing {
        Clearing::blocking(move || Err(self.0.clone().into()))
    }
}

impl CacheStatistics for Failing {}

struct Sessions(Vec<Plant>);

impl Sessions {
    fn all(&self) -> SessionDetails {
        let now = SystemTime::now();
        SessionDetails {
            id: "s1".to_owned(),
            attribute_names: self.0.iter().map(Plant::text).collect(),
            created: now,
            last_accessed: now,
            max_inactive: HOUR,
            is_expired: false,
        }
    }
}

impl SessionRepository for Sessions {
    fn find_by_username(
        &self,
        username: &str,
    ) -> BoxFuture<'_, Result<Vec<SessionDetails>, RepositoryError>> {
        let number: Option<usize> = username.parse().ok();
        Box::pin(async move {
            match number {
                Some(number) => Err(self.0[number].text().into()),
                None => Ok(vec![self.all()]),
            }
        })
    }

    fn find_by_id(
        &self,
        id: &str,
    ) -> BoxFuture<'_, Result<Option<SessionDetails>, RepositoryError>> {
        let found = (id == "s1").then(|| self.all());
        Box::pin(async move { Ok(found) })
    }

    fn delete_by_id(&self, _: &str) -> BoxFuture<'_, Result<(), RepositoryError>> {
        Box::pin(async { Ok(()) })
    }
}

/// Migrations that hold secrets in every text, or nothing but an error with one.
struct History(Vec<Plant>, bool);

impl MigrationSource for History {
    fn migrations(&self) -> BoxFuture<'_, Result<Vec<Migration>, MigrationError>> {
        let one = |plant: &Plant| {
            let text = plant.text();
            let mut one = Migration::new(text.clone(), text.clone(), MigrationState::Success);
            (one.kind, one.script, one.installed_by) = (text.clone(), text.clone(), Some(text));
            one
        };
        Box::pin(async move {
            if self.1 {
                return Err(self.0[33].text().into());
            }
            Ok(self.0.iter().map(one).collect())
        })
    }
}

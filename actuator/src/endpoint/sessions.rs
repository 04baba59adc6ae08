//! `sessions`: those of a user, one of them, and ending it.

use std::{future::Future, sync::Arc, time::Duration};

use serde::Serialize;
use tokio::time::timeout;

use crate::{
    model::{
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Selector},
        parameter::{Parameter, Shape},
        problem::Problem,
        reply::Reply,
        sanitizer::{SanitizedText, Sanitizer},
    },
    session::{RepositoryError, SessionDetails, SessionRepository},
    support::{application_runtime::ApplicationRuntime, text::shortened, time::iso_instant},
};

/// Bytes of an error that are told.
const MAX_ERROR: usize = 500;

/// Serves sessions in the form of Spring's endpoint (recorded: 3.5.14, 4.1.0).
pub(crate) struct SessionsEndpoint {
    repositories: Vec<Arc<dyn SessionRepository>>,
    runtime: ApplicationRuntime,
    timeout: Duration,
    sanitizer: Sanitizer,
}

const USERNAME: &str = "username";
const ID: &[Selector] = &[Selector::One("sessionId")];
const OF: &[Parameter] =
    &[Parameter::query(USERNAME, Shape::Text, "Whose sessions are shown.").required()];
const THIS: &[Parameter] = &[Parameter::path(
    "sessionId",
    Shape::Text,
    "The id under which a session is shown, not the one that its browser sends.",
)];
const LIST: usize = 0;
const ONE: usize = 1;
const OPERATIONS: [Operation; 3] = [
    Operation::read(&[]).doing("Shows the sessions of a user.").taking(OF),
    Operation::read(ID).doing("Shows one session.").taking(THIS),
    Operation::delete(ID).doing("Ends a session, if it is there.").taking(THIS),
];

impl SessionsEndpoint {
    /// The endpoint of these repositories, each of which is given so long to answer.
    pub(crate) fn new(
        repositories: Vec<Arc<dyn SessionRepository>>,
        runtime: ApplicationRuntime,
        timeout: Duration,
        sanitizer: Sanitizer,
    ) -> Self {
        Self { repositories, runtime, timeout, sanitizer }
    }

    async fn answer(&self, call: Call<'_>) -> EndpointResult {
        if call.operation == LIST {
            let username = call.text(USERNAME);
            let username =
                username.ok_or_else(|| Problem::bad_request("Missing parameters: username"))?;
            return self.list(username).await;
        }
        let id = call.selector(0)?.to_owned();
        if call.operation == ONE { self.one(id).await } else { self.delete(id).await }
    }

    async fn list(&self, username: String) -> EndpointResult {
        let mut sessions = Vec::new();
        for repository in &self.repositories {
            let (repository, username) = (Arc::clone(repository), username.clone());
            let found = async move { repository.find_by_username(&username).await };
            sessions.extend(self.ask(found).await?);
        }
        Reply::json(&SessionsDescriptor {
            sessions: sessions.iter().map(|one| self.descriptor(one)).collect(),
        })
    }

    async fn one(&self, id: String) -> EndpointResult {
        for repository in &self.repositories {
            let (repository, id) = (Arc::clone(repository), id.clone());
            let found = async move { repository.find_by_id(&id).await };
            if let Some(session) = self.ask(found).await? {
                return Reply::json(&self.descriptor(&session));
            }
        }
        Ok(Reply::NotFound)
    }

    async fn delete(&self, id: String) -> EndpointResult {
        for repository in &self.repositories {
            let (repository, id) = (Arc::clone(repository), id.clone());
            self.ask(async move { repository.delete_by_id(&id).await }).await?;
        }
        Ok(Reply::Nothing)
    }

    fn descriptor<'s>(&'s self, session: &'s SessionDetails) -> SessionDescriptor<'s> {
        SessionDescriptor {
            id: &session.id,
            attribute_names: self.sanitizer.all_shown(&session.attribute_names),
            creation_time: iso_instant(session.created),
            last_accessed_time: iso_instant(session.last_accessed),
            // As its owner says it: 1799.99 s from the next moment on are half an hour.
            max_inactive_interval: (session.max_inactive + Duration::from_millis(500)).as_secs(),
            expired: session.is_expired,
        }
    }

    /// The answer of a repository, on the application's runtime and in time.
    async fn ask<T: Send + 'static>(
        &self,
        question: impl Future<Output = Result<T, RepositoryError>> + Send + 'static,
    ) -> Result<T, Problem> {
        match timeout(self.timeout, self.runtime.run(question)).await {
            Ok(Some(Ok(answer))) => Ok(answer),
            Ok(Some(Err(error))) => {
                let error = error.to_string();
                // Cut before, half a password would not be known as one.
                let error = self.sanitizer.sanitize_text(&error);
                let error = shortened(&error, MAX_ERROR);
                Err(Problem::internal(format!("the sessions cannot be had: {error}")))
            }
            Ok(None) => Err(Problem::internal(
                "the sessions cannot be had: looking them up panicked, or the service is stopping",
            )),
            Err(_) => Err(Problem::internal(format!(
                "the sessions were not to be had within {:?} (actuator.sessions.timeout)",
                self.timeout
            ))),
        }
    }
}

impl Endpoint for SessionsEndpoint {
    fn id(&self) -> &'static str {
        "sessions"
    }

    fn description(&self) -> &'static str {
        "The sessions of the application's users."
    }

    fn operations(&self) -> &[Operation] {
        &OPERATIONS
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(self.answer(call))
    }
}

#[derive(Serialize)]
struct SessionsDescriptor<'s> {
    sessions: Vec<SessionDescriptor<'s>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionDescriptor<'s> {
    id: &'s str,
    attribute_names: Vec<SanitizedText<'s>>,
    creation_time: String,
    last_accessed_time: String,
    /// In seconds.
    max_inactive_interval: u64,
    expired: bool,
}

//! Who knows the sessions.

use std::{
    error::Error,
    sync::Arc,
    time::{Duration, SystemTime},
};

use crate::model::endpoint::BoxFuture;

/// Why sessions could not be looked up or ended. Its text is for the log.
pub type RepositoryError = Box<dyn Error + Send + Sync>;

/// Sessions that can be found by their user, as Spring's `FindByIndexNameSessionRepository`.
///
/// It is asked on the application's runtime, and given up after `actuator.sessions.timeout`.
///
/// ```
/// use actuator::{App, session::{RepositoryError, SessionDetails, SessionRepository}};
/// use actuator::security::BoxFuture;
///
/// struct Sessions; // with a pool of connections
///
/// impl SessionRepository for Sessions {
///     fn find_by_username(
///         &self,
///         username: &str,
///     ) -> BoxFuture<'_, Result<Vec<SessionDetails>, RepositoryError>> {
///         // select public_id, … from sessions where username = $1 order by created desc limit 1000
///         # let _ = username;
///         Box::pin(async { Ok(Vec::new()) })
///     }
///
///     fn find_by_id(&self, id: &str) -> BoxFuture<'_, Result<Option<SessionDetails>, RepositoryError>> {
///         # let _ = id;
///         Box::pin(async { Ok(None) })
///     }
///
///     fn delete_by_id(&self, id: &str) -> BoxFuture<'_, Result<(), RepositoryError>> {
///         # let _ = id;
///         Box::pin(async { Ok(()) })
///     }
/// }
///
/// fn setup(app: &mut App) {
///     app.session_repository(Sessions);
/// }
/// ```
pub trait SessionRepository: Send + Sync + 'static {
    /// The sessions of a user; a bounded number of them.
    fn find_by_username(
        &self,
        username: &str,
    ) -> BoxFuture<'_, Result<Vec<SessionDetails>, RepositoryError>>;

    /// The session under a shown id.
    fn find_by_id(
        &self,
        id: &str,
    ) -> BoxFuture<'_, Result<Option<SessionDetails>, RepositoryError>>;

    /// Ends the session under a shown id. One that is not there is no error.
    fn delete_by_id(&self, id: &str) -> BoxFuture<'_, Result<(), RepositoryError>>;
}

impl<T: SessionRepository + ?Sized> SessionRepository for Arc<T> {
    fn find_by_username(
        &self,
        username: &str,
    ) -> BoxFuture<'_, Result<Vec<SessionDetails>, RepositoryError>> {
        (**self).find_by_username(username)
    }

    fn find_by_id(
        &self,
        id: &str,
    ) -> BoxFuture<'_, Result<Option<SessionDetails>, RepositoryError>> {
        (**self).find_by_id(id)
    }

    fn delete_by_id(&self, id: &str) -> BoxFuture<'_, Result<(), RepositoryError>> {
        (**self).delete_by_id(id)
    }
}

/// What is shown of a session. The values of its attributes are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionDetails {
    /// The id under which it is shown and ended. **Never the one that its browser sends:** whoever
    /// reads that can take the session over.
    pub id: String,
    /// The names of what is kept in it.
    pub attribute_names: Vec<String>,
    /// When it began.
    pub created: SystemTime,
    /// When it was used last.
    pub last_accessed: SystemTime,
    /// How long it lives without being used.
    pub max_inactive: Duration,
    /// Whether that is over.
    pub is_expired: bool,
}

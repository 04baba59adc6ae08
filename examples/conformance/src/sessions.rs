//! The sessions of the recorded application: three of its user alice, in each of two recordings.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use actuator::{
    App,
    security::BoxFuture,
    session::{RepositoryError, SessionDetails, SessionRepository},
};

const IDS: [&str; 6] = [
    "d4a89321-21d5-4a3e-a33c-1cc72adf0c68",
    "85fbe5ac-532a-4fb9-94ea-834ef11ded15",
    "0c511387-5d88-4a6f-9ff1-4274a866dd8d",
    "aa548032-cb75-419d-9bfd-76ccd6266f94",
    "4b827178-26bc-4631-8202-467abde14dd4",
    "cefc8d59-3ade-4307-bba8-6d09413772ac",
];
const ATTRIBUTES: [&str; 2] = [
    "org.springframework.session.FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME",
    "cart",
];

/// The sessions of alice that have not been ended.
struct Recorded(Mutex<Vec<SessionDetails>>);

impl Recorded {
    fn sessions(&self) -> MutexGuard<'_, Vec<SessionDetails>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SessionRepository for Recorded {
    fn find_by_username(
        &self,
        username: &str,
    ) -> BoxFuture<'_, Result<Vec<SessionDetails>, RepositoryError>> {
        let found = if username == "alice" { self.sessions().clone() } else { Vec::new() };
        Box::pin(std::future::ready(Ok(found)))
    }

    fn find_by_id(
        &self,
        id: &str,
    ) -> BoxFuture<'_, Result<Option<SessionDetails>, RepositoryError>> {
        let found = self.sessions().iter().find(|session| session.id == id).cloned();
        Box::pin(std::future::ready(Ok(found)))
    }

    fn delete_by_id(&self, id: &str) -> BoxFuture<'_, Result<(), RepositoryError>> {
        self.sessions().retain(|session| session.id != id);
        Box::pin(std::future::ready(Ok(())))
    }
}

/// Registers them.
pub fn register(app: &mut App) {
    let now = SystemTime::now();
    let session = |id: &str| SessionDetails {
        id: id.to_owned(),
        attribute_names: ATTRIBUTES.map(str::to_owned).into(),
        created: now,
        last_accessed: now,
        max_inactive: Duration::from_mins(30),
        is_expired: false,
    };
    app.session_repository(Recorded(Mutex::new(IDS.map(session).into())));
}

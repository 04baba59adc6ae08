//! Sessions: who knows them, and the endpoint over that.

use std::sync::Arc;

use super::{app::App, further::Ground};
use crate::{
    endpoint::SessionsEndpoint, model::endpoint::SharedEndpoint, session::SessionRepository,
};

impl App {
    /// Registers who knows the sessions of the application's users: `/actuator/sessions` shows those
    /// of a user, and ends them. Of several each is asked. A store of `tower-sessions` registers
    /// itself, by `App::session_store` (feature `tower-sessions`).
    pub fn session_repository(&mut self, repository: impl SessionRepository) -> &mut Self {
        self.stores.sessions.push(Arc::new(repository));
        self
    }
}

/// `sessions`, where somebody knows them.
pub(super) fn endpoint(ground: &mut Ground<'_>) -> Option<SharedEndpoint> {
    let repositories = std::mem::take(&mut ground.app.stores.sessions);
    if repositories.is_empty() {
        return None;
    }
    let timeout = ground.basics.config.stores.sessions.timeout;
    let sanitizer = ground.basics.sanitizer.clone();
    Some(Arc::new(SessionsEndpoint::new(repositories, ground.runtime.clone(), timeout, sanitizer)))
}

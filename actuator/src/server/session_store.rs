//! Stores of `tower-sessions`.

use tower_sessions_core::SessionStore;

use super::app::App;
use crate::{
    session::{IndexedSessionStore, SessionSettings},
    settings::SettingsReader,
};

impl App {
    /// Makes the sessions of a store of `tower-sessions` known to `/actuator/sessions`: give what
    /// comes back to `SessionManagerLayer`, in place of the store.
    ///
    /// Whose a session is, the attribute of `actuator.sessions.username-attribute` says (`username`;
    /// a member of it behind a `/`, as in `axum-login.data/user_id`), or
    /// [`IndexedSessionStore::username_with`].
    ///
    /// ```
    /// use actuator::App;
    /// use axum::{Router, routing::post};
    /// use tower_sessions::{MemoryStore, Session, SessionManagerLayer};
    ///
    /// async fn login(session: Session) {
    ///     let _ = session.insert("username", "alice").await;
    /// }
    ///
    /// fn setup(app: &mut App) -> Router {
    ///     let sessions = app.session_store(MemoryStore::default());
    ///     Router::new().route("/login", post(login)).layer(SessionManagerLayer::new(sessions))
    /// }
    /// ```
    pub fn session_store<S: SessionStore>(&mut self, store: S) -> IndexedSessionStore<S> {
        // Bad values were refused before the set-up.
        let settings = SessionSettings::read(&mut SettingsReader::new(&self.settings));
        let store = IndexedSessionStore::new(store, &settings);
        self.session_repository(store.clone());
        store
    }
}

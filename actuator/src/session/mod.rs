//! The sessions of the application's users, by user: the matter of `/actuator/sessions`.
//!
//! What keeps sessions is the application's choice. A store of `tower-sessions` is wrapped by
//! `App::session_store` (feature `tower-sessions`), which remembers in a bounded
//! [`SessionIndex`] whose sessions there are; any other is a [`SessionRepository`].
//!
//! **The id of a session is a secret:** whoever has it is its user. So no id is shown that a browser
//! could send: [`SessionIndex`] makes up another one for each session.

mod index;
mod repository;
mod settings;
#[cfg(feature = "tower-sessions")]
mod tower_store;
#[cfg(feature = "tower-sessions")]
mod username;

pub use index::{SessionIndex, SessionState};
pub use repository::{RepositoryError, SessionDetails, SessionRepository};
#[cfg(feature = "tower-sessions")]
pub use tower_store::IndexedSessionStore;

pub(crate) use settings::SessionSettings;

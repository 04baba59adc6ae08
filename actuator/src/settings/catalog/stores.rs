//! Caches, sessions, migrations: what the application keeps.

use super::{Entry, Kind, catalog};

/// These names.
#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = catalog! {
    "actuator.caches.clear-timeout" Duration "10s" "How long whoever clears caches waits for each; the clearing itself goes on.";
    "actuator.compat.flyway" Bool "true" "Whether migrations are served as flyway too, the id that Spring Boot Admin knows.";
    "actuator.migrations.timeout" Duration "5s" "How long a database may take to tell of its migrations.";
    "actuator.sessions.max-indexed" Number "10000" "How many sessions of a store of tower-sessions are known, 1 to 1000000; those used longest ago are forgotten first.";
    "actuator.sessions.timeout" Duration "5s" "How long a store of sessions may take to answer.";
    "actuator.sessions.username-attribute" Text "username" "Attribute of a session that names its user; a member of it behind a slash.";
};

//! What is known of a migration. Names and meanings are Flyway's.

use std::time::{Duration, SystemTime};

/// A migration of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Migration {
    /// What kind of thing it is: `SQL` unless somebody says otherwise.
    pub kind: String,
    /// Its number, mostly a time stamp; `None` for one that is applied whenever it has changed.
    pub version: Option<String>,
    /// What it is for, in words.
    pub description: String,
    /// The name of its file; empty if it has none.
    pub script: String,
    /// What has become of it.
    pub state: MigrationState,
    /// A number that is another one if its text is another one.
    pub checksum: Option<i32>,
    /// Whether it was applied with another text than the one that is there now.
    pub is_changed: bool,
    /// The user of the database who applied it.
    pub installed_by: Option<String>,
    /// When it was applied.
    pub installed_on: Option<SystemTime>,
    /// Where it stands in the order of those that were applied, from 1.
    pub installed_rank: Option<u32>,
    /// How long that took.
    pub execution_time: Option<Duration>,
}

impl Migration {
    /// One of which no more is known than this; the other fields can be set.
    pub fn new(
        version: impl Into<String>,
        description: impl Into<String>,
        state: MigrationState,
    ) -> Self {
        Self {
            kind: "SQL".to_owned(),
            version: Some(version.into()),
            description: description.into(),
            script: String::new(),
            state,
            checksum: None,
            is_changed: false,
            installed_by: None,
            installed_on: None,
            installed_rank: None,
            execution_time: None,
        }
    }
}

/// What has become of a migration: the states of Flyway that other tools have too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MigrationState {
    /// Where the database stood when it was first managed.
    Baseline,
    /// Not applied yet.
    Pending,
    /// Applied.
    Success,
    /// Begun, and not ended.
    Failed,
    /// Applied, and not among those that the application brings along.
    MissingSuccess,
    /// Failed, and not among them.
    MissingFailed,
    /// Applied by a newer version of the application.
    FutureSuccess,
    /// Failed in a newer version of the application.
    FutureFailed,
    /// Applied with another text, and to be applied again.
    Outdated,
    /// Taken back.
    Undone,
}

impl MigrationState {
    /// As Flyway spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Baseline => "BASELINE",
            Self::Pending => "PENDING",
            Self::Success => "SUCCESS",
            Self::Failed => "FAILED",
            Self::MissingSuccess => "MISSING_SUCCESS",
            Self::MissingFailed => "MISSING_FAILED",
            Self::FutureSuccess => "FUTURE_SUCCESS",
            Self::FutureFailed => "FUTURE_FAILED",
            Self::Outdated => "OUTDATED",
            Self::Undone => "UNDONE",
        }
    }
}

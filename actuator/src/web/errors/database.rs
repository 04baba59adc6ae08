//! What an error of a database is to the caller: a constraint that is violated is the request's
//! fault, and said without the statement, the values or the names of tables.

#[cfg(any(feature = "sqlx-mysql", feature = "sqlx-postgres", feature = "sqlx-sqlite"))]
mod constraint;

#[cfg(not(any(feature = "sqlx-mysql", feature = "sqlx-postgres", feature = "sqlx-sqlite")))]
mod no_constraint;
#[cfg(not(any(feature = "sqlx-mysql", feature = "sqlx-postgres", feature = "sqlx-sqlite")))]
use no_constraint as constraint;

use std::error::Error as StdError;

use http::StatusCode;

/// How many causes of an error are looked at.
pub(super) const MAX_CAUSES: usize = 16;

/// What an error with its causes says to the caller, if a database refused what was to be written.
pub(super) fn refused(error: &(dyn StdError + 'static)) -> Option<(StatusCode, &'static str)> {
    causes(error).find_map(constraint::refused)
}

/// Whether the text of this error is the database's, which may quote values.
pub(super) fn is_of_database(error: &(dyn StdError + 'static)) -> bool {
    constraint::is_error(error)
}

/// The error and its causes.
pub(super) fn causes<'e>(
    error: &'e (dyn StdError + 'static),
) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    let source = |error: &&'e (dyn StdError + 'static)| -> Option<&'e (dyn StdError + 'static)> {
        let error: &'e (dyn StdError + 'static) = *error;
        error.source()
    };
    std::iter::successors(Some(error), source).take(MAX_CAUSES)
}

#[cfg(all(test, feature = "sqlx-sqlite"))]
mod tests;

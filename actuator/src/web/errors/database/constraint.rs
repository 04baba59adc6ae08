//! Errors of sqlx: which constraint was violated, whatever the database.

use std::error::Error as StdError;

use http::StatusCode;
use sqlx::error::{DatabaseError, ErrorKind};

/// The status and the words for a violated constraint, or for values that do not fit (class 22 of
/// SQLSTATE, which PostgreSQL and MySQL tell).
pub(super) fn refused(error: &(dyn StdError + 'static)) -> Option<(StatusCode, &'static str)> {
    let Some(sqlx::Error::Database(error)) = error.downcast_ref() else { return None };
    Some(match error.kind() {
        ErrorKind::UniqueViolation => (StatusCode::CONFLICT, "This value is already in use."),
        ErrorKind::ForeignKeyViolation => {
            (StatusCode::CONFLICT, "What this refers to does not exist, or is still in use.")
        }
        ErrorKind::ExclusionViolation => {
            (StatusCode::CONFLICT, "This collides with what is already there.")
        }
        ErrorKind::NotNullViolation => (StatusCode::BAD_REQUEST, "A required value is missing."),
        ErrorKind::CheckViolation => (StatusCode::BAD_REQUEST, "A value is not allowed."),
        _ if does_not_fit(&**error) => (StatusCode::BAD_REQUEST, "A value is not allowed."),
        _ => return None,
    })
}

/// Whether this is an error of sqlx.
pub(super) fn is_error(error: &(dyn StdError + 'static)) -> bool {
    error.is::<sqlx::Error>()
}

fn does_not_fit(error: &dyn DatabaseError) -> bool {
    error.code().is_some_and(|code| code.len() == 5 && code.starts_with("22"))
}

//! Without a database of sqlx no error is one of its.

use std::error::Error as StdError;

use http::StatusCode;

/// Nothing is a violated constraint.
pub(super) fn refused(_: &(dyn StdError + 'static)) -> Option<(StatusCode, &'static str)> {
    None
}

/// Nothing is an error of a database.
pub(super) fn is_error(_: &(dyn StdError + 'static)) -> bool {
    false
}

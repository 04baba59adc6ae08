//! The error answers of an application as documents: Spring's form, or problem details (RFC 9457).
//!
//! `layer` decides what becomes of an answer, `rewrite` turns it into a document, `document` writes
//! it (that of the management API too), `told` logs it. `http_error` is what handlers return.
//!
//! The layer stands inside of [`super::ActuatorLayer`]: what it catches is named in an extension of
//! the response ([`Handled`]), by which the recording knows of a panic that has become an answer.

mod database;
mod document;
mod http_error;
mod layer;
#[cfg(test)]
mod property_tests;
mod rewrite;
mod settings;
mod told;
mod without_sql;

pub(super) use document::{ErrorDocument, page};
pub use http_error::HttpError;
pub use layer::ErrorLayer;
pub(crate) use settings::{ErrorSettings, Includes};

/// What an error answer was made of, for the records of the request: the type of the error, or
/// `panic`. It is an extension of the response.
#[derive(Clone, Copy, Debug)]
pub(in crate::web) struct Handled(pub(in crate::web) &'static str);

/// An extension of responses that are the management API's: its errors have their form already, and
/// an empty body is meant to be empty.
#[derive(Clone, Copy, Debug)]
pub(in crate::web) struct OfManagement;

#[cfg(test)]
mod tests;

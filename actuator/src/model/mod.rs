//! The vocabulary of the crate: what an endpoint is, what it is asked and what it answers.
//!
//! Everything here is plain data. It names no web framework, no subject and no wire format, so
//! that every floor above may use it (see `ARCHITECTURE.md`, "Floors").

pub(crate) mod access;
pub(crate) mod answer;
pub(crate) mod call;
pub(crate) mod component;
pub(crate) mod condition;
#[cfg(any(feature = "sqlx-mysql", feature = "sqlx-postgres", feature = "sqlx-sqlite"))]
pub(crate) mod database_pool;
pub(crate) mod endpoint;
pub(crate) mod mapping;
#[cfg(any(
    feature = "redis",
    feature = "sqlx-mysql",
    feature = "sqlx-postgres",
    feature = "sqlx-sqlite"
))]
pub(crate) mod naming;
pub(crate) mod parameter;
pub(crate) mod peer;
pub(crate) mod principal;
pub(crate) mod problem;
pub(crate) mod propagation;
#[cfg(test)]
mod property_tests;
pub(crate) mod provider;
pub(crate) mod redacted;
pub(crate) mod reply;
pub(crate) mod request;
pub(crate) mod request_scope;
pub(crate) mod sanitizer;
pub(crate) mod schema;
pub(crate) mod show;
pub(crate) mod source;
pub(crate) mod stack_frame;
pub(crate) mod surface;
pub(crate) mod trace_context;
pub(crate) mod web_request;

//! What happened, as plain data: taken where it happens, written for Sentry elsewhere.

use std::{sync::Arc, time::SystemTime};

use serde_json::Value;
use tracing::Level;

use super::transaction::Place;
use crate::model::request::RequestContext;

/// An event for Sentry.
#[derive(Debug)]
pub(super) struct Report {
    /// When it happened.
    pub(super) at: SystemTime,
    /// How bad it is.
    pub(super) severity: Severity,
    /// The target of the line; of a panic, `panic`.
    pub(super) target: String,
    /// What the line says.
    pub(super) message: String,
    /// The errors in it, each with what caused it behind it.
    pub(super) errors: Vec<ErrorText>,
    /// Its fields and those of the spans around it.
    pub(super) fields: Vec<NamedValue>,
    /// Where in the source.
    pub(super) location: Option<Location>,
    /// On which thread.
    pub(super) thread: Option<String>,
    /// The request that it happened in.
    pub(super) request: Option<RequestContext>,
    /// Where in a trace, if the request is timed.
    pub(super) place: Option<Place>,
    /// Lines before it, the oldest first.
    pub(super) breadcrumbs: Vec<Arc<Breadcrumb>>,
}

/// How bad it is, in Sentry's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Severity {
    /// A panic.
    Fatal,
    /// The level of a line.
    Of(Level),
}

impl Severity {
    /// As Sentry names it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Fatal => "fatal",
            Self::Of(Level::ERROR) => "error",
            Self::Of(Level::WARN) => "warning",
            Self::Of(Level::INFO) => "info",
            Self::Of(_) => "debug",
        }
    }
}

/// An error, as far as it can be seen from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ErrorText {
    /// Its type.
    pub(super) kind: String,
    /// What it says.
    pub(super) text: String,
}

/// A field.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NamedValue {
    /// The span that it is of, if not of the event itself.
    pub(super) span: Option<&'static str>,
    /// Its name.
    pub(super) name: &'static str,
    /// Its value.
    pub(super) value: Value,
}

/// A place in the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Location {
    /// The file, as the compiler knows it.
    pub(super) file: String,
    /// The line, from 1.
    pub(super) line: u32,
}

/// A line that was written before.
#[derive(Debug)]
pub(super) struct Breadcrumb {
    /// When.
    pub(super) at: SystemTime,
    /// How bad.
    pub(super) severity: Severity,
    /// Its target.
    pub(super) target: String,
    /// What it says.
    pub(super) message: String,
    /// Its fields.
    pub(super) fields: Vec<NamedValue>,
}

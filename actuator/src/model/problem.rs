//! Why a call has no answer. Rendered in one place, `web::problem`.

use std::fmt;

/// A refused or failed call: the HTTP status, and the reason for the log.
///
/// The reason is shown to the caller only where `server.error.include-message` allows it, so it
/// must not hold secrets all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    kind: ProblemKind,
    reason: String,
}

/// The kinds of refusal that an endpoint can express.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// 400: a parameter is missing or cannot be read.
    BadRequest,
    /// 500: the operation failed.
    Internal,
    /// Another status from 400 on, which the endpoint chose.
    Status(u16),
}

impl Problem {
    /// 400 with a reason.
    pub fn bad_request(reason: impl Into<String>) -> Self {
        Self { kind: ProblemKind::BadRequest, reason: reason.into() }
    }

    /// 500 with a reason.
    pub fn internal(reason: impl Into<String>) -> Self {
        Self { kind: ProblemKind::Internal, reason: reason.into() }
    }

    /// This status, which has to be one of an error, with a reason; 500 for any other.
    pub fn with_status(status: u16, reason: impl Into<String>) -> Self {
        let status = if (400..=599).contains(&status) { status } else { 500 };
        Self { kind: ProblemKind::Status(status), reason: reason.into() }
    }

    /// The HTTP status code.
    pub fn status(&self) -> u16 {
        match self.kind {
            ProblemKind::BadRequest => 400,
            ProblemKind::Internal => 500,
            ProblemKind::Status(status) => status,
        }
    }

    /// The reason, for the log and for callers that may see it.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.status(), self.reason)
    }
}

impl std::error::Error for Problem {}

impl From<serde_json::Error> for Problem {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(format!("the answer cannot be written as JSON: {error}"))
    }
}

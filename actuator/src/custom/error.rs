//! Why an operation of the application gave no answer.

use std::{any::Any, error::Error as StdError, fmt};

use crate::model::problem::Problem;

/// What an operation returns when it cannot answer: a status, and a reason for the log.
///
/// Any error becomes one with `?`: status 500. The caller gets Spring's error document, with the
/// reason only where `server.error.include-message` allows it.
///
/// ```
/// use actuator::{custom::EndpointError, endpoint};
///
/// #[derive(Default)]
/// struct Reports;
///
/// #[endpoint(id = "reports")]
/// impl Reports {
///     /// One report.
///     #[read]
///     fn one(&self, #[selector] name: &str) -> Result<String, EndpointError> {
///         if name.starts_with('.') {
///             return Err(EndpointError::bad_request("a report has no dot in front"));
///         }
///         Ok(std::fs::read_to_string(format!("reports/{name}"))?) // 500, the cause is logged
///     }
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct EndpointError {
    status: u16,
    reason: String,
}

impl EndpointError {
    /// An error of this status; of one that is no error (400 to 599) it is 500.
    pub fn new(status: u16, reason: impl Into<String>) -> Self {
        Self { status, reason: reason.into() }
    }

    /// 400: the call makes no sense.
    pub fn bad_request(reason: impl Into<String>) -> Self {
        Self::new(400, reason)
    }

    /// 404: there is no such thing, with an error document; `None` is the same without one.
    pub fn not_found(reason: impl Into<String>) -> Self {
        Self::new(404, reason)
    }

    /// 409: it does not go with what is there.
    pub fn conflict(reason: impl Into<String>) -> Self {
        Self::new(409, reason)
    }

    /// 429: too many at once.
    pub fn too_many_requests(reason: impl Into<String>) -> Self {
        Self::new(429, reason)
    }

    /// 500: it went wrong.
    pub fn internal(reason: impl Into<String>) -> Self {
        Self::new(500, reason)
    }

    /// 503: it cannot be done now.
    pub fn unavailable(reason: impl Into<String>) -> Self {
        Self::new(503, reason)
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// What an operation gave as its error: one of these as it is, any other as 500.
    pub(crate) fn of<E: fmt::Display + 'static>(error: E) -> Self {
        let any: &dyn Any = &error;
        any.downcast_ref::<Self>().cloned().unwrap_or_else(|| Self::internal(error.to_string()))
    }
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl fmt::Debug for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.status, self.reason)
    }
}

impl<E: StdError> From<E> for EndpointError {
    fn from(error: E) -> Self {
        use fmt::Write as _;
        let mut reason = error.to_string();
        let mut cause = error.source();
        // What an error says may be of any length and depth.
        while let Some(why) = cause.filter(|_| reason.len() < 2_000) {
            // Writing to a String cannot fail.
            let _ = write!(reason, ": {why}");
            cause = why.source();
        }
        Self::internal(reason)
    }
}

impl From<EndpointError> for Problem {
    fn from(error: EndpointError) -> Self {
        Self::with_status(error.status, error.reason)
    }
}

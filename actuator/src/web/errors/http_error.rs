//! The error that handlers return.

use std::{
    any::type_name, backtrace::Backtrace, backtrace::BacktraceStatus, error::Error as StdError,
    fmt, fmt::Write as _, sync::Arc,
};

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::Value;

use super::{Handled, database, document::ProblemMembers, told::Told, without_sql::without_sql};
use crate::{
    model::sanitizer::BEYOND,
    support::text::{shortened, simple_type_name},
};

/// Bytes of a trace.
pub(super) const MAX_TRACE: usize = 16 * 1024;
/// The type of a problem that has none of its own (RFC 9457 4.2.1).
const BLANK: &str = "about:blank";
/// The members of problem details that are no extensions (RFC 9457 3.1), and those of the layer.
const RESERVED: [&str; 8] =
    ["type", "title", "status", "detail", "instance", "requestId", "exception", "trace"];

/// What a handler returns when it cannot answer: a status, words for the caller, and a cause for
/// the log only.
///
/// Any error becomes one with `?`: status 500, and the caller is not told why. Of errors of sqlx
/// (with its features), also where they are the cause of another error, violated constraints are 409
/// or 400, with words that quote neither statement nor values.
///
/// ```
/// use actuator::HttpError;
/// use axum::extract::Path;
///
/// async fn price(Path(id): Path<u64>) -> Result<String, HttpError> {
///     if id == 0 {
///         return Err(HttpError::not_found("there is no article 0"));
///     }
///     let price = std::fs::read_to_string(format!("prices/{id}"))?; // 500, the cause is logged
///     let cents: u64 = price.trim().parse().map_err(|error| {
///         HttpError::internal(error).with_detail("the price of this article is broken")
///     })?;
///     Ok(cents.to_string())
/// }
/// ```
///
/// It is logged once, when it becomes a response: 5xx at ERROR, 401 at DEBUG, others at WARN. With
/// the [`ErrorLayer`](super::ErrorLayer) the caller gets a document; without it the detail as text.
pub struct HttpError {
    parts: Box<Parts>,
}

/// What an error is made of.
struct Parts {
    status: StatusCode,
    kind: Option<String>,
    title: Option<String>,
    detail: Option<String>,
    extensions: Vec<(String, Value)>,
    headers: HeaderMap,
    cause: Option<Cause>,
}

struct Cause {
    error: Box<dyn StdError + Send + Sync>,
    type_name: &'static str,
    backtrace: Backtrace,
}

impl HttpError {
    /// An error of this status; of one that is no error it is 500.
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        Self {
            parts: Box::new(Parts {
                status: error_status(status),
                kind: None,
                title: None,
                detail: None,
                extensions: Vec::new(),
                headers: HeaderMap::new(),
                cause: None,
            }),
        }
    }

    /// 400: the request cannot be understood, or makes no sense.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST).with_detail(detail)
    }

    /// 403: the caller may not do that.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN).with_detail(detail)
    }

    /// 404: there is no such thing.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND).with_detail(detail)
    }

    /// 409: it does not go with what is there.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT).with_detail(detail)
    }

    /// 503: it cannot be done now.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE).with_detail(detail)
    }

    /// 500 because of this error, whatever it is: also of one that is no `std::error::Error`, such
    /// as anyhow's.
    pub fn internal<E: Into<Box<dyn StdError + Send + Sync>>>(cause: E) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR).with_cause(cause)
    }

    /// With another status; of one that is no error it is 500.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.parts.status = error_status(status);
        self
    }

    /// With words for the caller. Problem details show them always (`detail`), Spring's form
    /// where `server.error.include-message` allows it (`message`).
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.parts.detail = Some(detail.into());
        self
    }

    /// With the kind of problem, for problem details: a URI that names it, and what it is called.
    #[must_use]
    pub fn with_type(mut self, uri: impl Into<String>, title: impl Into<String>) -> Self {
        self.parts.kind = Some(uri.into());
        self.parts.title = Some(title.into());
        self
    }

    /// With a further member of problem details; what cannot be written as JSON, and the names of
    /// their own members, are left out.
    #[must_use]
    pub fn with_extension(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        let name = name.into();
        if let Ok(value) = serde_json::to_value(value)
            && !RESERVED.contains(&name.as_str())
        {
            self.parts.extensions.retain(|(known, _)| *known != name);
            self.parts.extensions.push((name, value));
        }
        self
    }

    /// With a header of the answer, such as `Retry-After` or `WWW-Authenticate`.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.parts.headers.append(name, value);
        self
    }

    /// With the error that it comes from: for the log, and for those whom settings let see it.
    #[must_use]
    pub fn with_cause<E: Into<Box<dyn StdError + Send + Sync>>>(mut self, cause: E) -> Self {
        self.parts.cause = Some(Cause {
            error: cause.into(),
            type_name: type_name::<E>(),
            backtrace: Backtrace::capture(),
        });
        self
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.parts.status
    }

    /// The words for the caller.
    pub fn detail(&self) -> Option<&str> {
        self.parts.detail.as_deref()
    }

    /// The error that it comes from.
    pub fn cause(&self) -> Option<&(dyn StdError + 'static)> {
        self.parts.cause.as_ref().map(Cause::as_error)
    }
}

fn error_status(status: StatusCode) -> StatusCode {
    let is_error = status.is_client_error() || status.is_server_error();
    if is_error { status } else { StatusCode::INTERNAL_SERVER_ERROR }
}

/// Any error: 500, unless a database refused what was to be written.
///
/// `HttpError` itself does not implement `std::error::Error`: the two exclude each other.
impl<E: StdError + Send + Sync + 'static> From<E> for HttpError {
    fn from(cause: E) -> Self {
        match database::refused(&cause) {
            Some((status, detail)) => Self::new(status).with_detail(detail).with_cause(cause),
            None => Self::internal(cause),
        }
    }
}

impl IntoResponse for HttpError {
    fn into_response(mut self) -> Response {
        Told {
            status: self.status(),
            request: None,
            is_matched: true,
            reason: self.detail(),
            error: self.cause(),
        }
        .write();
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status();
        if let Some(detail) = self.detail() {
            *response.body_mut() = Body::from(detail.to_owned());
            let text = HeaderValue::from_static("text/plain; charset=utf-8");
            response.headers_mut().insert(header::CONTENT_TYPE, text);
        }
        response.headers_mut().extend(std::mem::take(&mut self.parts.headers));
        if let Some(cause) = &self.parts.cause {
            response.extensions_mut().insert(Handled(simple_type_name(cause.type_name)));
        }
        response.extensions_mut().insert(Thrown(Arc::from(self.parts)));
        response
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.parts.status)?;
        match (&self.parts.detail, &self.parts.cause) {
            (Some(detail), _) => write!(f, ": {detail}"),
            (None, Some(cause)) => write!(f, ": {}", cause.error),
            (None, None) => Ok(()),
        }
    }
}

impl fmt::Debug for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpError")
            .field("status", &self.parts.status)
            .field("detail", &self.parts.detail)
            .field("cause", &self.parts.cause.as_ref().map(|cause| &cause.error))
            .finish_non_exhaustive()
    }
}

/// An [`HttpError`] that has become a response: its parts, for the layer.
#[derive(Clone)]
pub(super) struct Thrown(Arc<Parts>);

impl Thrown {
    /// The words for the caller.
    pub(super) fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// What only problem details have.
    pub(super) fn problem_members(&self) -> ProblemMembers<'_> {
        ProblemMembers {
            kind: self.0.kind.as_deref().unwrap_or(BLANK),
            title: self.0.title.as_deref(),
            extensions: &self.0.extensions,
        }
    }

    /// The type of the error that it comes from.
    pub(super) fn exception(&self) -> Option<&'static str> {
        self.0.cause.as_ref().map(|cause| cause.type_name)
    }

    /// The error that it comes from and its causes, a line each, and where that was if the process
    /// records backtraces. Without statements, and without what databases say.
    pub(super) fn trace(&self) -> Option<String> {
        let cause = self.0.cause.as_ref()?;
        let mut trace = String::new();
        let causes = || database::causes(cause.as_error());
        let hidden = causes().find(|error| database::is_of_database(*error));
        let hidden = hidden.map(ToString::to_string);
        for (index, error) in causes().enumerate() {
            let start = if index == 0 { cause.type_name } else { "Caused by" };
            let text = error.to_string();
            // Errors often repeat what they come from.
            let text = match &hidden {
                Some(hidden) => text.replace(hidden, "an error of the database"),
                None => text,
            };
            // Writing to a String cannot fail.
            let _ = writeln!(trace, "{start}: {}", without_sql(&text));
            if database::is_of_database(error) {
                // What is below it is the database's text too.
                break;
            }
        }
        if cause.backtrace.status() == BacktraceStatus::Captured {
            let _ = write!(trace, "{}", cause.backtrace);
        }
        Some(shortened(&trace, MAX_TRACE + BEYOND).to_owned())
    }
}

impl Default for ProblemMembers<'_> {
    fn default() -> Self {
        Self { kind: BLANK, title: None, extensions: &[] }
    }
}

impl Cause {
    fn as_error(&self) -> &(dyn StdError + 'static) {
        &*self.error
    }
}

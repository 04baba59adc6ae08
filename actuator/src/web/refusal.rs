//! Every refusal in one place: the contract's error document, page, or empty body.
//!
//! Shape and negotiation as Spring's `BasicErrorController` (recorded: golden `index/unknown-*`,
//! `*/get-accept-*`, `run-error-messages`).

use axum::{body::Body, response::Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use super::{
    errors::{ErrorDocument, ErrorSettings, Includes, page},
    media_type::{Accept, ErrorForm},
};
use crate::model::problem::Problem;

/// A refusal on its way to the caller.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    reason: String,
    header: Option<(header::HeaderName, String)>,
    /// Whether strangers can cause it as often as they like: it is not worth a warning.
    quiet: bool,
    /// A text instead of a document, without a type.
    text: Option<&'static str>,
}

impl Refusal {
    /// A refusal with a status and a reason.
    pub(crate) fn new(status: StatusCode, reason: impl Into<String>) -> Self {
        Self { status, reason: reason.into(), header: None, quiet: false, text: None }
    }

    /// A refusal whose body is this text, whatever the caller reads.
    pub(super) fn text(status: StatusCode, text: &'static str) -> Self {
        Self { text: Some(text), ..Self::new(status, text) }
    }

    /// 404 for a path that nothing answers.
    pub(crate) fn not_found(path: &str) -> Self {
        let path = path.trim_start_matches('/');
        Self::new(StatusCode::NOT_FOUND, format!("No static resource {path}."))
    }

    /// 405 with the methods that the path has.
    pub(crate) fn method_not_allowed(method: &Method, allow: String) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, format!("Method '{method}' is not supported."))
            .with_header(header::ALLOW, allow)
    }

    /// 406 with the media types on offer.
    pub(crate) fn not_acceptable(offers: String) -> Self {
        Self::new(StatusCode::NOT_ACCEPTABLE, format!("Acceptable representations: [{offers}]."))
            .with_header(header::ACCEPT, offers)
    }

    /// 415 with the media types that are read.
    pub(crate) fn unsupported_media_type(given: Option<&str>, accepted: &str) -> Self {
        let reason = match given {
            Some(given) => format!("Content-Type '{given}' is not supported."),
            None => "Content-Type 'null' is not supported.".to_owned(),
        };
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, reason)
            .with_header(header::ACCEPT, accepted.to_owned())
    }

    /// 400 with a reason.
    pub(crate) fn bad_request(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, reason)
    }

    /// The status of the answer.
    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// The same, which is no trouble of the service.
    pub(super) fn quietly(mut self) -> Self {
        self.quiet = true;
        self
    }

    /// The same with a header.
    pub(super) fn with_header(mut self, name: header::HeaderName, value: String) -> Self {
        self.header = Some((name, value));
        self
    }

    /// The response, in the form that the caller reads.
    pub(crate) fn respond(self, context: &RefusalContext<'_>) -> Response {
        if self.status.is_server_error() && !self.quiet {
            tracing::warn!(
                target: "actuator::web",
                status = self.status.as_u16(), path = context.path, reason = %self.reason,
                "request failed"
            );
        } else {
            tracing::debug!(
                target: "actuator::web",
                status = self.status.as_u16(), path = context.path, reason = %self.reason,
                "request refused"
            );
        }
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status;
        self.write_body(context, &mut response);
        if let Some((name, value)) = self.header
            && let Ok(value) = HeaderValue::try_from(value)
        {
            response.headers_mut().insert(name, value);
        }
        response
    }

    fn write_body(&self, context: &RefusalContext<'_>, response: &mut Response) {
        if let Some(text) = self.text {
            *response.body_mut() = Body::from(text);
            return;
        }
        let accept = context.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
        let (content_type, body) = match Accept::parse(accept).error_form() {
            ErrorForm::Empty => return,
            ErrorForm::Html => ("text/html;charset=UTF-8", page(self.status)),
            ErrorForm::Json(media_type) => (media_type, self.document(context)),
        };
        if let Ok(content_type) = HeaderValue::try_from(content_type) {
            response.headers_mut().insert(header::CONTENT_TYPE, content_type);
        }
        *response.body_mut() = Body::from(body);
    }

    fn document(&self, context: &RefusalContext<'_>) -> Vec<u8> {
        let Includes { message, path } = context.errors.includes;
        // What failed may have quoted anything: an address with its password, a statement.
        let message = message.shows("message", context.query);
        let message = message.then(|| context.errors.told(&self.reason));
        let path = path.shows("path", context.query).then_some(context.path);
        ErrorDocument::new(self.status, message.as_deref(), path).spring()
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        let status = StatusCode::from_u16(problem.status());
        Self::new(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), problem.reason())
    }
}

/// What a refusal needs to know of the request.
#[derive(Debug)]
pub(crate) struct RefusalContext<'a> {
    /// The path as it was sent.
    pub path: &'a str,
    /// The raw query.
    pub query: &'a str,
    /// The request's headers.
    pub headers: &'a HeaderMap,
    /// Which members the document shows, and what hides secrets in them.
    pub errors: &'a ErrorSettings,
}

/// The answer to a path that nothing serves, for listeners of this crate's own.
pub(crate) fn not_found_fallback(
    request: &http::Request<Body>,
    errors: &ErrorSettings,
) -> Response {
    let uri = request.uri();
    Refusal::not_found(uri.path()).respond(&RefusalContext {
        path: uri.path(),
        query: uri.query().unwrap_or_default(),
        headers: request.headers(),
        errors,
    })
}

//! From a request to the operation it asks for, and back to a response.

use std::{borrow::Cow, fmt, sync::Arc, time::Duration};

use axum::{body::Body, response::Response};
use bytes::Bytes;
use http::{Method, Request, StatusCode, header, request::Parts};
use http_body_util::{BodyExt, Limited};

use super::{
    answer, arguments,
    exposure::Exposed,
    link::{self, IndexDescriptor},
    media_type::{self, ACTUATOR_JSON, Accept},
    path,
    refusal::{IncludeMessage, Refusal, RefusalContext},
};
use crate::model::{
    call::{Call, Listener},
    endpoint::{Operation, OperationKind, Produces, Selector, SharedEndpoint},
    problem::Problem,
};

/// The largest body that is read; the contract's bodies are flat objects of a few members.
const MAX_BODY: usize = 64 * 1024;
/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The management API on one listener.
pub(crate) struct Management {
    /// `/actuator`, or empty when the API is served at the root.
    base_path: String,
    endpoints: Vec<Exposed>,
    additional_paths: Vec<AdditionalPath>,
    discovery: bool,
    include_message: IncludeMessage,
    listener: Listener,
}

/// A path outside the base path that answers one read of an endpoint (`/livez`).
#[derive(Clone, Debug)]
pub(crate) struct AdditionalPath {
    /// The path, with a leading slash.
    pub path: String,
    /// The listener on which it answers.
    pub listener: Listener,
    /// The endpoint that answers, exposed or not.
    pub endpoint: SharedEndpoint,
}

impl Management {
    /// The API as `listener` serves it.
    pub(crate) fn new(
        base_path: impl Into<String>,
        endpoints: Vec<Exposed>,
        additional_paths: &[AdditionalPath],
        listener: Listener,
    ) -> Self {
        let additional_paths =
            additional_paths.iter().filter(|path| path.listener == listener).cloned().collect();
        Self {
            base_path: base_path.into(),
            endpoints,
            additional_paths,
            discovery: true,
            include_message: IncludeMessage::Never,
            listener,
        }
    }

    /// Without the discovery page.
    #[must_use]
    pub(crate) fn without_discovery(mut self) -> Self {
        self.discovery = false;
        self
    }

    /// Whether error documents say why.
    #[must_use]
    pub(crate) fn including_message(mut self, include_message: IncludeMessage) -> Self {
        self.include_message = include_message;
        self
    }

    /// The routes of this API, for mounting into a server of any kind.
    pub(crate) fn into_router(self) -> axum::Router {
        let base = self.base_path.clone();
        let mut paths = vec![format!("{base}/{{*path}}")];
        if !base.is_empty() {
            // With its slash too: what cannot be found there is told in our own words.
            paths.extend([format!("{base}/"), base]);
        } else if self.discovery {
            paths.push("/".to_owned());
        }
        self.route(paths)
    }

    /// Only the additional paths, for an application whose management API is elsewhere.
    pub(crate) fn into_additional_router(self) -> axum::Router {
        self.route(Vec::new())
    }

    fn route(self, mut paths: Vec<String>) -> axum::Router {
        paths.extend(self.additional_paths.iter().map(|additional| additional.path.clone()));
        let management = Arc::new(self);
        let service = axum::routing::any(move |request: Request<Body>| {
            let management = Arc::clone(&management);
            async move { management.handle(request).await }
        });
        paths.iter().fold(axum::Router::new(), |router, path| router.route(path, service.clone()))
    }

    /// Answers one request. Never fails: a refusal is a response too.
    pub(crate) async fn handle(&self, request: Request<Body>) -> Response {
        let (parts, body) = request.into_parts();
        match self.answer(&parts, body).await {
            Ok(response) => response,
            Err(refusal) => refusal.respond(&RefusalContext {
                path: original_uri(&parts).path(),
                query: parts.uri.query().unwrap_or_default(),
                headers: &parts.headers,
                include_message: self.include_message,
            }),
        }
    }

    async fn answer(&self, parts: &Parts, body: Body) -> Result<Response, Refusal> {
        let full_path = parts.uri.path();
        if self.is_index(full_path) {
            return self.index(parts);
        }
        let (endpoint, below, additional) = self.find(full_path)?;
        let target = Target::find(endpoint, &below, parts, full_path)?;
        let (operation, content_type) = match target.negotiate(parts)? {
            Negotiated::Operation(operation, content_type) => (operation, content_type),
            Negotiated::Options(allow) => return Ok(answer::options(&allow)),
            Negotiated::Preflight => return Ok(answer::refused_preflight()),
        };
        let call = Call {
            operation: operation.0,
            selectors: selectors(operation.1, &below),
            query: arguments::query(parts.uri.query().unwrap_or_default())
                .map_err(Refusal::bad_request)?,
            body: read_body(operation.1, parts, body).await?,
            version: accept(parts).version(),
            principal: None,
            listener: self.listener,
            additional_path: additional,
        };
        let reply = endpoint.invoke(call).await?;
        let head = parts.method == Method::HEAD;
        Ok(answer::respond(reply, content_type, &parts.headers, head))
    }

    /// The page is at the base path without a slash; at the root, where there is none, at `/`.
    fn is_index(&self, full_path: &str) -> bool {
        let page = if self.base_path.is_empty() { "/" } else { &self.base_path };
        self.discovery && full_path == page
    }

    fn index(&self, parts: &Parts) -> Result<Response, Refusal> {
        const READ: Operation = Operation::read(&[]);
        match parts.method {
            Method::GET | Method::HEAD => {}
            Method::OPTIONS if is_preflight(parts) => return Ok(answer::refused_preflight()),
            Method::OPTIONS => {
                return Ok(answer::options(&answer::allow(std::iter::once(&READ), true)));
            }
            ref other => {
                let allow = answer::allow(std::iter::once(&READ), false);
                return Err(Refusal::method_not_allowed(other, allow));
            }
        }
        let (_, content_type) = accept(parts)
            .choose(&[Produces::Json])
            .ok_or_else(|| Refusal::not_acceptable(ACTUATOR_JSON.to_owned()))?;
        let uri = original_uri(parts);
        let address = link::page_address(uri, &parts.headers, uri.path());
        let body = serde_json::to_vec(&IndexDescriptor::new(address, &self.endpoints))
            .map_err(Problem::from)?;
        let mut response = Response::new(Body::from(body));
        if let Ok(content_type) = header::HeaderValue::from_str(&content_type) {
            response.headers_mut().insert(header::CONTENT_TYPE, content_type);
        }
        Ok(response)
    }

    /// The endpoint of a path, and the decoded segments below it.
    fn find<'r>(
        &self,
        full_path: &'r str,
    ) -> Result<(&SharedEndpoint, Below<'_, 'r>, Option<&str>), Refusal> {
        if let Some(found) = self.additional_paths.iter().find(|path| path.path == full_path) {
            let below = Below { operations: None, segments: Vec::new() };
            return Ok((&found.endpoint, below, Some(&found.path)));
        }
        let not_found = || Refusal::not_found(full_path);
        let below = full_path
            .strip_prefix(self.base_path.as_str())
            .and_then(|below| below.strip_prefix('/'))
            .ok_or_else(not_found)?;
        let segments = path::segments(below)
            .map_err(|_| Refusal::bad_request("the path cannot be decoded"))?;
        self.endpoints
            .iter()
            .find_map(|exposed| {
                let rest = strip_segments(&segments, exposed.path())?.to_vec();
                let below = Below { operations: Some(exposed), segments: rest };
                Some((exposed.endpoint(), below, None))
            })
            .ok_or_else(not_found)
    }
}

impl fmt::Debug for Management {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Management")
            .field("base_path", &self.base_path)
            .field("endpoints", &self.endpoints)
            .finish_non_exhaustive()
    }
}

/// What stands below an endpoint's own path.
struct Below<'m, 'r> {
    /// The exposed endpoint; `None` for an additional path, which has the first read only.
    operations: Option<&'m Exposed>,
    segments: Vec<Cow<'r, str>>,
}

/// The operations that a path names, before the method is looked at.
struct Target<'m> {
    operations: Vec<(usize, &'m Operation)>,
}

enum Negotiated<'m, 'r> {
    Operation((usize, &'m Operation), Cow<'r, str>),
    Options(String),
    Preflight,
}

impl<'m> Target<'m> {
    fn find(
        endpoint: &'m SharedEndpoint,
        below: &Below<'m, '_>,
        parts: &Parts,
        full_path: &str,
    ) -> Result<Self, Refusal> {
        let operations: Vec<_> = match below.operations {
            Some(exposed) => exposed
                .operations()
                .filter(|(_, operation)| matches(operation.selectors, &below.segments))
                .collect(),
            None => endpoint.operations().iter().enumerate().take(1).collect(),
        };
        // The exact path wins over one with a remaining selector.
        let exact = operations.iter().any(|(_, operation)| !takes_remaining(operation.selectors));
        let operations: Vec<_> = operations
            .into_iter()
            .filter(|(_, operation)| !exact || !takes_remaining(operation.selectors))
            .collect();
        if operations.is_empty() {
            tracing::trace!(target: "actuator::web", method = %parts.method, "no operation");
            return Err(Refusal::not_found(full_path));
        }
        Ok(Self { operations })
    }

    /// The operation for the method and the media types, in the order in which Spring refuses:
    /// method, then request type, then response type.
    fn negotiate<'r>(&self, parts: &'r Parts) -> Result<Negotiated<'m, 'r>, Refusal> {
        let all = || self.operations.iter().map(|(_, operation)| *operation);
        let kind = match parts.method {
            Method::GET | Method::HEAD => OperationKind::Read,
            Method::POST => OperationKind::Write,
            Method::DELETE => OperationKind::Delete,
            Method::OPTIONS if is_preflight(parts) => {
                return Ok(Negotiated::Preflight);
            }
            Method::OPTIONS => return Ok(Negotiated::Options(answer::allow(all(), true))),
            ref other => {
                return Err(Refusal::method_not_allowed(other, answer::allow(all(), false)));
            }
        };
        let of_kind: Vec<_> =
            self.operations.iter().filter(|(_, operation)| operation.kind == kind).collect();
        let Some((_, first)) = of_kind.first() else {
            return Err(Refusal::method_not_allowed(&parts.method, answer::allow(all(), false)));
        };
        check_content_type(first, parts)?;
        let products: Vec<_> = of_kind.iter().map(|(_, operation)| operation.produces).collect();
        let Some((index, content_type)) = accept(parts).choose(&products) else {
            let offers: Vec<_> =
                products.iter().rev().flat_map(|product| product.offers()).copied().collect();
            return Err(Refusal::not_acceptable(offers.join(", ")));
        };
        of_kind
            .get(index)
            .map(|found| Negotiated::Operation(**found, content_type))
            .ok_or_else(|| Refusal::not_acceptable(ACTUATOR_JSON.to_owned()))
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        let status = StatusCode::from_u16(problem.status());
        Self::new(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), problem.reason())
    }
}

/// A router that nests us shows the path below its prefix; callers know all of it.
fn original_uri(parts: &Parts) -> &http::Uri {
    let original = parts.extensions.get::<axum::extract::OriginalUri>();
    original.map_or(&parts.uri, |original| &original.0)
}

fn accept(parts: &Parts) -> Accept<'_> {
    Accept::parse(parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()))
}

/// A CORS preflight names the method it asks for. Other OPTIONS requests may carry an `Origin`
/// too: Spring Boot Admin passes its browser's on.
fn is_preflight(parts: &Parts) -> bool {
    parts.headers.contains_key(header::ORIGIN)
        && parts.headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

fn takes_remaining(selectors: &[Selector]) -> bool {
    matches!(selectors.last(), Some(Selector::Remaining(_)))
}

fn matches(selectors: &[Selector], segments: &[Cow<'_, str>]) -> bool {
    if takes_remaining(selectors) {
        // At least the slash has to be there: `/health` itself is another operation's.
        return segments.len() >= selectors.len();
    }
    selectors.len() == segments.len() && segments.iter().all(|segment| !segment.is_empty())
}

fn selectors<'r>(operation: &Operation, below: &Below<'_, 'r>) -> Vec<Cow<'r, str>> {
    if takes_remaining(operation.selectors) {
        // Empty segments are dropped (recorded: `health/component-empty-segment`).
        return below.segments.iter().filter(|segment| !segment.is_empty()).cloned().collect();
    }
    below.segments.clone()
}

/// The segments behind those of `path`, if they start with them.
fn strip_segments<'s, 'r>(segments: &'s [Cow<'r, str>], path: &str) -> Option<&'s [Cow<'r, str>]> {
    let mut rest = segments;
    for wanted in path.split('/') {
        let (first, behind) = rest.split_first()?;
        if first != wanted {
            return None;
        }
        rest = behind;
    }
    Some(rest)
}

/// Writes are read as the actuator's JSON only; those without parameters take any JSON, or no
/// type at all (recorded: golden `loggers/post-*`, `shutdown/post-*`).
fn check_content_type(operation: &Operation, parts: &Parts) -> Result<(), Refusal> {
    if operation.kind != OperationKind::Write {
        return Ok(());
    }
    let given = parts.headers.get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap_or("?"));
    match given {
        Some(given) if operation.takes_body && media_type::is_actuator_json(given) => Ok(()),
        Some(given) if !operation.takes_body && media_type::is_json(given) => Ok(()),
        None if !operation.takes_body => Ok(()),
        _ => {
            let accepted = if operation.takes_body {
                ACTUATOR_JSON
            } else {
                "application/json, application/*+json"
            };
            Err(Refusal::unsupported_media_type(given, accepted))
        }
    }
}

async fn read_body(
    operation: &Operation,
    parts: &Parts,
    body: Body,
) -> Result<Vec<(String, Option<String>)>, Refusal> {
    // A body without a type is not looked at; only writes without parameters get here with one.
    if operation.kind != OperationKind::Write || !parts.headers.contains_key(header::CONTENT_TYPE) {
        return Ok(Vec::new());
    }
    let collected =
        tokio::time::timeout(BODY_TIMEOUT, Limited::new(body, MAX_BODY).collect()).await;
    let bytes: Bytes = match collected {
        Ok(Ok(collected)) => collected.to_bytes(),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => {
            return Err(Refusal::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("the body is longer than {MAX_BODY} bytes"),
            ));
        }
        Ok(Err(error)) => return Err(Refusal::bad_request(format!("the body broke off: {error}"))),
        Err(_) => {
            return Err(Refusal::new(
                StatusCode::REQUEST_TIMEOUT,
                "the body did not arrive in time",
            ));
        }
    };
    arguments::body(&bytes).map_err(Refusal::bad_request)
}

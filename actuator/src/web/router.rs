//! The management API on one listener: from a request to the endpoint it asks for, and back to a
//! response.

mod admission;
mod find;
mod surface;

use std::{fmt, sync::Arc};

use axum::{body::Body, response::Response};
use http::{Method, Request, header, request::Parts};

use self::find::{Found, Named};
use super::{
    answer, arguments, body,
    browser::{Asked, BrowserRules, CorsGrant},
    errors::{Includes, OfManagement},
    exposure::Exposed,
    forwarded::{Forwarding, client_address},
    guard::SharedGuard,
    link::{self, IndexDescriptor},
    media_type::ACTUATOR_JSON,
    refusal::{Refusal, RefusalContext},
    target::{Negotiated, Target, accept, is_preflight, selectors},
    write::{OnWrite, Watched},
};
use crate::{
    model::{
        call::{Call, Listener, Root},
        endpoint::{Operation, Produces, Selector},
        principal::Principal,
        problem::Problem,
        web_request::WebRequest,
    },
    support::live_answers::LiveAnswers,
};

pub(crate) use self::find::MountedPath;

/// The management API on one listener.
pub(crate) struct Management {
    /// `/actuator`, or empty when the API is served at the root.
    base_path: String,
    endpoints: Vec<Exposed>,
    mounted: Vec<MountedPath>,
    discovery: bool,
    include: Includes,
    listener: Listener,
    on_write: Option<OnWrite>,
    guard: Option<SharedGuard>,
    /// Which proxies are believed.
    forwarding: Forwarding,
    browser: BrowserRules,
    /// The answers of the listener that have no end of their own.
    live: LiveAnswers,
}

impl Management {
    /// The API as `listener` serves it.
    pub(crate) fn new(
        base_path: impl Into<String>,
        endpoints: Vec<Exposed>,
        mounted: &[MountedPath],
        listener: Listener,
    ) -> Self {
        let mounted = mounted.iter().filter(|path| path.listener == listener).cloned().collect();
        Self {
            base_path: base_path.into(),
            endpoints,
            mounted,
            discovery: true,
            include: Includes::default(),
            listener,
            on_write: None,
            guard: None,
            forwarding: Forwarding::default(),
            browser: BrowserRules::default(),
            live: LiveAnswers::default(),
        }
    }

    /// Without the discovery page.
    #[must_use]
    pub(crate) fn without_discovery(mut self) -> Self {
        self.discovery = false;
        self
    }

    /// What error documents hold.
    #[must_use]
    pub(crate) fn including(mut self, include: Includes) -> Self {
        self.include = include;
        self
    }

    /// Told of each operation that changes something, once it was done or refused.
    #[must_use]
    pub(crate) fn telling_of_writes(mut self, on_write: Option<OnWrite>) -> Self {
        self.on_write = on_write;
        self
    }

    /// Every path of it is guarded, those where there is nothing too.
    #[must_use]
    pub(crate) fn guarded(mut self, guard: Option<SharedGuard>) -> Self {
        self.guard = guard;
        self
    }

    /// Behind these proxies.
    #[must_use]
    pub(crate) fn behind(mut self, forwarding: Forwarding) -> Self {
        self.forwarding = forwarding;
        self
    }

    /// With rules for what pages of browsers may ask.
    #[must_use]
    pub(crate) fn guarding_browsers(mut self, browser: BrowserRules) -> Self {
        self.browser = browser;
        self
    }

    /// With these, to which answers that have no end of their own belong.
    #[must_use]
    pub(crate) fn among(mut self, live: LiveAnswers) -> Self {
        self.live = live;
        self
    }

    /// The routes of this API, for mounting into a server of any kind.
    pub(crate) fn into_router(self) -> axum::Router {
        let base = self.base_path.clone();
        let mut paths = vec![catch_all(&base)];
        // Their own routes name the requests in metrics; all are answered alike.
        for (at, exposed) in self.endpoints.iter().enumerate() {
            let is_taken = |other: &Exposed| other.path() == exposed.path();
            if !self.endpoints.iter().take(at).any(is_taken) {
                paths.extend(templates(&base, exposed));
            }
        }
        if !base.is_empty() {
            // With its slash too: what cannot be found there is told in our own words.
            paths.extend([format!("{base}/"), base]);
        } else if self.discovery {
            paths.push("/".to_owned());
        }
        self.route(paths)
    }

    /// Only the mounted paths, for an application whose management API is elsewhere.
    pub(crate) fn into_mounted_router(self) -> axum::Router {
        self.route(Vec::new())
    }

    fn route(self, mut paths: Vec<String>) -> axum::Router {
        for mounted in &self.mounted {
            paths.push(mounted.path.clone());
            if mounted.below {
                paths.push(format!("{}/{{*rest}}", mounted.path));
            }
        }
        let management = Arc::new(self);
        let service = axum::routing::any(move |request: Request<Body>| {
            let management = Arc::clone(&management);
            async move { management.handle(request).await }
        });
        paths.iter().fold(axum::Router::new(), |router, path| router.route(path, service.clone()))
    }

    /// Answers one request. Never fails: a refusal is a response too.
    pub(crate) async fn handle(&self, mut request: Request<Body>) -> Response {
        self.forwarding.settle(&mut request);
        let (mut parts, body) = request.into_parts();
        let mut grant = CorsGrant::default();
        let mut cookie = None;
        let named = self.find(parts.uri.path());
        let answered = match self.pass(&parts, &named, &mut grant).await {
            Ok(admitted) => {
                cookie = admitted.cookie;
                if let Some(principal) = admitted.principal {
                    parts.extensions.insert(principal);
                }
                self.answer(&parts, body, named, &mut grant).await
            }
            Err(denied) => denied,
        };
        let mut response =
            answered.unwrap_or_else(|refusal| refusal.respond(&self.refusal_context(&parts)));
        // For the record of the exchange.
        if let Some(principal) = parts.extensions.remove::<Principal>() {
            response.extensions_mut().insert(principal);
        }
        if let Some(cookie) = cookie {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        self.browser.finish(grant, &mut response);
        response.extensions_mut().insert(OfManagement);
        response
    }

    fn refusal_context<'p>(&self, parts: &'p Parts) -> RefusalContext<'p> {
        RefusalContext {
            path: original_uri(parts).path(),
            query: parts.uri.query().unwrap_or_default(),
            headers: &parts.headers,
            include: self.include,
        }
    }

    async fn answer(
        &self,
        parts: &Parts,
        sent: Body,
        named: Named<'_, '_>,
        grant: &mut CorsGrant,
    ) -> Result<Response, Refusal> {
        let found = match named {
            Named::Index => return self.index(parts, grant),
            Named::Endpoint(found) => found,
            // It grants nothing (recorded: `run-cors/preflight-unknown`).
            Named::Nothing(_) if is_preflight(parts) => return Ok(self.preflight()),
            Named::Nothing(refusal) => return Err(refusal),
        };
        let (endpoint, below, _) = &found;
        let on_write = self.on_write.as_ref();
        let caller = parts.extensions.get::<Principal>();
        let mut watched = Watched::begin(on_write, &parts.method, endpoint, below, caller);
        let answered = self.invoke(parts, sent, found, grant, watched.as_mut()).await;
        if let Some(watched) = watched {
            watched.answered(match &answered {
                Ok(response) => response.status().as_u16(),
                Err(refusal) => refusal.status().as_u16(),
            });
        }
        answered
    }

    async fn invoke(
        &self,
        parts: &Parts,
        sent: Body,
        (endpoint, below, mounted_at): Found<'_, '_>,
        grant: &mut CorsGrant,
        watched: Option<&mut Watched<'_>>,
    ) -> Result<Response, Refusal> {
        let target = match Target::find(endpoint, &below, parts.uri.path()) {
            // Strangers are not told what there is.
            Err(_) if self.guard.is_some() && is_preflight(parts) => return Ok(self.preflight()),
            target => target?,
        };
        let accept = accept(parts);
        let negotiated = target.negotiate(parts, &accept)?;
        self.browser.permit(parts, negotiated.asked(), mounted_at.is_some(), grant)?;
        let (operation, content_type) = match negotiated {
            Negotiated::Operation(operation, content_type) => (operation, content_type),
            Negotiated::Options(allow) => return Ok(answer::options(&allow)),
            Negotiated::Preflight => return Ok(self.preflight()),
        };
        let query = arguments::query(parts.uri.query().unwrap_or_default())
            .map_err(Refusal::bad_request)?;
        let sent = body::read(operation.1, parts, sent).await?;
        let root = || link::root_address(parts, original_uri(parts));
        let call = Call {
            operation: operation.0,
            selectors: selectors(operation.1, &below),
            query,
            body: sent.json.members,
            objects: sent.json.objects,
            request: operation.1.takes_request.then(|| web_request(parts, sent.raw)),
            version: accept.version(),
            principal: parts.extensions.get::<Principal>(),
            client: client_address(&parts.extensions),
            last_event_id: parts.headers.get("last-event-id").and_then(|id| id.to_str().ok()),
            listener: self.listener,
            additional_path: mounted_at,
            root: Root(Some(&root)),
        };
        if let Some(watched) = watched {
            watched.asked(&call);
        }
        let reply = endpoint.invoke(call).await?;
        let head = parts.method == Method::HEAD;
        Ok(answer::respond(reply, content_type, &parts.headers, head, &self.live))
    }

    fn index(&self, parts: &Parts, grant: &mut CorsGrant) -> Result<Response, Refusal> {
        const READ: Operation = Operation::read(&[]);
        let mut permit = |asked| self.browser.permit(parts, asked, false, grant);
        match parts.method {
            Method::GET | Method::HEAD => permit(Asked::Operation(READ.kind))?,
            _ if is_preflight(parts) => {
                permit(Asked::Preflight)?;
                return Ok(self.preflight());
            }
            Method::OPTIONS => {
                permit(Asked::Options)?;
                return Ok(answer::options(&answer::allow(std::iter::once(&READ), true)));
            }
            ref other => {
                let allow = answer::allow(std::iter::once(&READ), false);
                return Err(Refusal::method_not_allowed(other, allow));
            }
        }
        let (_, content_type) = accept(parts)
            .choose(&[Produces::Json].into_iter())
            .ok_or_else(|| Refusal::not_acceptable(ACTUATOR_JSON.to_owned()))?;
        let uri = original_uri(parts);
        let address = link::page_address(parts, uri);
        let body = serde_json::to_vec(&IndexDescriptor::new(address, &self.endpoints))
            .map_err(Problem::from)?;
        let mut response = Response::new(Body::from(body));
        if let Ok(content_type) = header::HeaderValue::from_str(&content_type) {
            response.headers_mut().insert(header::CONTENT_TYPE, content_type);
        }
        Ok(response)
    }
}

/// The route of whatever has none of its own below a base path.
pub(super) fn catch_all(base_path: &str) -> String {
    format!("{base_path}/{{*path}}")
}

/// The routes of an endpoint, one for each form of its paths. What a router could take for a
/// pattern, or for two of them, is left to the catch-all.
fn templates(base: &str, exposed: &Exposed) -> Vec<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~/".contains(c);
    let path = exposed.path();
    if path.is_empty() || !path.chars().all(is_plain) || path.split('/').any(str::is_empty) {
        return Vec::new();
    }
    let mut names: Vec<&str> = Vec::new();
    let mut templates = Vec::new();
    for (_, operation) in exposed.operations() {
        let own = || operation.selectors.iter().map(|selector| selector.name());
        // A segment of two names would be two patterns.
        if own().zip(&names).any(|(own, known)| own != *known) {
            continue;
        }
        names.extend(own().skip(names.len()));
        let mut template = format!("{base}/{path}");
        for selector in operation.selectors {
            let star = if matches!(selector, Selector::Remaining(_)) { "*" } else { "" };
            template.extend(["/{", star, selector.name(), "}"]);
        }
        if !templates.contains(&template) {
            templates.push(template);
        }
    }
    templates
}

impl fmt::Debug for Management {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Management")
            .field("base_path", &self.base_path)
            .field("endpoints", &self.endpoints)
            .finish_non_exhaustive()
    }
}

/// The request as the application's own operations see it.
fn web_request(parts: &Parts, body: bytes::Bytes) -> WebRequest {
    let headers = parts.headers.iter();
    WebRequest {
        method: parts.method.as_str().to_owned(),
        path: original_uri(parts).path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: headers
            .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
            .collect(),
        body,
    }
}

/// A router that nests us shows the path below its prefix; callers know all of it.
fn original_uri(parts: &Parts) -> &http::Uri {
    let original = parts.extensions.get::<axum::extract::OriginalUri>();
    original.map_or(&parts.uri, |original| &original.0)
}

//! `http.client.requests` and `http.client.requests.active`: calls that the application makes.
//!
//! Tags and values are those of Spring's `DefaultClientRequestObservationConvention`: `client.name`
//! is the host, `uri` the template without scheme and host or `none`, `status` a code, `IO_ERROR`
//! or `CLIENT_ERROR`. A call that nobody waits for any more is `CLIENT_ERROR` with the exception
//! `cancelled`.

mod call;
mod end;
mod origin;
mod routes;

use std::{borrow::Cow, sync::Arc};

pub use call::ClientCall;
pub(crate) use origin::Origin;

use self::{call::Call, routes::Routes};
use crate::meter::{ClientTags, MeterRegistry, RequestMethod};

const NAME: &str = "http.client.requests";
const NONE: &str = "none";

/// Measures the calls that the application makes over HTTP. Make one for the application and clone
/// it: clones share their series, and the limit of URIs,
/// `management.metrics.web.client.max-uri-tags`.
///
/// Any client can be measured:
///
/// ```
/// use actuator::client::ClientMeters;
///
/// # fn example(app: &mut actuator::App) {
/// let meters = ClientMeters::new(app.meters());
/// let call = meters.start("GET", "api.example.com", "/users/{id}");
/// // … the call is made here …
/// call.answered(200);
/// # }
/// ```
///
/// [`ClientMeters::layer`] does that around tower services, and with the feature `reqwest`
/// `SendMetered` for reqwest.
#[derive(Clone, Debug)]
pub struct ClientMeters {
    registry: Arc<MeterRegistry>,
    routes: Arc<Routes>,
}

impl ClientMeters {
    /// Meters in `registry`; there is no series yet.
    pub fn new(registry: Arc<MeterRegistry>) -> Self {
        let settings = registry.settings();
        let routes =
            Routes::new(settings.max_client_uri_tags, settings.client_tags == ClientTags::Origin);
        let routes = Arc::new(routes);
        Self { registry, routes }
    }

    /// A call begins: its method, the host that is called, and the template of the address
    /// (`/users/{id}`, empty if there is none). It ends with what is done to the returned value;
    /// one that is dropped was cancelled.
    pub fn start(&self, method: &str, host: &str, template: &str) -> ClientCall {
        self.start_at(method, &Origin::of(host, template), template)
    }

    /// The same where scheme and port may be known.
    pub(crate) fn start_at(&self, method: &str, origin: &Origin<'_>, template: &str) -> ClientCall {
        let route = self.routes.find(origin, &path_of(template));
        let method = RequestMethod::from_name(method);
        ClientCall::begin(Call { registry: Arc::clone(&self.registry), route, method })
    }
}

/// The template without scheme and host, from its first slash on.
fn path_of(template: &str) -> Cow<'_, str> {
    let path = match template.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|slash| rest.get(slash..)).unwrap_or("/"),
        None => template,
    };
    match path {
        "" => NONE.into(),
        path if path.starts_with('/') => path.into(),
        path => format!("/{path}").into(),
    }
}

#[cfg(test)]
mod tests;

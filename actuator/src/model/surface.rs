//! What a listener serves of the management API, once the service is put together: for documents
//! that tell it.

use std::sync::{Arc, OnceLock};

use super::{
    call::Listener,
    endpoint::{Operation, SharedEndpoint},
};

/// The management API of one listener.
#[derive(Clone, Debug, Default)]
pub(crate) struct Surface {
    /// The path of the discovery page, if there is one.
    pub(crate) index: Option<String>,
    /// What answers, and where, in the order of the discovery page.
    pub(crate) served: Vec<Served>,
    /// How callers are known; `None` where nobody is asked who it is.
    pub(crate) credentials: Option<Vec<CredentialKind>>,
    /// What the discovery page asks for.
    pub(crate) index_need: Needed,
}

/// An endpoint at one of its paths.
#[derive(Clone, Debug)]
pub(crate) struct Served {
    /// The endpoint.
    pub(crate) endpoint: SharedEndpoint,
    /// Its path, from the root of the listener: `/actuator/health`, `/livez`.
    pub(crate) path: String,
    /// Whether the path stands outside of the base path.
    pub(crate) is_additional: bool,
    /// The indices of the operations that exist there, with what each asks for.
    pub(crate) operations: Vec<(usize, Needed)>,
}

impl Served {
    /// The operations that exist there, with what each asks for.
    pub(crate) fn operations(&self) -> impl Iterator<Item = (&Operation, &Needed)> {
        let all = self.endpoint.operations();
        self.operations.iter().filter_map(move |(index, needed)| Some((all.get(*index)?, needed)))
    }
}

/// What a caller needs to be let through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Needed {
    /// Nothing.
    #[default]
    Nothing,
    /// To be known, and to hold one of these roles; empty for none in particular.
    Roles(Vec<String>),
}

/// A way to show who one is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CredentialKind {
    /// A name and a password (RFC 7617).
    Basic,
    /// A token (RFC 6750).
    Bearer,
    /// A token that is a JWT.
    Jwt,
    /// The shared secret in this header.
    Header(String),
    /// The shared secret in this parameter of the query.
    Query(String),
    /// The cookie of this name that stands for the shared secret.
    Cookie(String),
    /// A certificate of the connection.
    Certificate,
    /// A way of the application's own, by the name of what knows it, with the scheme that it asks
    /// for in `WWW-Authenticate`.
    Own {
        /// The name of the authenticator.
        name: String,
        /// The scheme, in lower case.
        scheme: String,
    },
}

/// The surfaces of both listeners.
#[derive(Clone, Debug, Default)]
pub(crate) struct ListenerSurfaces {
    /// The application's.
    pub(crate) application: Surface,
    /// That of management, where it has a listener of its own.
    pub(crate) management: Option<Surface>,
}

impl ListenerSurfaces {
    /// The surface of a listener.
    pub(crate) fn of(&self, listener: Listener) -> &Surface {
        match (listener, &self.management) {
            (Listener::Management, Some(management)) => management,
            _ => &self.application,
        }
    }
}

/// The surfaces, once they are known.
pub(crate) type Surfaces = Arc<OnceLock<ListenerSurfaces>>;

//! What finds out who is asking.

use std::{fmt, net::IpAddr};

use crate::model::{endpoint::BoxFuture, peer::ClientCertificate, principal::Principal};

/// Finds out who is asking from one kind of credentials. Several are asked in their order; the
/// first one that knows the credentials decides.
pub trait Authenticator: Send + Sync + 'static {
    /// What it is called in the log and in audit events: `basic`, `jwt`.
    fn name(&self) -> &str;

    /// Judges the credentials of one request.
    fn authenticate<'a>(&'a self, attempt: &'a Attempt<'a>) -> BoxFuture<'a, Verdict>;

    /// What a caller without credentials is told in `WWW-Authenticate`: `Basic realm="…"`.
    fn challenge(&self) -> Option<String> {
        None
    }
}

/// What an [`Authenticator`] says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// These are no credentials of its kind: somebody else may know them.
    NotMine,
    /// It is this caller.
    Known(Principal),
    /// They are of its kind and wrong. The reason is for the log, never for the caller, and holds no
    /// part of the credentials.
    Refused(String),
    /// It cannot be known now (the keys cannot be fetched). The caller gets 503, and is told nothing.
    Unavailable(String),
}

/// The credentials of one request.
pub struct Attempt<'a> {
    /// What was found in the request, the most telling first.
    pub credentials: &'a [Credentials<'a>],
    /// The address of the client, as far as it is known and believed.
    pub client: Option<IpAddr>,
    /// The values of the request's headers by name, for credentials of somebody's own.
    pub header: &'a (dyn Fn(&str) -> Option<&'a [u8]> + Send + Sync),
}

impl fmt::Debug for Attempt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt").field("client", &self.client).finish_non_exhaustive()
    }
}

/// What a request shows to prove who sends it. `Debug` shows no secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Credentials<'a> {
    /// `Authorization: Basic …`, decoded.
    Basic {
        /// The name of the user.
        user: &'a str,
        /// The password.
        password: &'a str,
    },
    /// `Authorization: Bearer …`.
    Bearer(&'a str),
    /// The shared secret: of its header, or of the query where a setting allows that.
    Secret(&'a str),
    /// The signed cookie that stands for the shared secret.
    Cookie(&'a str),
    /// The verified certificate of the connection.
    Certificate(&'a ClientCertificate),
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Basic { .. } => "Basic",
            Self::Bearer(_) => "Bearer",
            Self::Secret(_) => "Secret",
            Self::Cookie(_) => "Cookie",
            Self::Certificate(_) => "Certificate",
        })
    }
}

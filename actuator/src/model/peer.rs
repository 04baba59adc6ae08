//! Who is at the other end of a connection: a fact of the socket, not a word of the caller.

use std::{net::SocketAddr, sync::Arc};

/// The other end of a connection. The listeners of this crate put it into the extensions of each
/// request; within somebody else's server there is axum's `ConnectInfo` at most.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Peer {
    /// Its address; none on a Unix socket.
    pub address: Option<SocketAddr>,
    /// Whether the connection is encrypted.
    pub is_secure: bool,
    /// The certificate that it showed and that was verified (mutual TLS).
    pub certificate: Option<Arc<ClientCertificate>>,
}

/// What a verified client certificate says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The subject as RFC 4514 writes it: `CN=ada,O=shop`.
    pub subject: String,
    /// Its common name, if it has one.
    pub common_name: Option<String>,
    /// Its subject alternative names, each with its kind: `DNS:ada.example`, `URI:spiffe://…`,
    /// `email:…`, `IP:…`.
    pub alternative_names: Vec<String>,
    /// SHA-256 of the certificate, in lower case hexadecimal.
    pub fingerprint: String,
}

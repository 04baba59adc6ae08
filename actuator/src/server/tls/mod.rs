//! TLS on the listeners: what `server.ssl.*` and `management.server.ssl.*` ask for.
//!
//! The provider of the cryptography is handed on explicitly, as for calls out; the process-wide
//! one is never set and never asked for. Without the feature `tls` the settings refuse the start.

#[cfg(feature = "tls")]
mod acceptor;
#[cfg(not(feature = "tls"))]
#[path = "no_tls.rs"]
mod acceptor;
#[cfg(feature = "tls")]
mod client_certificate;
#[cfg(feature = "tls")]
mod client_verifier;
#[cfg(feature = "tls")]
mod handshakes;
#[cfg(feature = "tls")]
mod material;
#[cfg(feature = "tls")]
mod own_client;
#[cfg(not(feature = "tls"))]
#[path = "no_own_client.rs"]
mod own_client;
#[cfg(feature = "tls")]
mod reload;
mod settings;
mod source;

use crate::error::{Error, ErrorKind};

pub(crate) use acceptor::{Tls, TlsStream};
pub(crate) use own_client::OwnClient;
pub(crate) use settings::{ListenersTls, TlsSettings};

/// What is wrong with a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// The name of the setting.
    pub(crate) setting: String,
    /// What is wrong, and what to do. Without anything of a private key.
    pub(crate) text: String,
}

impl From<Complaint> for Error {
    fn from(Complaint { setting, text }: Complaint) -> Self {
        Self::new(ErrorKind::Setting, format!("{setting} cannot be used: {text}"))
    }
}

#[cfg(all(test, feature = "tls"))]
mod loading_tests;
#[cfg(all(test, feature = "tls"))]
mod test_certificates;
#[cfg(all(test, feature = "tls"))]
mod tests;

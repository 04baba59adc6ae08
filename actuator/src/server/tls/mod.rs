//! TLS on the listeners: what `server.ssl.*` and `management.server.ssl.*` ask for.
//!
//! The provider of the cryptography is handed on explicitly, as for calls out; the process-wide
//! one is never set and never asked for. Without the feature `tls` there is `no_tls.rs` instead.

mod acceptor;
mod bundles;
mod client_certificate;
mod client_verifier;
mod handshakes;
mod material;
mod own_client;
mod reload;
mod settings;
mod source;

use crate::error::{Error, ErrorKind};

pub(crate) use acceptor::{Tls, TlsStream};
pub(crate) use bundles::BundleFiles;
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

#[cfg(test)]
mod loading_tests;
#[cfg(test)]
mod test_certificates;
#[cfg(test)]
mod tests;

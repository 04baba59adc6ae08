//! In place of `own_client` in a build without the feature `tls`: nobody to ask over TLS.

use std::{
    convert::Infallible,
    io::{self, Read, Write},
    net::IpAddr,
};

use super::{Complaint, Tls, TlsSettings};

/// There is none.
#[derive(Clone, Debug)]
pub(crate) struct OwnClient {
    never: Infallible,
}

impl OwnClient {
    /// Refuses, as the service itself does.
    pub(crate) fn new(settings: &TlsSettings) -> Result<Self, Complaint> {
        Tls::load(settings).map(|tls| match tls.never {})
    }

    /// Never called.
    pub(crate) fn encrypt<S: Read + Write>(
        &self,
        stream: S,
        _: IpAddr,
    ) -> io::Result<impl Read + Write + use<S>> {
        match self.never {}
        #[expect(unreachable_code, reason = "says which type is never returned")]
        Ok(stream)
    }
}

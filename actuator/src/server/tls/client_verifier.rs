//! Which clients may connect: those that an authority vouches for, and this service itself.

use std::sync::Arc;

use rustls::{
    DigitallySignedStruct, DistinguishedName, Error, SignatureScheme,
    client::danger::HandshakeSignatureValid,
    pki_types::{CertificateDer, UnixTime},
    server::danger::{ClientCertVerified, ClientCertVerifier},
};

/// Accepts what the authorities vouch for, and the service's own certificate: whoever has the key
/// to it is the service, whose command line probe has no other certificate to show. It gives no
/// rights: it is told to nobody (see `Tls::accept`).
#[derive(Debug)]
pub(super) struct AuthoritiesOrOurselves {
    authorities: Arc<dyn ClientCertVerifier>,
    own: CertificateDer<'static>,
}

impl AuthoritiesOrOurselves {
    /// Of these authorities, and this certificate.
    pub(super) fn new(
        authorities: Arc<dyn ClientCertVerifier>,
        own: CertificateDer<'static>,
    ) -> Self {
        Self { authorities, own }
    }
}

impl ClientCertVerifier for AuthoritiesOrOurselves {
    fn offer_client_auth(&self) -> bool {
        self.authorities.offer_client_auth()
    }

    fn client_auth_mandatory(&self) -> bool {
        self.authorities.client_auth_mandatory()
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.authorities.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        if *end_entity == self.own {
            // That the client has the key to it is proven by its signature, which is verified below.
            return Ok(ClientCertVerified::assertion());
        }
        self.authorities.verify_client_cert(end_entity, intermediates, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.authorities.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.authorities.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.authorities.supported_verify_schemes()
    }
}

//! How this program asks a running instance of itself: the command line probe over TLS.

use std::{
    io::{self, Read, Write},
    net::IpAddr,
    sync::Arc,
};

use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme, StreamOwned,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
    sign::{CertifiedKey, SingleCertAndKey},
};

use super::{Complaint, TlsSettings, material, settings::ClientAuth};

/// Speaks TLS with a listener of these settings.
#[derive(Clone, Debug)]
pub(crate) struct OwnClient {
    config: Arc<ClientConfig>,
}

impl OwnClient {
    /// Trusts the certificate of the settings, for whatever name it is, and on this machine any
    /// other one too: a certificate that was renewed on the disk may not be in force yet, and what
    /// never leaves the machine is as safe as plain HTTP there. Blocks.
    pub(crate) fn new(settings: &TlsSettings) -> Result<Self, Complaint> {
        let provider = Arc::new(ring::default_provider());
        let chain = material::certificates(&settings.certificate).ok();
        let verifier = OnlyOurselves {
            own: chain.and_then(|chain| chain.into_iter().next()),
            algorithms: provider.signature_verification_algorithms,
        };
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| settings.certificate.complaint(error.to_string()))?
            .dangerous() // Only this type of verifier knows the one certificate that is meant.
            .with_custom_certificate_verifier(Arc::new(verifier));
        // Where clients have to show a certificate, the service's own proves who asks.
        let identity = Some(()).filter(|()| settings.client_auth != ClientAuth::None);
        let identity = identity.and_then(|()| identity_of(settings, &provider));
        let config = match identity {
            Some(identity) => builder
                .with_client_cert_resolver(Arc::new(SingleCertAndKey::from(Arc::new(identity)))),
            None => builder.with_no_client_auth(),
        };
        Ok(Self { config: Arc::new(config) })
    }

    /// Encrypts a connection to `address`. The handshake is made with the first byte.
    pub(crate) fn encrypt<S: Read + Write>(
        &self,
        stream: S,
        address: IpAddr,
    ) -> io::Result<impl Read + Write + use<S>> {
        let connection = ClientConnection::new(Arc::clone(&self.config), ServerName::from(address))
            .map_err(io::Error::other)?;
        Ok(StreamOwned::new(connection, stream))
    }
}

/// The service's own certificate, to be shown by a client; none if it cannot be read.
fn identity_of(
    settings: &TlsSettings,
    provider: &rustls::crypto::CryptoProvider,
) -> Option<CertifiedKey> {
    let chain = material::certificates(&settings.certificate).ok()?;
    CertifiedKey::from_der(chain, material::key(&settings.key).ok()?, provider).ok()
}

/// Accepts one certificate, whoever vouches for it; on loopback every one.
#[derive(Debug)]
struct OnlyOurselves {
    own: Option<CertificateDer<'static>>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for OnlyOurselves {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let here = match name {
            ServerName::IpAddress(address) => IpAddr::from(*address).is_loopback(),
            _ => false,
        };
        if here || self.own.as_ref() == Some(end_entity) {
            return Ok(ServerCertVerified::assertion());
        }
        Err(Error::General("who listens shows another certificate than the settings name".into()))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

//! The certificates that a server shows, whether or not they are trusted.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
    client::{
        Resumption,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use tokio::{net::TcpStream, sync::OnceCell};
use tokio_rustls::TlsConnector;

use super::tls::{self, Trust};

/// What a server showed.
#[derive(Clone, Debug)]
pub struct PeerCertificates {
    /// In DER, the server's own first.
    pub chain: Vec<Vec<u8>>,
    /// Whether they lead to an authority that is trusted, are made for the server's name, and
    /// whether the server has the key to them; else why not.
    pub trust: Result<(), String>,
}

/// Reads the certificates of servers.
#[derive(Clone, Debug)]
pub struct PeerReader {
    trust: Trust,
    judge: Arc<OnceCell<Judge>>,
}

/// What decides on trust, or why nothing can be trusted.
type Judge = Result<Arc<dyn ServerCertVerifier>, String>;

impl PeerReader {
    /// A reader that reports trust by these authorities.
    pub fn new(trust: Trust) -> Self {
        Self { trust, judge: Arc::default() }
    }

    /// Asks the server behind `stream` for the certificates of `name`, and hangs up. Nothing but
    /// the handshake is sent. To be used with a timeout.
    pub async fn read(&self, stream: TcpStream, name: &str) -> Result<PeerCertificates, String> {
        let name = ServerName::try_from(name.to_owned())
            .map_err(|error| format!("\"{name}\" cannot be the name of a server: {error}"))?;
        let trust = self.trust.clone();
        let judge = self.judge.get_or_init(|| async move {
            let read = tokio::task::spawn_blocking(move || trust.verifier());
            match read.await {
                Ok(verifier) => verifier.map_err(|error| error.to_string()),
                Err(_) => Err("the runtime is shutting down".to_owned()),
            }
        });
        let witness = Arc::new(Witness::new(judge.await.clone()));
        let mut config = ClientConfig::builder_with_provider(tls::provider())
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .dangerous() // Only this type of verifier sees a certificate that is not trusted.
            .with_custom_certificate_verifier(Arc::clone(&witness) as Arc<dyn ServerCertVerifier>)
            .with_no_client_auth();
        config.resumption = Resumption::disabled();
        let handshake = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
        // A server that wants to know who calls refuses after it has shown what is wanted here.
        match (witness.seen(), handshake) {
            (Some(seen), _) => Ok(seen),
            (None, Err(error)) => Err(format!("no TLS handshake: {error}")),
            (None, Ok(_)) => Err("the server showed no certificate".to_owned()),
        }
    }
}

/// Accepts every certificate and remembers what it would have been judged.
#[derive(Debug)]
struct Witness {
    judge: Judge,
    algorithms: WebPkiSupportedAlgorithms,
    seen: Mutex<Option<PeerCertificates>>,
}

impl Witness {
    fn new(judge: Judge) -> Self {
        let algorithms = tls::provider().signature_verification_algorithms;
        Self { judge, algorithms, seen: Mutex::default() }
    }

    fn seen(&self) -> Option<PeerCertificates> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A server that does not have the key to its certificate is not to be trusted.
    fn signed(
        &self,
        checked: Result<HandshakeSignatureValid, Error>,
    ) -> Result<HandshakeSignatureValid, Error> {
        checked.inspect_err(|error| {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(seen) = &mut *seen {
                seen.trust = Err(error.to_string());
            }
        })
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let trust = self.judge.clone().and_then(|judge| {
            judge
                .verify_server_cert(end_entity, intermediates, name, ocsp, now)
                .map(drop)
                .map_err(|error| why(&error))
        });
        let chain = std::iter::once(end_entity).chain(intermediates);
        let chain = chain.map(|certificate| certificate.to_vec()).collect();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        *seen = Some(PeerCertificates { chain, trust });
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signed(verify_tls12_signature(message, certificate, signature, &self.algorithms))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signed(verify_tls13_signature(message, certificate, signature, &self.algorithms))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// The reason in words, where the library only has a name for it.
fn why(error: &Error) -> String {
    match error {
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            "no trusted authority vouches for it".to_owned()
        }
        error => error.to_string(),
    }
}

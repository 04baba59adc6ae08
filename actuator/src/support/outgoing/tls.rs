//! How a server is trusted, and how this service proves who it is: PEM files, or the
//! certificates of the operating system.
//!
//! The provider of the cryptography is handed on explicitly; the process-wide one is never set
//! and never asked for, so the application stays free to choose its own.

use std::{error::Error, path::Path, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    sign::{CertifiedKey, SingleCertAndKey},
};
use rustls_platform_verifier::BuilderVerifierExt;

/// Why an https address cannot be called in this build: it can.
pub const MISSING: Option<&str> = None;

/// What was read from PEM files.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// The only certificates to trust, instead of those of the operating system.
    roots: Option<Arc<RootCertStore>>,
    /// The certificate and key that this service shows.
    identity: Option<Arc<CertifiedKey>>,
}

impl Trust {
    /// Trusts only servers whose certificate leads to one of this file.
    pub fn trust_only(&mut self, file: &Path) -> Result<(), String> {
        let mut roots = RootCertStore::empty();
        for certificate in certificates(file)? {
            roots.add(certificate).map_err(|error| format!("{}: {error}", file.display()))?;
        }
        self.roots = Some(Arc::new(roots));
        Ok(())
    }

    /// Shows this certificate (and its chain) to servers that ask for one.
    pub fn identify_with(&mut self, chain: &Path, key: &Path) -> Result<(), String> {
        let key_der = PrivateKeyDer::from_pem_file(key).map_err(|error| {
            format!("no private key in the PEM file {}: {error}", key.display())
        })?;
        let identity = CertifiedKey::from_der(certificates(chain)?, key_der, &provider()).map_err(
            |error| format!("{} and {} do not fit: {error}", chain.display(), key.display()),
        )?;
        self.identity = Some(Arc::new(identity));
        Ok(())
    }

    /// Gives `client` what it needs for servers asked with https, if there are any.
    pub fn configure(
        &self,
        client: reqwest::ClientBuilder,
        https: bool,
    ) -> Result<reqwest::ClientBuilder, rustls::Error> {
        let config = if https { self.for_https() } else { Self::for_http() };
        Ok(client.tls_backend_preconfigured(config?))
    }

    /// What decides whether a server is trusted. Reads the certificates of the operating system if
    /// no others were given, so it may block for some milliseconds.
    pub(super) fn verifier(
        &self,
    ) -> Result<Arc<dyn ServerCertVerifier>, Box<dyn Error + Send + Sync>> {
        Ok(match &self.roots {
            Some(roots) => {
                WebPkiServerVerifier::builder_with_provider(roots.clone(), provider()).build()?
            }
            None => Arc::new(rustls_platform_verifier::Verifier::new(provider())?),
        })
    }

    /// The configuration for servers asked with https. Reads the certificates of the operating
    /// system if no others were given, so it may block for some milliseconds.
    fn for_https(&self) -> Result<ClientConfig, rustls::Error> {
        let builder = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()?;
        let builder = match &self.roots {
            Some(roots) => builder.with_root_certificates(roots.clone()),
            None => builder.with_platform_verifier()?,
        };
        Ok(match &self.identity {
            Some(identity) => builder
                .with_client_cert_resolver(Arc::new(SingleCertAndKey::from(identity.clone()))),
            None => builder.with_no_client_auth(),
        })
    }

    /// The configuration where no server is asked with https: trusts nobody, costs nothing.
    fn for_http() -> Result<ClientConfig, rustls::Error> {
        Ok(ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()?
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth())
    }
}

/// Whether TLS itself refused.
pub fn refused(error: &(dyn Error + 'static)) -> bool {
    error.is::<rustls::Error>()
}

pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let certificates = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| format!("cannot read the PEM file {}: {error}", file.display()))?;
    if certificates.is_empty() {
        return Err(format!("no certificate in the PEM file {}", file.display()));
    }
    Ok(certificates)
}

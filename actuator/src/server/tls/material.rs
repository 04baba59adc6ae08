//! From PEM files to what a listener needs for handshakes.

use std::{sync::Arc, time::SystemTime};

use rustls::{
    CipherSuite, RootCertStore, ServerConfig, SupportedProtocolVersion,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{NoServerSessionStorage, WebPkiClientVerifier, danger::ClientCertVerifier},
    sign::{CertifiedKey, SingleCertAndKey},
};

use super::{
    Complaint, TlsSettings,
    client_verifier::AuthoritiesOrOurselves,
    settings::{ClientAuth, Protocol},
    source::{PemSource, Stamp},
};
use crate::support::certificate::Certificate;

/// What is spoken over TLS, the best first.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// What was read from the files, at one moment.
#[derive(Debug)]
pub(super) struct Material {
    /// What handshakes are made with.
    pub(super) config: Arc<ServerConfig>,
    /// What the service's own certificate says.
    pub(super) certificate: Certificate,
    /// What it and those that vouch for it say, as they are sent.
    pub(super) chain: Vec<Certificate>,
    /// What the authorities of clients say, if clients are asked for certificates.
    pub(super) trusted: Vec<Certificate>,
    /// That certificate.
    pub(super) own: CertificateDer<'static>,
    /// The state of the files it was read from.
    pub(super) stamp: Vec<Stamp>,
}

impl Material {
    /// Reads the files and puts together what they hold. Blocks.
    pub(super) fn load(settings: &TlsSettings) -> Result<Self, Complaint> {
        // Before they are read: what changes meanwhile is another state.
        let stamp = stamp(settings);
        let chain = certificates(&settings.certificate)?;
        let bad = |text: String| settings.certificate.complaint(text);
        let own = chain.first().cloned().unwrap_or_else(|| CertificateDer::from(Vec::new()));
        let certificate = Certificate::of_der(&own).map_err(bad)?;
        let provider = provider(settings)?;
        let told = facts(&chain);
        let authorities = authorities(settings)?;
        let identity = CertifiedKey::from_der(chain, key(&settings.key)?, &provider);
        let identity = identity.map_err(|error| {
            bad(format!("{} and {} do not fit: {error}", settings.certificate, settings.key))
        })?;
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&versions(&settings.protocols))
            .map_err(|error| bad(error.to_string()))?
            .with_client_cert_verifier(verifier(settings, &authorities, &own, &provider)?)
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(identity)));
        let offered = PROTOCOLS.iter().filter(|protocol| settings.http2 || **protocol != b"h2");
        config.alpn_protocols = offered.map(|protocol| protocol.to_vec()).collect();
        if settings.client_auth == ClientAuth::None {
            config.ticketer = ring::Ticketer::new().map_err(|error| bad(error.to_string()))?;
        } else {
            // A resumed session would outlive the end of the client's certificate.
            config.session_storage = Arc::new(NoServerSessionStorage {});
            config.send_tls13_tickets = 0;
        }
        let (config, trusted) = (Arc::new(config), facts(&authorities));
        Ok(Self { config, certificate, chain: told, trusted, own, stamp })
    }

    /// Why the certificate is worth a warning now, if it is.
    pub(super) fn ends_soon(&self, now: SystemTime) -> Option<String> {
        let Certificate { subject, not_before, not_after, .. } = &self.certificate;
        let time = |at: &SystemTime| crate::support::time::iso_instant(*at);
        if now < *not_before {
            return Some(format!("{subject} is not valid before {}", time(not_before)));
        }
        match not_after.duration_since(now) {
            Err(_) => Some(format!("{subject} is expired since {}", time(not_after))),
            Ok(left) if left < super::acceptor::WARN_BELOW => {
                Some(format!("{subject} expires at {}", time(not_after)))
            }
            Ok(_) => None,
        }
    }
}

/// The state of all files. Blocks.
pub(super) fn stamp(settings: &TlsSettings) -> Vec<Stamp> {
    settings.sources().map(PemSource::stamp).collect()
}

/// All certificates of a source; at least one. Blocks.
pub(super) fn certificates(source: &PemSource) -> Result<Vec<CertificateDer<'static>>, Complaint> {
    let pem = source.read()?;
    let found = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>();
    let found = found.map_err(|error| source.complaint(format!("{source} is no PEM: {error}")))?;
    if found.is_empty() {
        return Err(source.complaint(format!("no certificate in {source}")));
    }
    Ok(found)
}

/// The private key of a source. Blocks.
pub(super) fn key(source: &PemSource) -> Result<PrivateKeyDer<'static>, Complaint> {
    let pem = source.read()?;
    PrivateKeyDer::from_pem_slice(&pem).map_err(|error| {
        let encrypted = pem.windows(21).any(|text| text == b"ENCRYPTED PRIVATE KEY");
        let why = if encrypted {
            "it is encrypted; decrypt it with openssl pkcs8 -in key.pem -out plain.pem".to_owned()
        } else {
            error.to_string()
        };
        source.complaint(format!("no private key in {source}: {why}"))
    })
}

fn versions(protocols: &[Protocol]) -> Vec<&'static SupportedProtocolVersion> {
    let version = |protocol: &Protocol| match protocol {
        Protocol::Tls12 => &rustls::version::TLS12,
        Protocol::Tls13 => &rustls::version::TLS13,
    };
    protocols.iter().map(version).collect()
}

/// The cryptography, with the ciphers that the settings leave.
fn provider(settings: &TlsSettings) -> Result<Arc<CryptoProvider>, Complaint> {
    let mut provider = ring::default_provider();
    let Some((setting, wanted)) = &settings.ciphers else { return Ok(Arc::new(provider)) };
    let known: Vec<String> =
        provider.cipher_suites.iter().map(|suite| registered_name(suite.suite())).collect();
    if let Some(unknown) = wanted.iter().find(|name| !known.contains(name)) {
        let text = format!("\"{unknown}\" is none of {}", known.join(", "));
        return Err(Complaint { setting: setting.clone(), text });
    }
    provider.cipher_suites.retain(|suite| wanted.contains(&registered_name(suite.suite())));
    let version = |protocol: &Protocol| match protocol {
        Protocol::Tls12 => rustls::ProtocolVersion::TLSv1_2,
        Protocol::Tls13 => rustls::ProtocolVersion::TLSv1_3,
    };
    let is_served = |wanted| provider.cipher_suites.iter().any(|s| s.version().version == wanted);
    if let Some(bare) = settings.protocols.iter().find(|p| !is_served(version(p))) {
        let text = format!("none of these ciphers is for {bare:?}, which is enabled");
        return Err(Complaint { setting: setting.clone(), text });
    }
    Ok(Arc::new(provider))
}

/// The name of a cipher as it is registered at IANA, which is that of Java.
fn registered_name(suite: CipherSuite) -> String {
    suite.as_str().unwrap_or_default().replace("TLS13_", "TLS_")
}

/// What certificates say; those that say nothing readable are left out.
pub(super) fn facts(chain: &[CertificateDer<'_>]) -> Vec<Certificate> {
    chain.iter().filter_map(|der| Certificate::of_der(der).ok()).collect()
}

/// The authorities of clients; none if clients are not asked. Blocks.
fn authorities(settings: &TlsSettings) -> Result<Vec<CertificateDer<'static>>, Complaint> {
    match &settings.trust {
        Some(source) if settings.client_auth != ClientAuth::None => certificates(source),
        _ => Ok(Vec::new()),
    }
}

fn verifier(
    settings: &TlsSettings,
    trusted: &[CertificateDer<'static>],
    own: &CertificateDer<'static>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, Complaint> {
    let (true, Some(source)) = (settings.client_auth != ClientAuth::None, &settings.trust) else {
        return Ok(WebPkiClientVerifier::no_client_auth());
    };
    let mut roots = RootCertStore::empty();
    for certificate in trusted {
        let added = roots.add(certificate.clone());
        added.map_err(|error| source.complaint(format!("{source}: {error}")))?;
    }
    let builder =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
    let builder = match settings.client_auth {
        ClientAuth::Want => builder.allow_unauthenticated(),
        _ => builder,
    };
    let authorities =
        builder.build().map_err(|error| source.complaint(format!("{source}: {error}")))?;
    Ok(Arc::new(AuthoritiesOrOurselves::new(authorities, own.clone())))
}

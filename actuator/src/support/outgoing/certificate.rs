//! What a certificate says of itself.

use std::{
    fs::File,
    io::Read as _,
    path::Path,
    time::{Duration, SystemTime},
};

use rustls::pki_types::{CertificateDer, pem::PemObject};
use x509_cert::{
    certificate::{CertificateInner, Raw},
    der::Decode as _,
};

/// A file of certificates is some kilobytes.
const LARGEST_FILE: u64 = 1024 * 1024;
/// A chain has three or four certificates; a file may hold all authorities of a system.
const MOST_CERTIFICATES: usize = 512;

/// Whose it is, who vouches for it, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Whose it is, as in RFC 4514: `CN=shop.example,O=Shop`.
    pub subject: String,
    /// Who vouches for it.
    pub issuer: String,
    /// From when on it is valid.
    pub not_before: SystemTime,
    /// Until when it is valid.
    pub not_after: SystemTime,
}

impl Certificate {
    /// Reads one certificate in DER.
    pub fn of_der(der: &[u8]) -> Result<Self, String> {
        // Raw: certificates that break a rule of RFC 5280 are in use, and their end is as near.
        let read = CertificateInner::<Raw>::from_der(der)
            .map_err(|error| format!("not a certificate: {error}"))?;
        let facts = read.tbs_certificate();
        let validity = facts.validity();
        Ok(Self {
            subject: facts.subject().to_string(),
            issuer: facts.issuer().to_string(),
            not_before: instant(validity.not_before.to_unix_duration()),
            not_after: instant(validity.not_after.to_unix_duration()),
        })
    }
}

/// Reads all certificates of a PEM file, in its order; at least one. Blocks.
pub fn chain_of_file(file: &Path) -> Result<Vec<Certificate>, String> {
    let unreadable = |error: std::io::Error| format!("cannot read {}: {error}", file.display());
    let mut pem = Vec::new();
    let opened = File::open(file).map_err(unreadable)?;
    let length = opened.take(LARGEST_FILE + 1).read_to_end(&mut pem).map_err(unreadable)?;
    if length as u64 > LARGEST_FILE {
        return Err(format!("{} is larger than 1 MiB: no file of certificates", file.display()));
    }
    let chain = CertificateDer::pem_slice_iter(&pem)
        .take(MOST_CERTIFICATES)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| format!("{} is no PEM file: {error}", file.display()))?;
    if chain.is_empty() {
        return Err(format!("no certificate in the PEM file {}", file.display()));
    }
    chain.iter().map(|der| Certificate::of_der(der)).collect()
}

fn instant(since_epoch: Duration) -> SystemTime {
    SystemTime::UNIX_EPOCH + since_epoch
}

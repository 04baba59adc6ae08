//! What a certificate says of itself.

use std::{
    fmt::Write as _,
    fs::File,
    io::Read as _,
    net::IpAddr,
    path::Path,
    time::{Duration, SystemTime},
};

use rustls::pki_types::{CertificateDer, pem::PemObject};
use x509_cert::{
    certificate::{CertificateInner, Raw, TbsCertificateInner},
    der::Decode as _,
    ext::pkix::{SubjectAltName, name::GeneralName},
};

use crate::support::certificate::Certificate;

/// A file of certificates is some kilobytes.
const LARGEST_FILE: u64 = 1024 * 1024;
/// A chain has three or four certificates; a file may hold all authorities of a system.
const MOST_CERTIFICATES: usize = 512;

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
            names: alternative_names(facts),
            serial: hexadecimal(facts.serial_number().as_bytes()),
            algorithm: algorithm(&read.signature_algorithm().oid.to_string()),
            // Counted from 0.
            version: (facts.version() as u8).saturating_add(1),
            not_before: instant(validity.not_before.to_unix_duration()),
            not_after: instant(validity.not_after.to_unix_duration()),
        })
    }
}

/// The names that a certificate is made for beside its subject: `DNS:shop.example`, `IP:10.0.0.1`,
/// `URI:spiffe://…`, `email:…`. Those of other kinds are left out.
pub fn alternative_names(facts: &TbsCertificateInner<Raw>) -> Vec<String> {
    let names = facts.get_extension::<SubjectAltName>().ok().flatten();
    let names = names.map(|(_, SubjectAltName(names))| names).unwrap_or_default();
    names.iter().filter_map(alternative_name).collect()
}

fn alternative_name(name: &GeneralName) -> Option<String> {
    Some(match name {
        GeneralName::DnsName(name) => format!("DNS:{name}"),
        GeneralName::UniformResourceIdentifier(uri) => format!("URI:{uri}"),
        GeneralName::Rfc822Name(mail) => format!("email:{mail}"),
        GeneralName::IpAddress(bytes) => {
            let bytes = bytes.as_bytes();
            let ip = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
            let ip = ip.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()?;
            format!("IP:{ip}")
        }
        _ => return None,
    })
}

/// Lower case, without the zeros in front, as Java writes a serial number.
fn hexadecimal(number: &[u8]) -> String {
    let text = number.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    });
    let significant = text.trim_start_matches('0');
    if significant.is_empty() { "0".to_owned() } else { significant.to_owned() }
}

/// The name that Java has for an algorithm of signatures; its number where there is none here.
/// Sources: RFC 4055, RFC 5758, RFC 8410.
fn algorithm(oid: &str) -> String {
    match oid {
        "1.2.840.113549.1.1.5" => "SHA1withRSA",
        "1.2.840.113549.1.1.10" => "RSASSA-PSS",
        "1.2.840.113549.1.1.11" => "SHA256withRSA",
        "1.2.840.113549.1.1.12" => "SHA384withRSA",
        "1.2.840.113549.1.1.13" => "SHA512withRSA",
        "1.2.840.10045.4.3.2" => "SHA256withECDSA",
        "1.2.840.10045.4.3.3" => "SHA384withECDSA",
        "1.2.840.10045.4.3.4" => "SHA512withECDSA",
        "1.3.101.112" => "Ed25519",
        other => other,
    }
    .to_owned()
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

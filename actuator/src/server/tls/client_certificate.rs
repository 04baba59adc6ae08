//! What a client's certificate says: its subject, its names and its fingerprint.

use std::fmt::Write as _;

use rustls::crypto::ring::cipher_suite::TLS13_AES_128_GCM_SHA256;
use x509_cert::{
    certificate::{CertificateInner, Raw},
    der::Decode as _,
};

use crate::{model::peer::ClientCertificate, support::outgoing::alternative_names};

/// Reads a certificate in DER, which is verified already. What cannot be read of it is not there.
pub(super) fn of_der(der: &[u8]) -> ClientCertificate {
    let fingerprint = fingerprint(der);
    let Ok(read) = CertificateInner::<Raw>::from_der(der) else {
        return ClientCertificate { fingerprint, ..ClientCertificate::default() };
    };
    let facts = read.tbs_certificate();
    let common_name = facts.subject().common_name().ok().flatten();
    ClientCertificate {
        subject: facts.subject().to_string(),
        common_name: common_name.map(|name| name.value().to_string()),
        alternative_names: alternative_names(facts),
        fingerprint,
    }
}

/// SHA-256 in lower case hexadecimal.
fn fingerprint(der: &[u8]) -> String {
    // The hash of a cipher that is there anyway.
    let Some(suite) = TLS13_AES_128_GCM_SHA256.tls13() else { return String::new() };
    suite.common.hash_provider.hash(der).as_ref().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

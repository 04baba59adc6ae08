//! Bundles of certificates, as `info` and the check `ssl` show them.
//!
//! Members as recorded from Spring Boot 4.1.0.

use std::time::SystemTime;

use serde::Serialize;

use crate::{
    certs::{self, Bundle, CertificateChain, Validity},
    support::{certificate::Certificate, time::iso_instant},
};

/// The section `ssl` of `info`.
#[derive(Serialize)]
pub(crate) struct SslDescriptor<'b> {
    bundles: Vec<BundleDescriptor<'b>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BundleDescriptor<'b> {
    certificate_chains: Vec<ChainDescriptor<'b>>,
    name: &'b str,
    trust_store_certificate_chains: Vec<ChainDescriptor<'b>>,
}

/// A chain of a bundle.
#[derive(Serialize)]
pub(crate) struct ChainDescriptor<'b> {
    alias: &'b str,
    certificates: Vec<CertificateDescriptor<'b>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CertificateDescriptor<'b> {
    issuer: &'b str,
    serial_number: &'b str,
    signature_algorithm_name: &'b str,
    subject: &'b str,
    validity: ValidityDescriptor,
    validity_ends: String,
    validity_starts: String,
    version: String,
}

#[derive(Serialize)]
struct ValidityDescriptor {
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    status: &'static str,
}

impl<'b> SslDescriptor<'b> {
    /// The bundles as they stand now.
    pub(crate) fn of(bundles: &'b [Bundle], now: SystemTime) -> Self {
        let chains = |chains: &'b [CertificateChain]| {
            chains.iter().map(|chain| ChainDescriptor::of(chain, now)).collect()
        };
        let bundles = bundles.iter().map(|bundle| BundleDescriptor {
            certificate_chains: chains(&bundle.key_store),
            name: &bundle.name,
            trust_store_certificate_chains: chains(&bundle.trust_store),
        });
        Self { bundles: bundles.collect() }
    }
}

impl<'b> ChainDescriptor<'b> {
    /// The chain as it stands now.
    pub(crate) fn of(chain: &'b CertificateChain, now: SystemTime) -> Self {
        let certificates = chain.certificates.iter();
        let certificates = certificates.map(|one| CertificateDescriptor::of(one, now));
        Self { alias: &chain.alias, certificates: certificates.collect() }
    }
}

impl<'b> CertificateDescriptor<'b> {
    fn of(certificate: &'b Certificate, now: SystemTime) -> Self {
        let starts = iso_instant(certificate.not_before);
        let ends = iso_instant(certificate.not_after);
        let (status, message) = match certs::validity(certificate, now) {
            Validity::Valid | Validity::ExpiresSoon => ("VALID", None),
            Validity::Expired => ("EXPIRED", Some(format!("Not valid after {ends}"))),
            Validity::NotYetValid => ("NOT_YET_VALID", Some(format!("Not valid before {starts}"))),
        };
        Self {
            issuer: &certificate.issuer,
            serial_number: &certificate.serial,
            signature_algorithm_name: &certificate.algorithm,
            subject: &certificate.subject,
            validity: ValidityDescriptor { message, status },
            validity_ends: ends,
            validity_starts: starts,
            version: format!("V{}", certificate.version),
        }
    }
}

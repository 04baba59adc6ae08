//! `certs`: the certificates that the service has loaded, never their keys. The form is ours: Spring
//! tells of bundles in `info` and `health`.

use serde::Serialize;

use crate::{
    certs::{Certificates, LoadedCertificate, Untold, Validity},
    model::{
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation},
        reply::Reply,
        sanitizer::{SanitizedText, Sanitizer},
    },
    support::{certificate::CertificateRole, time::iso_instant},
};

const OPERATIONS: [Operation; 1] =
    [Operation::read(&[])
        .doing("The certificates that are loaded, that which ends first in front")];

/// Serves the certificates.
#[derive(Debug)]
pub(crate) struct CertsEndpoint {
    certificates: Certificates,
    sanitizer: Sanitizer,
}

impl CertsEndpoint {
    /// The endpoint of these. What whoever made them wrote into them is shown as the sanitiser shows
    /// it.
    pub(crate) fn new(certificates: Certificates, sanitizer: Sanitizer) -> Self {
        Self { certificates, sanitizer }
    }

    fn answer(&self) -> EndpointResult {
        let (certificates, untold) = self.certificates.list();
        Reply::json(&CertsDescriptor {
            certificates: certificates
                .iter()
                .map(|one| CertificateDescriptor::of(one, &self.sanitizer))
                .collect(),
            unreadable: untold
                .iter()
                .map(|one| UntoldDescriptor::of(one, &self.sanitizer))
                .collect(),
        })
    }
}

impl Endpoint for CertsEndpoint {
    fn id(&self) -> &'static str {
        "certs"
    }

    fn operations(&self) -> &[Operation] {
        &OPERATIONS
    }

    fn description(&self) -> &'static str {
        "The certificates that the service has loaded: those of its listeners as they are in force, \
         and those that settings name for calls out. Never a private key."
    }

    fn invoke<'a>(&'a self, _: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(std::future::ready(self.answer()))
    }
}

#[derive(Serialize)]
struct CertsDescriptor<'c> {
    certificates: Vec<CertificateDescriptor<'c>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unreadable: Vec<UntoldDescriptor<'c>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CertificateDescriptor<'c> {
    subject: SanitizedText<'c>,
    issuer: SanitizedText<'c>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    names: Vec<SanitizedText<'c>>,
    serial_number: &'c str,
    signature_algorithm_name: &'c str,
    validity_starts: String,
    validity_ends: String,
    days_left: i64,
    validity: &'static str,
    role: &'static str,
    in_use: bool,
    used_by: Vec<SanitizedText<'c>>,
    setting: &'c str,
    file: &'c str,
    position: usize,
}

impl<'c> CertificateDescriptor<'c> {
    fn of(one: &'c LoadedCertificate, sanitizer: &'c Sanitizer) -> Self {
        let certificate = &one.certificate;
        Self {
            subject: sanitizer.shown(&certificate.subject),
            issuer: sanitizer.shown(&certificate.issuer),
            names: sanitizer.all_shown(&certificate.names),
            serial_number: &certificate.serial,
            signature_algorithm_name: &certificate.algorithm,
            validity_starts: iso_instant(certificate.not_before),
            validity_ends: iso_instant(certificate.not_after),
            days_left: one.days_left,
            validity: match one.validity {
                Validity::Valid => "VALID",
                Validity::ExpiresSoon => "EXPIRES_SOON",
                Validity::Expired => "EXPIRED",
                Validity::NotYetValid => "NOT_YET_VALID",
            },
            role: match one.role {
                CertificateRole::Server => "server",
                CertificateRole::Client => "client",
                CertificateRole::Authority => "authority",
            },
            in_use: !one.used_by.is_empty(),
            used_by: sanitizer.all_shown(&one.used_by),
            setting: &one.setting,
            file: &one.file,
            position: one.position,
        }
    }
}

#[derive(Serialize)]
struct UntoldDescriptor<'c> {
    setting: &'c str,
    file: &'c str,
    problem: SanitizedText<'c>,
}

impl<'c> UntoldDescriptor<'c> {
    fn of(untold: &'c Untold, sanitizer: &'c Sanitizer) -> Self {
        let Untold { setting, file, problem } = untold;
        Self { setting, file, problem: sanitizer.shown(problem) }
    }
}

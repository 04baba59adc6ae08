//! Callers who are known by the certificate of their connection (mutual TLS).

use std::{collections::BTreeSet, fmt};

use super::{Attempt, Authenticator, ClientCertificate, Credentials, Verdict};
use crate::{
    model::{endpoint::BoxFuture, principal::Principal},
    settings::SettingsReader,
};

/// What [`Authenticator::name`] says of it.
pub const NAME: &str = "certificate";
const PREFIX: &str = "actuator.security.certificates";
/// The roles of all other certificates that an authority vouches for.
const ANY: &str = "actuator.security.certificate-roles";
/// The members of a description, without the roles.
const FACTS: [&str; 4] = ["subject", "common-name", "san", "fingerprint"];

/// `actuator.security.certificates.*`: whose certificates are known.
///
/// A certificate that nobody described is no credential: its holder may show others.
pub struct Certificates {
    known: Vec<Described>,
    /// The roles of everybody else whose certificate is verified; `None` for nobody.
    any: Option<Vec<String>>,
}

/// Which certificate it is, and who that makes its holder. All that is given has to fit.
#[derive(Debug, Default)]
struct Described {
    name: String,
    roles: Vec<String>,
    subject: Option<String>,
    common_name: Option<String>,
    alternative_name: Option<String>,
    fingerprint: Option<String>,
}

impl Certificates {
    /// Reads the settings; `None` if they describe nobody.
    pub fn read(reader: &mut SettingsReader<'_>) -> Option<Self> {
        let names: BTreeSet<String> = reader
            .map(PREFIX)
            .iter()
            .filter_map(|(key, _)| key.rsplit_once('.').map(|(name, _)| name.to_owned()))
            .collect();
        let known: Vec<Described> =
            names.into_iter().filter_map(|name| Described::read(reader, name)).collect();
        let any = reader.list(ANY).map(|roles| Principal::new("", roles).roles);
        (!known.is_empty() || any.is_some()).then_some(Self { known, any })
    }

    fn judge(&self, certificate: &ClientCertificate) -> Verdict {
        if let Some(known) = self.known.iter().find(|known| known.fits(certificate)) {
            return Verdict::Known(Principal::new(known.name.clone(), &known.roles));
        }
        let Some(roles) = &self.any else { return Verdict::NotMine };
        let name = certificate.common_name.as_ref().unwrap_or(&certificate.subject);
        // It ends in logs.
        if name.is_empty() || name.len() > 256 || name.chars().any(char::is_control) {
            return Verdict::Refused("the certificate has no name that can be shown".to_owned());
        }
        Verdict::Known(Principal::new(name.clone(), roles))
    }
}

impl Described {
    fn read(reader: &mut SettingsReader<'_>, name: String) -> Option<Self> {
        let prefix = format!("{PREFIX}.{name}");
        let [subject, common_name, alternative_name, fingerprint] = FACTS.map(|fact| {
            let value: Option<String> = reader.value(&format!("{prefix}.{fact}"));
            value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
        });
        let roles = reader.list(&format!("{prefix}.roles"));
        let fingerprint = fingerprint.map(|text| text.replace([':', ' '], "").to_lowercase());
        let is_sha256 =
            |text: &String| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        if fingerprint.as_ref().is_some_and(|text| !is_sha256(text)) {
            let setting = format!("{prefix}.fingerprint");
            reader.reject(&setting, "expected the SHA-256 of the certificate in hexadecimal");
            return None;
        }
        if [&subject, &common_name, &alternative_name, &fingerprint].iter().all(|f| f.is_none()) {
            let complaint = format!("needs one of {} beside it", FACTS.join(", "));
            reader.reject(&format!("{prefix}.roles"), complaint);
            return None;
        }
        let roles = roles.unwrap_or_else(|| vec!["viewer".to_owned()]);
        Some(Self { name, roles, subject, common_name, alternative_name, fingerprint })
    }

    fn fits(&self, shown: &ClientCertificate) -> bool {
        self.subject.as_ref().is_none_or(|subject| is_same_name(subject, &shown.subject))
            && (self.common_name.is_none() || self.common_name == shown.common_name)
            && self.fingerprint.as_ref().is_none_or(|wanted| *wanted == shown.fingerprint)
            && self
                .alternative_name
                .as_ref()
                .is_none_or(|name| shown.alternative_names.iter().any(|one| is_alias(name, one)))
    }
}

/// Whether two texts are the same distinguished name: as RFC 4514 writes it, or the other way
/// round as OpenSSL does, with or without spaces behind the commas.
fn is_same_name(wanted: &str, shown: &str) -> bool {
    let parts = |text: &str| -> Vec<String> {
        let mut parts: Vec<String> = Vec::new();
        for part in text.split(',') {
            match parts.last_mut() {
                // A comma behind a backslash belongs to a value, unless that is one of the value.
                Some(last) if ends_in_escape(last) => {
                    last.push(',');
                    last.push_str(part);
                }
                _ => parts.push(part.to_owned()),
            }
        }
        parts.iter().map(|part| part.trim().to_owned()).collect()
    };
    let (wanted, shown) = (parts(wanted), parts(shown));
    wanted == shown || wanted.iter().rev().eq(&shown)
}

/// Whether the last character is a backslash that none before it has made plain.
fn ends_in_escape(text: &str) -> bool {
    let backslashes = text.len() - text.trim_end_matches('\\').len();
    !backslashes.is_multiple_of(2)
}

/// Whether this is the name, with its kind (`DNS:ada.example`) or without.
fn is_alias(wanted: &str, shown: &str) -> bool {
    wanted == shown || shown.split_once(':').is_some_and(|(_, name)| name == wanted)
}

impl Authenticator for Certificates {
    fn name(&self) -> &'static str {
        NAME
    }

    fn authenticate<'a>(&'a self, attempt: &'a Attempt<'a>) -> BoxFuture<'a, Verdict> {
        let certificate = attempt.credentials.iter().find_map(|one| match one {
            Credentials::Certificate(certificate) => Some(*certificate),
            _ => None,
        });
        let verdict = certificate.map_or(Verdict::NotMine, |certificate| self.judge(certificate));
        Box::pin(std::future::ready(verdict))
    }
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates").field("known", &self.known.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "certificates_tests.rs"]
mod tests;

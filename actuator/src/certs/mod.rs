//! Certificates: those that the service has loaded, and how long they last.

mod bundle;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

pub(crate) use bundle::{Bundle, CertificateChain, ChainStanding, SslBundles, seconds_until};

use crate::support::{
    certificate::{Certificate, CertificateRole, LoadedChain},
    clock::Clock,
};

/// Below this a certificate ends soon: Spring's
/// `management.health.ssl.certificate-validity-warning-threshold`.
const SOON: Duration = Duration::from_hours(14 * 24);
const DAY: u64 = 24 * 60 * 60;

/// Gives the certificates that are loaded now.
pub(crate) type ListLoaded = Arc<dyn Fn() -> Vec<LoadedChain> + Send + Sync>;

/// The certificates of the service.
#[derive(Clone)]
pub(crate) struct Certificates {
    sources: Vec<ListLoaded>,
    clock: Clock,
}

/// How a certificate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Validity {
    /// It is valid for a while.
    Valid,
    /// It is valid, and ends within two weeks.
    ExpiresSoon,
    /// It has ended.
    Expired,
    /// It has not begun.
    NotYetValid,
}

/// One certificate, and where it is used.
#[derive(Clone, Debug)]
pub(crate) struct LoadedCertificate {
    /// What it says.
    pub certificate: Certificate,
    /// Its place in the file, from 0.
    pub position: usize,
    /// What it is for.
    pub role: CertificateRole,
    /// Who uses it; empty if nobody does.
    pub used_by: Vec<String>,
    /// The setting that names the file.
    pub setting: String,
    /// The file.
    pub file: String,
    /// How it stands.
    pub validity: Validity,
    /// Whole days until its end; less than 0 since then.
    pub days_left: i64,
}

/// A file whose certificates cannot be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Untold {
    /// The setting that names it.
    pub setting: String,
    /// The file.
    pub file: String,
    /// Why.
    pub problem: String,
}

impl Certificates {
    /// Those that these sources give.
    pub(crate) fn new(sources: Vec<ListLoaded>, clock: Clock) -> Self {
        Self { sources, clock }
    }

    /// All of them, that which ends first in front, and the files that do not tell.
    pub(crate) fn list(&self) -> (Vec<LoadedCertificate>, Vec<Untold>) {
        let now = self.clock.now();
        let mut certificates: Vec<LoadedCertificate> = Vec::new();
        let mut untold = Vec::new();
        for chain in self.sources.iter().flat_map(|source| source()) {
            let LoadedChain { role, used_by, setting, file, certificates: told, problem } = chain;
            // Two listeners may share what they show.
            let known = |one: &LoadedCertificate| {
                one.role == role && one.setting == setting && told.contains(&one.certificate)
            };
            let mut is_known = false;
            for one in certificates.iter_mut().filter(|one| known(one)) {
                is_known = true;
                one.used_by.extend(used_by.clone());
            }
            if is_known {
                continue;
            }
            if let Some(problem) = problem {
                untold.push(Untold { setting, file, problem });
                continue;
            }
            certificates.extend(told.into_iter().enumerate().map(|(position, certificate)| {
                LoadedCertificate {
                    validity: validity(&certificate, now),
                    days_left: days_left(&certificate, now),
                    certificate,
                    position,
                    role,
                    used_by: used_by.clone().into_iter().collect(),
                    setting: setting.clone(),
                    file: file.clone(),
                }
            }));
        }
        certificates.sort_by_key(|one| one.certificate.not_after);
        (certificates, untold)
    }
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates").finish_non_exhaustive()
    }
}

/// How a certificate stands.
pub(crate) fn validity(certificate: &Certificate, now: SystemTime) -> Validity {
    if now < certificate.not_before {
        return Validity::NotYetValid;
    }
    match certificate.not_after.duration_since(now) {
        Err(_) => Validity::Expired,
        Ok(left) if left < SOON => Validity::ExpiresSoon,
        Ok(_) => Validity::Valid,
    }
}

fn days_left(certificate: &Certificate, now: SystemTime) -> i64 {
    let days = |span: Duration| i64::try_from(span.as_secs() / DAY).unwrap_or(i64::MAX);
    match certificate.not_after.duration_since(now) {
        Ok(left) => days(left),
        // A day that has begun counts: what ended an hour ago has no day left, and is less than 0.
        Err(since) => -days(since.duration()) - 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn certificate(serial: &str, from: u64, to: u64) -> Certificate {
        let at = |days: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(days * DAY);
        Certificate {
            subject: format!("CN={serial}"),
            issuer: "CN=authority".to_owned(),
            names: Vec::new(),
            serial: serial.to_owned(),
            algorithm: "Ed25519".to_owned(),
            version: 3,
            not_before: at(from),
            not_after: at(to),
        }
    }

    fn chain(used_by: &str, setting: &str, certificates: &[Certificate]) -> LoadedChain {
        LoadedChain {
            role: CertificateRole::Server,
            used_by: Some(used_by.to_owned()),
            setting: setting.to_owned(),
            file: "/tls.crt".to_owned(),
            certificates: certificates.to_vec(),
            problem: None,
        }
    }

    fn list(chains: Vec<LoadedChain>) -> (Vec<LoadedCertificate>, Vec<Untold>) {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000 * DAY + 60);
        Certificates::new(vec![Arc::new(move || chains.clone())], Clock::manual(now)).list()
    }

    #[test]
    fn the_one_that_ends_first_is_the_first_and_each_says_how_it_stands() {
        let all = [
            certificate("good", 0, 2_000),
            certificate("soon", 0, 1_010),
            certificate("old", 0, 999),
            certificate("new", 1_001, 3_000),
        ];
        let (told, untold) = list(vec![chain("application", "server.ssl.certificate", &all)]);
        let stands: Vec<_> = told
            .iter()
            .map(|one| (&*one.certificate.serial, one.validity, one.days_left))
            .collect();
        let expected = [
            ("old", Validity::Expired, -2),
            ("soon", Validity::ExpiresSoon, 9),
            ("good", Validity::Valid, 999),
            ("new", Validity::NotYetValid, 1_999),
        ];
        assert_eq!(stands, expected);
        assert_eq!((told[0].position, untold), (2, Vec::new()));
    }

    #[test]
    fn what_two_listeners_share_is_told_once_and_what_cannot_be_read_is_named() {
        let own = [certificate("own", 0, 2_000)];
        let shared = |listener| chain(listener, "server.ssl.certificate", &own);
        let problem = Some("no PEM file".to_owned());
        let broken = LoadedChain { problem, ..chain("x", "x.ca-certificate", &[]) };
        let (told, untold) = list(vec![shared("application"), broken, shared("management")]);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].used_by, ["application", "management"]);
        assert_eq!(untold.len(), 1);
        assert_eq!(untold[0].setting, "x.ca-certificate");
    }
}

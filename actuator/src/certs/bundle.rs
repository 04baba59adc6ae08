//! Bundles of certificates by name, as Spring has them: a key store and a trust store, each with
//! chains under aliases.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use crate::support::certificate::Certificate;

/// A bundle, and the chains of its stores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bundle {
    /// The name that settings give it.
    pub name: String,
    /// What is shown to others.
    pub key_store: Vec<CertificateChain>,
    /// Those that vouch for others.
    pub trust_store: Vec<CertificateChain>,
}

/// Certificates that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CertificateChain {
    /// Its name in the store.
    pub alias: String,
    /// The certificates, in the order of the file.
    pub certificates: Vec<Certificate>,
}

/// How a chain stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChainStanding {
    /// All of it is valid for a while.
    Valid,
    /// All of it is valid, and something ends soon.
    ExpiresSoon,
    /// Something has ended, or has not begun.
    Invalid,
}

impl Bundle {
    /// Its stores, with what Spring's meter calls them.
    pub(crate) fn stores(&self) -> [(&'static str, &[CertificateChain]); 2] {
        [("keystore", &self.key_store), ("truststore", &self.trust_store)]
    }
}

impl CertificateChain {
    /// The certificate that ends first.
    pub(crate) fn first_to_end(&self) -> Option<&Certificate> {
        self.certificates.iter().min_by_key(|certificate| certificate.not_after)
    }

    /// How it stands; what ends within `soon` ends soon.
    pub(crate) fn standing(&self, now: SystemTime, soon: Duration) -> ChainStanding {
        let is_valid = |one: &Certificate| now >= one.not_before && now <= one.not_after;
        if !self.certificates.iter().all(is_valid) {
            return ChainStanding::Invalid;
        }
        let ends_soon = |one: &Certificate| {
            let left = one.not_after.duration_since(now);
            left.is_ok_and(|left| left < soon)
        };
        if self.certificates.iter().any(ends_soon) {
            return ChainStanding::ExpiresSoon;
        }
        ChainStanding::Valid
    }
}

/// The bundles as they are now, in the order of their names; clones are the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct SslBundles {
    current: Arc<RwLock<Arc<[Bundle]>>>,
}

impl SslBundles {
    /// All of them.
    pub(crate) fn list(&self) -> Arc<[Bundle]> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts others in their place, and says whether they are others.
    pub(crate) fn replace(&self, bundles: Vec<Bundle>) -> bool {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if **current == *bundles {
            return false;
        }
        *current = bundles.into();
        true
    }

    /// When the certificate that stands for a chain ends: the one that ends first.
    pub(crate) fn end_of(&self, bundle: &str, store: &str, alias: &str) -> Option<SystemTime> {
        let bundles = self.list();
        let bundle = bundles.iter().find(|one| one.name == bundle)?;
        let (_, chains) = bundle.stores().into_iter().find(|(name, _)| *name == store)?;
        let chain = chains.iter().find(|chain| chain.alias == alias)?;
        Some(chain.first_to_end()?.not_after)
    }
}

/// Whole seconds until `end`, less than 0 since then. A second that has begun counts, as in Java.
pub(crate) fn seconds_until(end: SystemTime, now: SystemTime) -> i64 {
    let seconds = |span: Duration| i64::try_from(span.as_secs()).unwrap_or(i64::MAX);
    match end.duration_since(now) {
        Ok(left) => seconds(left),
        Err(since) => {
            let since = since.duration();
            -seconds(since) - i64::from(since.subsec_nanos() > 0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certs::tests::certificate;

    const DAY: Duration = Duration::from_hours(24);

    fn day(days: u32) -> SystemTime {
        SystemTime::UNIX_EPOCH + DAY * days
    }

    #[test]
    fn the_worst_certificate_decides_how_a_chain_stands_and_the_first_to_end_stands_for_it() {
        let chain = |certificates: &[(&str, u64, u64)]| CertificateChain {
            alias: "ssl".to_owned(),
            certificates: certificates
                .iter()
                .map(|(s, from, to)| certificate(s, *from, *to))
                .collect(),
        };
        let standing = |chain: &CertificateChain| chain.standing(day(100), DAY * 14);
        let good = chain(&[("own", 1, 300), ("authority", 0, 1_000)]);
        assert_eq!(standing(&good), ChainStanding::Valid);
        assert_eq!(good.first_to_end().unwrap().serial, "own");
        assert_eq!(standing(&chain(&[("own", 1, 300), ("a", 0, 113)])), ChainStanding::ExpiresSoon);
        assert_eq!(standing(&chain(&[("own", 1, 300), ("a", 0, 99)])), ChainStanding::Invalid);
        assert_eq!(standing(&chain(&[("own", 101, 300)])), ChainStanding::Invalid);
        // To the very end.
        assert_eq!(standing(&chain(&[("own", 100, 100)])), ChainStanding::ExpiresSoon);
        assert_eq!(standing(&chain(&[("own", 1, 114)])), ChainStanding::Valid);
    }

    #[test]
    fn a_second_that_has_begun_counts() {
        let half = Duration::from_millis(500);
        assert_eq!(seconds_until(day(1), day(1) - half - half * 3), 2);
        assert_eq!(seconds_until(day(1), day(1) - half), 0);
        assert_eq!(seconds_until(day(1), day(1) + half), -1);
        assert_eq!(seconds_until(day(1), day(1) + half * 4), -2);
    }

    #[test]
    fn what_is_put_in_place_of_the_same_is_no_change() {
        let bundles = SslBundles::default();
        let chain = |serial| CertificateChain {
            alias: "ssl".to_owned(),
            certificates: vec![certificate(serial, 0, 9)],
        };
        let bundle = |serial| Bundle {
            name: "web".to_owned(),
            key_store: vec![chain(serial)],
            trust_store: Vec::new(),
        };
        assert!(bundles.replace(vec![bundle("a")]));
        assert!(!bundles.replace(vec![bundle("a")]));
        assert!(bundles.replace(vec![bundle("b")]));
        assert_eq!(bundles.end_of("web", "keystore", "ssl"), Some(day(9)));
        assert_eq!(bundles.end_of("web", "truststore", "ssl"), None);
    }
}

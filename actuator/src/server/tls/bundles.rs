//! The bundles `spring.ssl.bundle.pem.*`, whether a listener uses them or not. Of what none uses,
//! only certificates are read: their keys are nobody's matter.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use super::{
    Complaint, material,
    reload::Watch,
    settings::{PEM_BUNDLES, QUIET, quiet, source},
    source::{PemSource, Stamp},
};
use crate::{
    certs::{Bundle, CertificateChain},
    settings::SettingsReader,
    support::certificate::{Certificate, LoadedChain},
};

/// The alias of what no setting names.
const ALIAS: &str = "ssl";

/// All bundles of the settings, with what their files said when they were read last.
#[derive(Debug, Default)]
pub(crate) struct BundleFiles {
    bundles: Vec<BundleFile>,
    /// How long files have to be left alone before they are read again.
    quiet: Duration,
}

/// One of them.
#[derive(Debug)]
struct BundleFile {
    name: String,
    key_store: Option<Store>,
    trust_store: Option<Store>,
    /// Whether files that change are read again.
    reload: bool,
    watch: Watch,
}

/// A file of certificates.
#[derive(Debug)]
struct Store {
    source: PemSource,
    /// The name that a setting gives it.
    alias: Option<String>,
    /// Whether the first certificate has a key, and the others vouch for it.
    has_key: bool,
    read: Read,
}

/// What was read, and of which state of the file.
#[derive(Clone, Debug)]
struct Read {
    certificates: Vec<Certificate>,
    stamp: Stamp,
}

impl BundleFiles {
    /// Reads the settings and the files; what cannot be used is rejected. Blocks.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Self {
        Self::default().read_again(reader)
    }

    /// The same with what other settings say. A file that cannot be read and is named as before
    /// is no fault of the settings: what was read of it before goes on. Blocks.
    pub(crate) fn read_again(&self, reader: &mut SettingsReader<'_>) -> Self {
        let below = reader.map(PEM_BUNDLES);
        let names: BTreeSet<String> =
            below.iter().filter_map(|(name, _)| Some(name.split_once('.')?.0.to_owned())).collect();
        let bundles = names.into_iter().map(|name| self.read_bundle(reader, name)).collect();
        Self { bundles, quiet: if below.is_empty() { QUIET } else { quiet(reader) } }
    }

    fn read_bundle(&self, reader: &mut SettingsReader<'_>, name: String) -> BundleFile {
        let setting = |below: &str| format!("{PEM_BUNDLES}.{name}.{below}");
        let known = self.bundles.iter().find(|bundle| bundle.name == name);
        let alias: Option<String> = reader.value(&setting("key.alias"));
        let has_key = reader.value::<String>(&setting("keystore.private-key"));
        let has_key = has_key.is_some_and(|key| !key.trim().is_empty());
        let key_store = source(reader, &setting("keystore.certificate")).and_then(|source| {
            let alias = alias.filter(|alias| !alias.is_empty());
            let known = known.and_then(|bundle| bundle.key_store.as_ref());
            Store::read(reader, source, alias, has_key, known)
        });
        let trust_store = source(reader, &setting("truststore.certificate")).and_then(|source| {
            let known = known.and_then(|bundle| bundle.trust_store.as_ref());
            Store::read(reader, source, None, false, known)
        });
        let reload = reader.value_or(&setting("reload-on-update"), true);
        BundleFile { name, key_store, trust_store, reload, watch: Watch::default() }
    }

    /// Reads again what has changed and is left alone since, but for what listeners read
    /// themselves. Blocks.
    pub(crate) fn look(&mut self, in_force: &[LoadedChain]) {
        for bundle in self.bundles.iter_mut().filter(|bundle| bundle.reload) {
            bundle.look(in_force, self.quiet, Instant::now());
        }
    }

    /// How long to wait before the next look.
    pub(crate) fn pause(&self) -> Duration {
        super::reload::pause(self.quiet)
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.bundles.is_empty()
    }

    /// What is in force: of files that listeners use, what these make of them.
    pub(crate) fn bundles(&self, in_force: &[LoadedChain]) -> Vec<Bundle> {
        let chains = |store: &Option<Store>| {
            store.as_ref().map(|store| store.chains(in_force)).unwrap_or_default()
        };
        let bundles = self.bundles.iter();
        bundles
            .map(|bundle| Bundle {
                name: bundle.name.clone(),
                key_store: chains(&bundle.key_store),
                trust_store: chains(&bundle.trust_store),
            })
            .collect()
    }
}

impl BundleFile {
    fn look(&mut self, in_force: &[LoadedChain], quiet: Duration, now: Instant) {
        let stores = [&mut self.key_store, &mut self.trust_store].into_iter().flatten();
        let mut stores: Vec<_> = stores.filter(|store| store.used(in_force).is_none()).collect();
        let found: Vec<Stamp> = stores.iter().map(|store| store.source.stamp()).collect();
        let known: Vec<Stamp> = stores.iter().map(|store| store.read.stamp).collect();
        if !self.watch.is_due(found, &known, quiet, now) {
            return;
        }
        let read: Result<Vec<Read>, Complaint> =
            stores.iter().map(|store| Read::of(&store.source)).collect();
        match read {
            Ok(read) => {
                tracing::info!(
                    target: "actuator::server",
                    "the certificates of the bundle {} were read again", self.name
                );
                self.watch.accept();
                for (store, read) in stores.iter_mut().zip(read) {
                    store.read = read;
                }
            }
            Err(complaint) => {
                if self.watch.refuse() {
                    complaint.tell(&self.name);
                }
            }
        }
    }
}

impl Store {
    fn read(
        reader: &mut SettingsReader<'_>,
        source: PemSource,
        alias: Option<String>,
        has_key: bool,
        known: Option<&Self>,
    ) -> Option<Self> {
        let known = known.filter(|known| known.source == source);
        let read = match (Read::of(&source), known) {
            (Ok(read), _) => read,
            (Err(complaint), Some(known)) => {
                complaint.tell(&source.to_string());
                known.read.clone()
            }
            (Err(Complaint { setting, text }), None) => {
                reader.reject_hidden(&setting, text);
                return None;
            }
        };
        Some(Self { source, alias, has_key, read })
    }

    /// What a listener has made of the same setting.
    fn used<'c>(&self, in_force: &'c [LoadedChain]) -> Option<&'c [Certificate]> {
        let of_it = in_force.iter().find(|chain| chain.setting == self.source.setting);
        of_it.map(|chain| &*chain.certificates)
    }

    fn chains(&self, in_force: &[LoadedChain]) -> Vec<CertificateChain> {
        let certificates = self.used(in_force).unwrap_or(&self.read.certificates);
        chains_of_pem(self.alias.as_deref(), self.has_key, certificates.to_vec())
    }
}

impl Read {
    fn of(source: &PemSource) -> Result<Self, Complaint> {
        // Before it is read: what changes meanwhile is another state.
        let stamp = source.stamp();
        let certificates = material::facts(&material::certificates(source)?);
        Ok(Self { certificates, stamp })
    }
}

impl Complaint {
    fn tell(&self, of: &str) {
        tracing::warn!(
            target: "actuator::server",
            "the changed certificates of {of} cannot be used, those before go on being shown: {} ({})",
            self.text, self.setting
        );
    }
}

/// The chains of a PEM file, by Spring's rule: with a private key it is one chain, without one each
/// certificate is a chain of its own. The alias is `ssl` unless a setting names it, with a number
/// behind it where there are several; stores of Java know it in lower case.
fn chains_of_pem(
    alias: Option<&str>,
    has_key: bool,
    certificates: Vec<Certificate>,
) -> Vec<CertificateChain> {
    let alias = alias.unwrap_or(ALIAS).to_lowercase();
    if certificates.is_empty() {
        return Vec::new();
    }
    if has_key || certificates.len() == 1 {
        return vec![CertificateChain { alias, certificates }];
    }
    let numbered = certificates.into_iter().enumerate();
    let chain = |(index, certificate)| CertificateChain {
        alias: format!("{alias}-{index}"),
        certificates: vec![certificate],
    };
    numbered.map(chain).collect()
}

#[cfg(test)]
#[path = "bundles_tests.rs"]
mod tests;

//! What certificates say, and which ones the process has loaded. Reading them is the matter of
//! `outgoing` and of the listeners.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

/// Whose it is, who vouches for it, and for how long. Nothing of its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Whose it is, as in RFC 4514: `CN=shop.example,O=Shop`.
    pub subject: String,
    /// Who vouches for it.
    pub issuer: String,
    /// What else it is made for: `DNS:shop.example`, `IP:10.0.0.1`, `URI:spiffe://…`.
    pub names: Vec<String>,
    /// Its number in hexadecimal, as Java writes it.
    pub serial: String,
    /// The algorithm of its signature, as Java calls it: `SHA256withECDSA`.
    pub algorithm: String,
    /// The version of its form: 3, but for very old ones.
    pub version: u8,
    /// From when on it is valid.
    pub not_before: SystemTime,
    /// Until when it is valid.
    pub not_after: SystemTime,
}

/// What certificates are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CertificateRole {
    /// Shown to those who connect.
    #[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "no listener has one"))]
    Server,
    /// Shown to servers that are called.
    Client,
    /// Those that vouch for others.
    Authority,
}

/// The certificates of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedChain {
    /// What they are for.
    pub role: CertificateRole,
    /// Who uses them: a listener, or the beginning of the names of settings; `None` if nobody.
    pub used_by: Option<String>,
    /// The setting that names the file.
    pub setting: String,
    /// The file, or that the setting holds the text itself.
    pub file: String,
    /// What they say, in the order of the file.
    pub certificates: Vec<Certificate>,
    /// Why that is not known, if it is not.
    pub problem: Option<String>,
}

/// Those that were loaded, by setting; clones are the same.
#[derive(Clone, Debug, Default)]
pub struct LoadedCertificates {
    chains: Arc<Mutex<BTreeMap<String, LoadedChain>>>,
}

impl LoadedCertificates {
    /// Keeps one, in place of what the same setting named before.
    pub fn keep(&self, chain: LoadedChain) {
        let mut chains = self.chains.lock().unwrap_or_else(PoisonError::into_inner);
        chains.insert(chain.setting.clone(), chain);
    }

    /// All of them, in the order of their settings.
    pub fn list(&self) -> Vec<LoadedChain> {
        let chains = self.chains.lock().unwrap_or_else(PoisonError::into_inner);
        chains.values().cloned().collect()
    }
}

//! `server.ssl.*`, `management.server.ssl.*` and the bundles `spring.ssl.bundle.pem.*`.

use std::time::Duration;

use super::{Complaint, Tls, source::PemSource};
use crate::{
    server::listener::ListenerSettings,
    settings::{SettingsReader, one_of},
};

/// Spring's `spring.ssl.bundle.watch.file.quiet-period`.
pub(super) const QUIET: Duration = Duration::from_secs(10);
/// How the names of bundles begin.
pub(super) const PEM_BUNDLES: &str = "spring.ssl.bundle.pem";
/// The names of the application's port.
const APPLICATION: &str = "server.ssl";
/// Those of the port of the management API.
const MANAGEMENT: &str = "management.server.ssl";

/// The TLS of both listeners; none where a listener speaks plain HTTP.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ListenersTls {
    /// That of the application's port.
    pub(crate) application: Option<TlsSettings>,
    /// That of the management API's own port, if there is one.
    pub(crate) management: Option<TlsSettings>,
}

/// How one listener speaks TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TlsSettings {
    /// Its certificate, followed by those that vouch for it.
    pub(super) certificate: PemSource,
    /// The private key to it.
    pub(super) key: PemSource,
    /// The authorities of clients.
    pub(super) trust: Option<PemSource>,
    pub(super) client_auth: ClientAuth,
    /// TLS 1.2 and TLS 1.3, as far as they are spoken.
    pub(super) protocols: Vec<Protocol>,
    /// The setting of the ciphers and their names; all that are safe if there is none.
    pub(super) ciphers: Option<(String, Vec<String>)>,
    /// Whether files that change are read again.
    pub(super) reload: bool,
    /// How long files have to be left alone before they are read again.
    pub(super) quiet: Duration,
    /// Whether HTTP/2 is offered.
    pub(super) http2: bool,
}

/// Whether clients show a certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ClientAuth {
    /// They are not asked.
    #[default]
    None,
    /// They may; one that nobody vouches for is refused.
    Want,
    /// They must.
    Need,
}

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// TLS 1.2.
    Tls12,
    /// TLS 1.3.
    Tls13,
}

impl ListenersTls {
    /// Reads the settings. As in Spring, a port of its own for the management API speaks TLS as
    /// the application's does, unless it has settings of its own:
    /// `management.server.ssl.enabled=false` makes it plain.
    pub(crate) fn read(
        reader: &mut SettingsReader<'_>,
        own_management: bool,
        limits: &ListenerSettings,
    ) -> Self {
        let (http2, other_http2) = (limits.application.http2, limits.management.http2);
        let application = read_listener(reader, APPLICATION);
        let speaking = |settings, http2| TlsSettings { http2, ..settings };
        let is_set = !reader.map(MANAGEMENT).is_empty();
        if is_set && !own_management {
            let complaint = "the management API shares the application's port; set \
                             management.server.port to another one, or use server.ssl";
            let name = reader.map(MANAGEMENT).into_iter().next().map(|(name, _)| name);
            let name = format!("{MANAGEMENT}.{}", name.unwrap_or_default());
            reader.reject_hidden(&name, complaint);
        }
        let management = match (own_management, is_set) {
            (true, true) => read_listener(reader, MANAGEMENT),
            (true, false) => application.clone(),
            (false, _) => None,
        };
        Self {
            application: application.map(|settings| speaking(settings, http2)),
            management: management.map(|settings| speaking(settings, other_http2)),
        }
    }

    /// Reads the files, and rejects the settings that cannot be used. Blocks.
    pub(crate) fn check(&self, reader: &mut SettingsReader<'_>) {
        for settings in self.application.iter().chain(&self.management) {
            if let Err(Complaint { setting, text }) = Tls::load(settings) {
                reader.reject_hidden(&setting, text);
            }
        }
    }
}

impl TlsSettings {
    /// What its certificates are read from.
    pub(super) fn sources(&self) -> impl Iterator<Item = &PemSource> {
        [&self.certificate, &self.key].into_iter().chain(&self.trust)
    }
}

/// The settings below `prefix`, if they ask for TLS.
fn read_listener(reader: &mut SettingsReader<'_>, prefix: &str) -> Option<TlsSettings> {
    let names = reader.map(prefix);
    if names.is_empty() || !reader.value_or(&format!("{prefix}.enabled"), true) {
        return None;
    }
    refuse_stores(reader, prefix);
    let bundle: Option<String> = reader.value(&format!("{prefix}.bundle"));
    match bundle.filter(|name| !name.is_empty()) {
        Some(name) => read_bundle(reader, prefix, &name),
        None => read_own(reader, prefix),
    }
}

fn read_own(reader: &mut SettingsReader<'_>, prefix: &str) -> Option<TlsSettings> {
    let name = |below: &str| format!("{prefix}.{below}");
    let certificate = name("certificate");
    let place = Place {
        trust: name("trust-certificate"),
        key: name("certificate-private-key"),
        password: name("key-password"),
        protocols: name("enabled-protocols"),
        ciphers: name("ciphers"),
        reload: name("reload-on-update"),
        certificate,
    };
    read_from(reader, prefix, &place)
}

fn read_bundle(reader: &mut SettingsReader<'_>, prefix: &str, bundle: &str) -> Option<TlsSettings> {
    let setting = format!("{prefix}.bundle");
    if !reader.map(&format!("spring.ssl.bundle.jks.{bundle}")).is_empty() {
        reader.reject(&setting, format!("spring.ssl.bundle.jks.{bundle} is {STORE}"));
        return None;
    }
    let base = format!("{PEM_BUNDLES}.{bundle}");
    if reader.map(&base).is_empty() {
        reader
            .reject(&setting, format!("there is no such bundle; set {base}.keystore.certificate"));
        return None;
    }
    let name = |below: &str| format!("{base}.{below}");
    let place = Place {
        certificate: name("keystore.certificate"),
        key: name("keystore.private-key"),
        password: name("keystore.private-key-password"),
        trust: name("truststore.certificate"),
        protocols: name("options.enabled-protocols"),
        ciphers: name("options.ciphers"),
        reload: name("reload-on-update"),
    };
    read_from(reader, prefix, &place)
}

/// The names of settings that say the same in two places.
struct Place {
    certificate: String,
    key: String,
    password: String,
    trust: String,
    protocols: String,
    ciphers: String,
    reload: String,
}

fn read_from(reader: &mut SettingsReader<'_>, prefix: &str, place: &Place) -> Option<TlsSettings> {
    let certificate = source(reader, &place.certificate);
    let key = source(reader, &place.key);
    let trust = source(reader, &place.trust);
    if reader.value::<String>(&place.password).is_some_and(|password| !password.is_empty()) {
        reader.reject_hidden(&place.password, ENCRYPTED);
    }
    for (found, missing, other) in [
        (certificate.is_some(), &place.certificate, &place.key),
        (key.is_some(), &place.key, &place.certificate),
    ] {
        if !found {
            let complaint = format!(
                "a PEM file is needed beside {other}; or set {prefix}.enabled=false for plain HTTP"
            );
            reader.reject_hidden(missing, complaint);
        }
    }
    let client_auth = client_auth(reader, &format!("{prefix}.client-auth"));
    if client_auth != ClientAuth::None && trust.is_none() {
        let complaint = format!(
            "needs the authorities of the clients: set {} to a PEM file of theirs",
            place.trust
        );
        reader.reject(&format!("{prefix}.client-auth"), complaint);
    }
    let ciphers = reader.list(&place.ciphers).filter(|list| !list.is_empty());
    Some(TlsSettings {
        client_auth,
        protocols: protocols(reader, &place.protocols),
        ciphers: ciphers.map(|list| (place.ciphers.clone(), list)),
        reload: reader.value_or(&place.reload, true),
        quiet: quiet(reader),
        certificate: certificate?,
        key: key?,
        trust,
        http2: false,
    })
}

/// How long files have to be left alone before they are read again.
pub(super) fn quiet(reader: &mut SettingsReader<'_>) -> Duration {
    reader.value_or("spring.ssl.bundle.watch.file.quiet-period", QUIET)
}

/// What a setting names, if it is set.
pub(super) fn source(reader: &mut SettingsReader<'_>, name: &str) -> Option<PemSource> {
    let value: String = reader.value(name)?;
    if value.trim().is_empty() {
        return None;
    }
    PemSource::parse(name, &value).map_err(|complaint| reader.reject_hidden(name, complaint)).ok()
}

fn client_auth(reader: &mut SettingsReader<'_>, name: &str) -> ClientAuth {
    let choices =
        [("none", ClientAuth::None), ("want", ClientAuth::Want), ("need", ClientAuth::Need)];
    let Some(text) = reader.value::<String>(name).filter(|text| !text.is_empty()) else {
        return ClientAuth::None;
    };
    one_of(&text, &choices).unwrap_or_else(|expected| {
        reader.reject(name, expected);
        ClientAuth::None
    })
}

fn protocols(reader: &mut SettingsReader<'_>, name: &str) -> Vec<Protocol> {
    let all = vec![Protocol::Tls12, Protocol::Tls13];
    let Some(list) = reader.list(name).filter(|list| !list.is_empty()) else { return all };
    let mut protocols = Vec::new();
    for text in list {
        match text.trim() {
            "TLSv1.2" => protocols.push(Protocol::Tls12),
            "TLSv1.3" => protocols.push(Protocol::Tls13),
            _ => {
                reader.reject(name, "expected TLSv1.2 and TLSv1.3; what is older is not safe");
                return all;
            }
        }
    }
    protocols
}

const STORE: &str = "a store of Java, which is not read; make PEM files of it: openssl pkcs12 \
                     -in keystore.p12 -nodes -out tls.pem";
const ENCRYPTED: &str = "encrypted private keys are not read; decrypt it (openssl pkcs8 -in \
                         key.pem -out plain.pem) into a file that only the service may read";

/// Stores of Java are refused, with what to do instead.
fn refuse_stores(reader: &mut SettingsReader<'_>, prefix: &str) {
    for (store, instead) in [
        ("key-store", "certificate and .certificate-private-key"),
        ("trust-store", "trust-certificate"),
    ] {
        let name = format!("{prefix}.{store}");
        if reader.value::<String>(&name).is_some_and(|value| !value.is_empty()) {
            reader.reject(&name, format!("{STORE}; and set {prefix}.{instead}"));
        }
    }
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;

//! The checks of certificates that settings describe: `actuator.health.tls.<name>`.

use super::{TlsCertificate, one_line::described};
use crate::{health::HealthCheck, settings::SettingsReader};

/// Reads all of them; bad ones are remembered by the reader.
pub fn from_settings(reader: &mut SettingsReader<'_>) -> Vec<Option<HealthCheck>> {
    const KEYS: [&str; 5] =
        ["warn-below-days", "require-trust", "server-name", "ca-certificate", "timeout"];
    let mut checks = Vec::new();
    for found in described(reader, "tls", &KEYS) {
        let made = found.accept(reader, TlsCertificate::parse(&found.address));
        let timeout = found.timeout(reader);
        let days: Option<u32> = reader.value(&found.setting("warn-below-days"));
        let require = reader.value_or(&found.setting("require-trust"), false);
        let name: Option<String> = reader.value(&found.setting("server-name"));
        let trust = reader.trust(found.prefix());
        checks.push(made.map(|check| {
            let check = check.timeout(timeout).with_trust(trust);
            let check = if require { check.require_trust() } else { check };
            let check = days.into_iter().fold(check, TlsCertificate::warn_below_days);
            let check = name.iter().fold(check, |check, name| check.server_name(name));
            check.named(&found.name)
        }));
    }
    checks
}

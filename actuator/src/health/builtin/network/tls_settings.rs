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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn read(settings: &[(&str, &str)]) -> Result<Vec<HealthCheck>, String> {
        let builder = settings.iter().fold(Settings::builder(), |builder, (name, value)| {
            builder.force(&format!("actuator.health.tls.{name}"), *value)
        });
        let settings = builder.build().unwrap();
        let mut reader = SettingsReader::new(&settings);
        let checks = from_settings(&mut reader).into_iter().flatten().collect();
        reader.finish().map(|()| checks).map_err(|error| error.to_string())
    }

    #[test]
    fn one_line_describes_the_check_of_a_file_or_of_a_server() {
        let checks = read(&[("own", "/etc/tls/tls.crt"), ("shop", "shop.example:443")]).unwrap();
        let paths: Vec<_> = checks.iter().map(HealthCheck::path).collect();
        assert_eq!(paths, ["own", "shop"]);
    }

    #[test]
    fn every_bad_value_is_named_with_what_is_accepted() {
        let error = read(&[
            ("a", "shop.example"),
            ("b", "shop.example:443"),
            ("b.warn-below-days", "soon"),
            ("b.ca-certificate", "/nonexistent/ca.pem"),
            ("b.require-trust", "maybe"),
            ("c.days", "3"),
        ])
        .unwrap_err();
        for part in [
            "tls.a = \"shop.example\"",
            "/etc/tls/tls.crt",
            "tls.b.warn-below-days",
            "/nonexistent/ca.pem",
            "tls.b.require-trust",
            "tls.c.days (value not shown): expected address, warn-below-days,",
        ] {
            assert!(error.contains(part), "{part} is not in: {error}");
        }
    }
}

//! The settings of the registration client: `spring.boot.admin.client.*`, with Spring's names.

use std::{collections::BTreeMap, fmt, time::Duration};

use reqwest::Url;

use super::{address::ServerAddress, host::HostType};
use crate::{
    settings::SettingsReader,
    support::outgoing::{Authorization, Headers, Trust},
};

const PREFIX: &str = "spring.boot.admin.client";

/// Where, how often and as what this service registers itself.
#[derive(Clone, Debug)]
pub struct AdminClientSettings {
    /// The admin servers; empty means that nothing is ever sent.
    pub(super) servers: Vec<ServerAddress>,
    /// From the start of one round to the start of the next.
    pub(super) period: Duration,
    /// How long a connection may take.
    pub(super) connect_timeout: Duration,
    /// How long a server may stay silent.
    pub(super) read_timeout: Duration,
    /// Whether a round ends at the first server that accepts.
    pub(super) register_once: bool,
    /// Whether the registration is taken back on shutdown.
    pub(super) auto_deregistration: bool,
    /// How this service says who it is, unless the URL has credentials of its own.
    pub(super) authorization: Authorization,
    /// Sent with every call; all marked as sensitive.
    pub(super) headers: Headers,
    /// Certificates.
    pub(super) trust: Trust,
    /// What is registered.
    pub(super) instance: InstanceSettings,
}

/// `spring.boot.admin.client.instance.*`.
#[derive(Clone, Default)]
pub struct InstanceSettings {
    /// The name, instead of the application's.
    pub name: Option<String>,
    /// The whole URL of the service.
    pub service_url: Option<String>,
    /// Scheme, host and port of the service.
    pub service_base_url: Option<String>,
    /// The path of the service below its base.
    pub service_path: Option<String>,
    /// The whole URL of the endpoints' index.
    pub management_url: Option<String>,
    /// Scheme, host and port of the endpoints.
    pub management_base_url: Option<String>,
    /// The whole URL of the health endpoint.
    pub health_url: Option<String>,
    /// Which kind of host stands in inferred URLs.
    pub host_type: Option<HostType>,
    /// Sent as it is.
    pub metadata: BTreeMap<String, String>,
}

impl AdminClientSettings {
    /// Reads the settings. Without a URL, or if switched off, nothing else is looked at.
    pub fn read(reader: &mut SettingsReader<'_>) -> Self {
        let defaults = Self::off();
        let urls = reader.list(&name("url")).unwrap_or_default();
        let on = reader.value_or(&name("enabled"), true);
        let automatic = reader.value_or(&name("auto-registration"), true);
        if urls.is_empty() || !on || !automatic {
            return defaults;
        }
        Self {
            servers: servers(reader, &urls),
            period: duration(reader, "period", defaults.period, Duration::from_hours(24)),
            connect_timeout: timeout(reader, "connect-timeout", defaults.connect_timeout),
            read_timeout: timeout(reader, "read-timeout", defaults.read_timeout),
            register_once: reader.value_or(&name("register-once"), true),
            auto_deregistration: reader.value_or(&name("auto-deregistration"), true),
            authorization: reader.authorization(PREFIX),
            headers: reader.headers(PREFIX),
            trust: reader.trust(PREFIX),
            instance: InstanceSettings::read(reader),
        }
    }

    /// Settings that register nowhere.
    pub fn off() -> Self {
        Self {
            servers: Vec::new(),
            period: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(5),
            register_once: true,
            auto_deregistration: true,
            authorization: Authorization::None,
            headers: Headers::default(),
            trust: Trust::default(),
            instance: InstanceSettings::default(),
        }
    }

    /// The addresses of the admin servers.
    pub fn addresses(&self) -> Vec<String> {
        self.servers.iter().map(|server| server.instances().to_string()).collect()
    }

    /// Whether there is a server to register at.
    pub fn is_on(&self) -> bool {
        !self.servers.is_empty()
    }
}

impl InstanceSettings {
    fn read(reader: &mut SettingsReader<'_>) -> Self {
        let prefer_ip = reader.value_or(&name("instance.prefer-ip"), false);
        let host_type = reader.value(&name("instance.service-host-type"));
        Self {
            name: instance_name(reader),
            service_url: url(reader, "instance.service-url"),
            service_base_url: url(reader, "instance.service-base-url"),
            service_path: reader.value(&name("instance.service-path")),
            management_url: url(reader, "instance.management-url"),
            management_base_url: url(reader, "instance.management-base-url"),
            health_url: url(reader, "instance.health-url"),
            host_type: if prefer_ip { Some(HostType::Ip) } else { host_type },
            metadata: reader.map(&name("instance.metadata")).into_iter().collect(),
        }
    }
}

impl fmt::Debug for InstanceSettings {
    /// Without values that may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstanceSettings")
            .field("name", &self.name)
            .field("metadata", &self.metadata.keys())
            .finish_non_exhaustive()
    }
}

/// The full name of a setting of this client.
pub(super) fn name(below: &str) -> String {
    format!("{PREFIX}.{below}")
}

fn servers(reader: &mut SettingsReader<'_>, urls: &[String]) -> Vec<ServerAddress> {
    let api_path = reader.value_or(&name("api-path"), "instances".to_owned());
    let mut servers = Vec::new();
    for (index, url) in urls.iter().enumerate() {
        match ServerAddress::parse(url, &api_path) {
            Ok(server) => servers.push(server),
            Err(complaint) if urls.len() == 1 && !url.contains(['@', '?']) => {
                reader.reject(&name("url"), complaint);
            }
            Err(complaint) => {
                reader.reject_hidden(&name("url"), format!("URL {}: {complaint}", index + 1));
            }
        }
    }
    servers
}

fn timeout(reader: &mut SettingsReader<'_>, below: &str, default: Duration) -> Duration {
    duration(reader, below, default, Duration::from_hours(1))
}

fn duration(
    reader: &mut SettingsReader<'_>,
    below: &str,
    default: Duration,
    longest: Duration,
) -> Duration {
    reader.duration_within(&name(below), default, longest)
}

fn instance_name(reader: &mut SettingsReader<'_>) -> Option<String> {
    let given: String = reader.value(&name("instance.name"))?;
    if given.trim().is_empty() {
        reader.reject(&name("instance.name"), "expected a name that is not blank");
        return None;
    }
    Some(given)
}

/// The text of an absolute http(s) URL, without surrounding space.
fn url(reader: &mut SettingsReader<'_>, below: &str) -> Option<String> {
    let given: String = reader.value(&name(below))?;
    let given = given.trim();
    let good = Url::parse(given)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if !good {
        let complaint = "expected an absolute URL such as http://orders.example.com:8080";
        if given.contains(['@', '?']) {
            reader.reject_hidden(&name(below), complaint);
        } else {
            reader.reject(&name(below), complaint);
        }
    }
    good.then(|| given.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn read(settings: &[(&str, &str)]) -> Result<AdminClientSettings, String> {
        let builder = settings.iter().fold(Settings::builder(), |builder, (below, value)| {
            builder.force(&name(below), *value)
        });
        let settings = builder.build().unwrap();
        let mut reader = SettingsReader::new(&settings);
        let read = AdminClientSettings::read(&mut reader);
        reader.finish().map(|()| read).map_err(|error| error.to_string())
    }

    #[test]
    fn without_a_url_or_switched_off_nothing_is_registered_nor_checked() {
        for settings in [
            &[("period", "never")][..],
            &[("url", "nonsense"), ("enabled", "false")],
            &[("url", "nonsense"), ("auto-registration", "false"), ("username", "x")],
        ] {
            assert!(!read(settings).unwrap().is_on(), "{settings:?}");
        }
    }

    #[test]
    fn the_defaults_are_springs() {
        let read = read(&[("url", "http://a, http://b")]).unwrap();
        assert_eq!(read.servers.len(), 2);
        assert_eq!(read.period, Duration::from_secs(10));
        assert_eq!(
            (read.connect_timeout, read.read_timeout),
            (Duration::from_secs(5), Duration::from_secs(5))
        );
        assert!(read.register_once && read.auto_deregistration);
    }

    #[test]
    fn every_bad_setting_is_named_with_what_is_accepted() {
        let error = read(&[
            ("url", "localhost:8080"),
            ("period", "0"),
            ("connect-timeout", "2h"),
            ("ca-certificate", "/nonexistent/ca.pem"),
            ("client-key", "/nonexistent/key.pem"),
            ("instance.health-url", "/health"),
            ("instance.name", " "),
            ("instance.service-host-type", "mac"),
            ("username", "admin"),
            ("headers.bad header", "x"),
        ])
        .unwrap_err();
        for part in [
            "url = \"localhost:8080\"",
            "http://admin.example.com:8080",
            "period",
            "at most 24h",
            "connect-timeout",
            "/nonexistent/ca.pem",
            "client-certificate too",
            "instance.health-url",
            "instance.name",
            "canonical-host-name",
            "spring.boot.admin.client.password",
            "headers.bad header",
        ] {
            assert!(error.contains(part), "{part} is not in: {error}");
        }
    }

    #[test]
    fn trap_seed_23_no_secret_is_in_an_error_or_in_debug_output() {
        let error = read(&[
            ("url", "user:hunter2@host"),
            ("token", "hunter2\n"),
            ("password", "hunter2"),
            ("headers.x-key", "hunter2\u{e9}\n"),
            ("instance.service-url", "user:hunter2@host"),
        ])
        .unwrap_err();
        assert!(!error.contains("hunter2"), "{error}");
        let error = read(&[("url", "http://a"), ("password", "hunter2")]).unwrap_err();
        assert!(!error.contains("hunter2"), "{error}");
        for secrets in [
            &[
                ("url", "http://u:hunter2@a/?token=hunter2"),
                ("username", "u"),
                ("password", "hunter2"),
            ][..],
            &[("url", "http://a"), ("token", "hunter2"), ("headers.x-key", "hunter2")],
            &[("url", "http://a"), ("instance.metadata.user.password", "hunter2")],
        ] {
            let shown = format!("{:?}", read(secrets).unwrap());
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }
}

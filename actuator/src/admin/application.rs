//! What is registered: the name, the three URLs and the metadata, made once and never changed.

use std::{collections::BTreeMap, fmt, net::SocketAddr, time::SystemTime};

use serde::Serialize;

use super::{
    address::ServerAddress,
    cloud::CloudPlatform,
    host::{HostType, Machine},
    metadata::{CloudFoundryApplication, metadata},
    settings::{AdminClientSettings, InstanceSettings},
};

/// What the assembly knows of the running service once its listeners are bound.
#[derive(Clone, Copy, Debug)]
pub struct ApplicationFacts<'a> {
    /// The name of the application; the server groups instances by it.
    pub name: &'a str,
    /// The address that the service's listener was really bound to.
    pub service: SocketAddr,
    /// Whether that listener speaks TLS.
    pub service_https: bool,
    /// Below which path the service lives; `""` or `/` for none.
    pub context_path: &'a str,
    /// The address that the management listener was really bound to; the same as `service` if
    /// there is only one listener.
    pub management: SocketAddr,
    /// Whether the management listener speaks TLS.
    pub management_https: bool,
    /// The path of the endpoints, `/actuator`, without the context path.
    pub base_path: &'a str,
    /// The path of the health endpoint below `base_path`: `health`.
    pub health_path: &'a str,
    /// When the process started.
    pub started: SystemTime,
    /// The version of the application.
    pub version: Option<&'a str>,
    /// The cloud platform, if there is one.
    pub platform: Option<CloudPlatform>,
    /// The environment variables of the process.
    pub environment: &'a BTreeMap<String, String>,
}

/// The body of a registration, as `POST /instances` of Spring Boot Admin expects it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Application {
    pub(super) name: String,
    /// Never ends in `/`.
    pub(super) management_url: String,
    pub(super) health_url: String,
    /// Ends in `/`, so it always differs from `management_url`: were they equal, the server
    /// would not read the index of the endpoints.
    pub(super) service_url: String,
    pub(super) metadata: BTreeMap<String, String>,
}

impl Application {
    /// What to register, from the settings and, where those are silent, from the facts.
    pub fn describe(settings: &AdminClientSettings, facts: &ApplicationFacts<'_>) -> Self {
        let toward = settings.servers.iter().find_map(ServerAddress::ip);
        Self::infer(&settings.instance, facts, &Machine::look(toward))
    }

    fn infer(instance: &InstanceSettings, facts: &ApplicationFacts<'_>, machine: &Machine) -> Self {
        let service_url = service_url(instance, facts, machine);
        let management_url = instance.management_url.clone().unwrap_or_else(|| {
            join(&management_base_url(instance, facts, machine, &service_url), facts.base_path)
        });
        let management_url = management_url.trim_end_matches('/').to_owned();
        let health_url =
            instance.health_url.clone().unwrap_or_else(|| join(&management_url, facts.health_path));
        Self {
            name: instance.name.clone().unwrap_or_else(|| facts.name.to_owned()),
            management_url,
            health_url,
            service_url,
            metadata: metadata(
                &instance.metadata,
                facts.started,
                facts.version,
                facts.platform,
                facts.environment,
            ),
        }
    }
}

impl fmt::Debug for Application {
    /// Without values of the metadata: `user.password` may be among them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Application")
            .field("name", &self.name)
            .field("management_url", &self.management_url)
            .field("health_url", &self.health_url)
            .field("service_url", &self.service_url)
            .field("metadata", &self.metadata.keys())
            .finish()
    }
}

fn service_url(
    instance: &InstanceSettings,
    facts: &ApplicationFacts<'_>,
    machine: &Machine,
) -> String {
    let mut url = instance.service_url.clone().unwrap_or_else(|| {
        let base =
            instance.service_base_url.clone().or_else(|| routed(facts)).unwrap_or_else(|| {
                listener_url(instance, machine, facts.service, facts.service_https)
            });
        let path = instance.service_path.as_deref().unwrap_or_default();
        join(&join(&base, path), facts.context_path)
    });
    if !url.ends_with('/') && !url.contains(['?', '#']) {
        url.push('/');
    }
    url
}

fn management_base_url(
    instance: &InstanceSettings,
    facts: &ApplicationFacts<'_>,
    machine: &Machine,
    service_url: &str,
) -> String {
    if let Some(base) = &instance.management_base_url {
        base.clone()
    } else if facts.management == facts.service {
        service_url.to_owned()
    } else {
        listener_url(instance, machine, facts.management, facts.management_https)
    }
}

/// Where the platform routes to the service from outside.
fn routed(facts: &ApplicationFacts<'_>) -> Option<String> {
    match facts.platform {
        Some(CloudPlatform::CloudFoundry) => {
            CloudFoundryApplication::read(facts.environment)?.base_url()
        }
        _ => None,
    }
}

fn listener_url(
    instance: &InstanceSettings,
    machine: &Machine,
    bound: SocketAddr,
    https: bool,
) -> String {
    // A certificate is made out to a name more often than to an address.
    let (scheme, by_default) =
        if https { ("https", HostType::HostName) } else { ("http", HostType::Ip) };
    let host = machine.host_of(bound.ip(), instance.host_type.unwrap_or(by_default));
    format!("{scheme}://{host}:{}", bound.port())
}

fn join(base: &str, path: &str) -> String {
    let (base, path) = (base.trim_end_matches('/'), path.trim_matches('/'));
    if path.is_empty() { base.to_owned() } else { format!("{base}/{path}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine() -> Machine {
        Machine { name: Some("node".to_owned()), ipv4: Some([10, 0, 0, 5].into()), ipv6: None }
    }

    fn facts(environment: &BTreeMap<String, String>) -> ApplicationFacts<'_> {
        ApplicationFacts {
            name: "orders",
            service: "0.0.0.0:8080".parse().unwrap(),
            service_https: false,
            context_path: "",
            management: "0.0.0.0:8080".parse().unwrap(),
            management_https: false,
            base_path: "/actuator",
            health_path: "health",
            started: SystemTime::UNIX_EPOCH,
            version: None,
            platform: None,
            environment,
        }
    }

    fn urls(instance: &InstanceSettings, facts: &ApplicationFacts<'_>) -> [String; 3] {
        let made = Application::infer(instance, facts, &machine());
        [made.service_url, made.management_url, made.health_url]
    }

    #[test]
    fn trap_sba_03_management_and_service_url_always_differ_textually() {
        let none = BTreeMap::new();
        let plain = InstanceSettings::default();
        assert_eq!(
            urls(&plain, &facts(&none)),
            [
                "http://10.0.0.5:8080/",
                "http://10.0.0.5:8080/actuator",
                "http://10.0.0.5:8080/actuator/health"
            ]
        );
        for base_path in ["", "/", "/actuator/"] {
            let [service, management, _] =
                urls(&plain, &ApplicationFacts { base_path, ..facts(&none) });
            assert_ne!(service, management);
            assert!(service.ends_with('/') && !management.ends_with('/'), "{service} {management}");
        }
        let same = Some("http://a/x".to_owned());
        let forced = InstanceSettings {
            service_url: same.clone(),
            management_url: same,
            ..InstanceSettings::default()
        };
        let [service, management, _] = urls(&forced, &facts(&none));
        assert_ne!(service, management);
    }

    #[test]
    fn paths_and_a_second_listener_are_in_the_urls() {
        let none = BTreeMap::new();
        let plain = InstanceSettings::default();
        let below = ApplicationFacts { context_path: "/shop/", ..facts(&none) };
        assert_eq!(
            urls(&plain, &below),
            [
                "http://10.0.0.5:8080/shop/",
                "http://10.0.0.5:8080/shop/actuator",
                "http://10.0.0.5:8080/shop/actuator/health"
            ]
        );
        let second = ApplicationFacts {
            management: "[::1]:9090".parse().unwrap(),
            management_https: true,
            ..below
        };
        assert_eq!(
            urls(&plain, &second)[1..],
            ["https://localhost:9090/actuator", "https://localhost:9090/actuator/health"]
        );
    }

    #[test]
    fn every_url_can_be_overridden_whole_or_by_its_base() {
        let none = BTreeMap::new();
        let text = |text: &str| Some(text.to_owned());
        let bases = InstanceSettings {
            service_base_url: text("https://orders.example.com"),
            service_path: text("/api"),
            management_base_url: text("https://ops.example.com/"),
            ..InstanceSettings::default()
        };
        assert_eq!(
            urls(&bases, &facts(&none)),
            [
                "https://orders.example.com/api/",
                "https://ops.example.com/actuator",
                "https://ops.example.com/actuator/health"
            ]
        );
        let whole = InstanceSettings {
            management_url: text("https://ops/manage/"),
            health_url: text("https://ops/ping?x=1"),
            host_type: Some(HostType::HostName),
            ..InstanceSettings::default()
        };
        assert_eq!(
            urls(&whole, &facts(&none)),
            ["http://node:8080/", "https://ops/manage", "https://ops/ping?x=1"]
        );
    }

    #[test]
    fn on_cloud_foundry_the_route_is_registered() {
        let vcap = r#"{"application_id":"abc","uris":["orders.example.com"]}"#;
        let environment = BTreeMap::from([("VCAP_APPLICATION".to_owned(), vcap.to_owned())]);
        let facts =
            ApplicationFacts { platform: Some(CloudPlatform::CloudFoundry), ..facts(&environment) };
        assert_eq!(
            urls(&InstanceSettings::default(), &facts)[1],
            "http://orders.example.com/actuator"
        );
    }

    #[test]
    fn debug_output_holds_no_metadata_value() {
        let none = BTreeMap::new();
        let metadata = BTreeMap::from([("user.password".to_owned(), "hunter2".to_owned())]);
        let instance = InstanceSettings { metadata, ..InstanceSettings::default() };
        let made = Application::infer(&instance, &facts(&none), &machine());
        assert!(serde_json::to_string(&made).unwrap().contains(r#""user.password":"hunter2""#));
        assert!(!format!("{made:?} {instance:?}").contains("hunter2"));
    }
}

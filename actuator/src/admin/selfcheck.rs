//! Why an admin server that takes the registration will still not reach the service.

use std::net::SocketAddr;

use reqwest::Url;

use super::{
    address::{ServerAddress, ip_of_host, is_loopback_host},
    application::Application,
    settings::AdminClientSettings,
};

/// What of the service can be reached.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    /// The address that the management listener was really bound to.
    pub management: SocketAddr,
    /// Whether the health endpoint is exposed over HTTP.
    pub health_exposed: bool,
}

/// Everything that will keep the servers from the service, each with its remedy; empty if
/// nothing is known.
pub fn findings(
    settings: &AdminClientSettings,
    application: &Application,
    reach: Reach,
) -> Vec<String> {
    let mut findings = Vec::new();
    if !reach.health_exposed {
        findings.push(
            "the health endpoint is not exposed: add health to \
             management.endpoints.web.exposure.include"
                .to_owned(),
        );
    }
    if let Ok(health) = Url::parse(&application.health_url) {
        findings.extend(host_finding(settings, &health, reach.management));
        findings.extend(scheme_finding(&health, &application.management_url));
    }
    if application.management_url == application.service_url {
        findings.push(format!(
            "management URL and service URL are both {}, so the server will not read the index \
             of the endpoints: change spring.boot.admin.client.instance.management-url",
            application.management_url
        ));
    }
    findings.extend(credentials_finding(application));
    findings
}

fn host_finding(
    settings: &AdminClientSettings,
    health: &Url,
    management: SocketAddr,
) -> Option<String> {
    let host = health.host_str()?;
    let remote = settings.servers.iter().find(|server| !server.is_loopback());
    if ip_of_host(host).is_some_and(|address| address.is_unspecified()) {
        return Some(format!(
            "{host} is not an address to call: set \
             spring.boot.admin.client.instance.service-base-url"
        ));
    }
    if is_loopback_host(host) {
        return remote.map(|server| {
            format!(
                "{host} is this machine only, and {} seems to be another: set server.address to \
                 0.0.0.0, or spring.boot.admin.client.instance.service-base-url to the address \
                 under which the server sees this service",
                ServerAddress::shown(server)
            )
        });
    }
    // The same port under another host: meant is this listener, not a proxy before it.
    let direct = health.port_or_known_default() == Some(management.port());
    (management.ip().is_loopback() && direct).then(|| {
        format!(
            "the listener is bound to {management}, which cannot be reached as {host}: set \
             server.address (or management.server.address) to 0.0.0.0"
        )
    })
}

fn scheme_finding(health: &Url, management_url: &str) -> Option<String> {
    let management = Url::parse(management_url).ok()?;
    (management.scheme() != health.scheme()).then(|| {
        format!(
            "the health URL is {} but the management URL is {}: set both of \
             spring.boot.admin.client.instance.health-url and management-url",
            health.scheme(),
            management.scheme()
        )
    })
}

fn credentials_finding(application: &Application) -> Option<String> {
    let has = |names: [&str; 3]| names.iter().any(|name| application.metadata.contains_key(*name));
    let user = has(["user.name", "user-name", "username"]);
    let password = has(["user.password", "user-password", "userpassword"]);
    (user != password).then(|| {
        "of user.name and user.password in spring.boot.admin.client.instance.metadata only one is \
         set, so the server will send neither"
            .to_owned()
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn settings(url: &str) -> AdminClientSettings {
        let servers = vec![ServerAddress::parse(url, "instances").unwrap()];
        AdminClientSettings { servers, ..AdminClientSettings::off() }
    }

    fn application(base: &str) -> Application {
        Application {
            name: "orders".to_owned(),
            management_url: format!("{base}/actuator"),
            health_url: format!("{base}/actuator/health"),
            service_url: format!("{base}/"),
            metadata: BTreeMap::new(),
        }
    }

    fn found(server: &str, application: &Application, bound: &str) -> String {
        let reach = Reach { management: bound.parse().unwrap(), health_exposed: true };
        findings(&settings(server), application, reach).join("; ")
    }

    #[test]
    fn a_service_that_can_be_reached_gives_no_finding() {
        let local = application("http://127.0.0.1:8080");
        assert_eq!(found("http://localhost:9090", &local, "127.0.0.1:8080"), "");
        let remote = application("http://10.0.0.5:8080");
        assert_eq!(found("http://sba", &remote, "0.0.0.0:8080"), "");
        let behind_proxy = application("https://orders.example.com");
        assert_eq!(found("http://sba", &behind_proxy, "127.0.0.1:8080"), "");
    }

    #[test]
    fn each_obstacle_is_named_with_its_remedy() {
        let local = application("http://127.0.0.1:8080");
        let text = found("http://sba.example.com", &local, "127.0.0.1:8080");
        assert!(text.contains("sba.example.com") && text.contains("server.address"), "{text}");

        let unspecified = application("http://[::]:8080");
        let text = found("http://localhost", &unspecified, "[::]:8080");
        assert!(text.contains("not an address to call"), "{text}");

        let bound_to_loopback = application("http://orders:8080");
        let text = found("http://sba", &bound_to_loopback, "127.0.0.1:8080");
        assert!(text.contains("cannot be reached as orders"), "{text}");

        let mut mixed = application("http://orders:8080");
        mixed.management_url = "https://orders:8080/actuator".to_owned();
        mixed.metadata.insert("user.name".to_owned(), "x".to_owned());
        let text = found("http://sba", &mixed, "0.0.0.0:8080");
        assert!(text.contains("health-url") && text.contains("user.password"), "{text}");

        let mut equal = application("http://orders:8080");
        equal.service_url.clone_from(&equal.management_url);
        let text = found("http://sba", &equal, "0.0.0.0:8080");
        assert!(text.contains("management-url"), "{text}");

        let reach = Reach { management: "0.0.0.0:1".parse().unwrap(), health_exposed: false };
        let text = findings(&settings("http://sba"), &application("http://a:1"), reach).join("; ");
        assert!(text.contains("exposure.include"), "{text}");
    }
}

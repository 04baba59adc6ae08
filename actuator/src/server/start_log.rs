//! What the log says once the service is ready: where it listens, what is reachable, what was
//! collected.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use crate::{model::call::Listener, web::MountedPath};

/// What is no secret to a network that may know of the service at all.
const HARMLESS: [&str; 4] = ["health", "info", "metrics", "prometheus"];

/// The facts of a start.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Debug)]
pub(super) struct StartLog<'a> {
    pub(super) name: &'a str,
    pub(super) version: Option<&'a str>,
    pub(super) application: SocketAddr,
    /// None if it is on no port.
    pub(super) management: Option<SocketAddr>,
    /// Its Unix socket.
    pub(super) socket: Option<String>,
    /// There is an admin server to register at.
    pub(super) registers: bool,
    /// Whether each of them speaks TLS.
    pub(super) https: (bool, bool),
    pub(super) base_path: &'a str,
    pub(super) exposed: Vec<&'a str>,
    /// Only this machine reaches the management API.
    pub(super) private: bool,
    /// The endpoints that strangers may ask.
    pub(super) open: Vec<&'a str>,
    /// The paths outside of the base path.
    pub(super) mounted: &'a [MountedPath],
    /// Those of them that strangers may ask, on a listener that not only this machine reaches.
    pub(super) open_mounted: Vec<&'a MountedPath>,
    /// The address was chosen by the default.
    pub(super) default_address: bool,
    /// The process runs in a container.
    pub(super) in_container: bool,
    pub(super) counts: &'a BTreeMap<(&'static str, &'static str), usize>,
    pub(super) registered_at_run_time: usize,
    pub(super) took: Duration,
}

impl StartLog<'_> {
    /// Writes it.
    pub(super) fn write(&self) {
        let Self { name, application, took, .. } = self;
        let scheme = scheme(self.https.0);
        let version = self.version.map(|version| format!(" {version}")).unwrap_or_default();
        let reach = match (application.ip().is_loopback(), self.default_address, self.in_container)
        {
            (true, true, true) => " (this container only; set server.address=0.0.0.0 for others)",
            (true, true, false) => " (this machine only; set server.address=0.0.0.0 for others)",
            (true, false, _) => " (this machine only)",
            (false, true, _) => " (all interfaces: a cloud platform was detected)",
            (false, false, _) => "",
        };
        tracing::info!(
            target: "actuator::server",
            "{name}{version} listening on {scheme}://{application}{reach}, ready in {} ms",
            took.as_millis()
        );
        self.write_management();
        self.warn_of_strangers();
        self.warn_of_strangers_at(Listener::Application, Some(self.application));
        self.warn_of_strangers_at(Listener::Management, self.management);
        self.write_collected();
    }

    fn write_management(&self) {
        let base_path = self.base_path;
        let scheme = scheme(self.https.1);
        let port = self
            .management
            .map(|address| format!("{scheme}://{address}{base_path} ({})", self.whom()));
        let file = self.socket.as_ref().map(|name| format!("{base_path} of {name}"));
        let places: Vec<String> = port.into_iter().chain(file).collect();
        if places.is_empty() {
            tracing::info!(
                target: "actuator::server",
                "the management API is off (management.server.port is negative){}",
                self.further_paths()
            );
        } else {
            tracing::info!(
                target: "actuator::server",
                "management at {} exposes {}{}",
                places.join(" and "), list(&self.exposed), self.further_paths()
            );
        }
        if self.registers && self.management.is_none() {
            tracing::warn!(
                target: "actuator::server",
                "admin servers cannot reach the management API, which is on no port; set \
                 management.server.port"
            );
        }
    }

    /// Who reaches it.
    fn whom(&self) -> &'static str {
        match (self.private, self.open.len() < self.exposed.len()) {
            (true, false) => "this machine only",
            (true, true) => "this machine only, with credentials",
            (false, false) => "whoever reaches it",
            (false, true) => "whoever has credentials",
        }
    }

    /// The paths outside of the base path.
    fn further_paths(&self) -> String {
        let mut paths: Vec<&str> =
            self.mounted.iter().map(|mounted| mounted.path.as_str()).collect();
        paths.sort_unstable();
        paths.dedup();
        if paths.is_empty() { String::new() } else { format!("; and {}", paths.join(", ")) }
    }

    /// What tells or changes more than strangers should be able to.
    fn warn_of_strangers(&self) {
        let sensitive: Vec<&str> =
            self.open.iter().filter(|id| !HARMLESS.contains(*id)).copied().collect();
        // On a socket the permissions of its file decide.
        let Some(address) = self.management else { return };
        if self.private || sensitive.is_empty() {
            return;
        }
        tracing::warn!(
            target: "actuator::server",
            "whoever reaches {address} may use {} without a password: set \
             spring.security.user.password, give management an address of its own \
             (management.server.port and management.server.address=127.0.0.1), or leave them out \
             of management.endpoints.web.exposure.include",
            list(&sensitive)
        );
    }

    /// The same of the paths outside of the base path, which one of the listeners serves.
    fn warn_of_strangers_at(&self, listener: Listener, address: Option<SocketAddr>) {
        let mut paths: Vec<&str> = self
            .open_mounted
            .iter()
            .filter(|mounted| mounted.listener == listener)
            .filter(|mounted| !HARMLESS.contains(&mounted.endpoint.id()))
            .map(|mounted| mounted.path.as_str())
            .collect();
        paths.sort_unstable();
        let Some(address) = address else { return };
        if !paths.is_empty() {
            tracing::warn!(
                target: "actuator::server",
                "whoever reaches {address} may read {} without a password: set \
                 spring.security.user.password, or switch these views off (docs/health-views.md)",
                list(&paths)
            );
        }
    }

    fn write_collected(&self) {
        let total: usize = self.counts.values().sum::<usize>() + self.registered_at_run_time;
        if total == 0 {
            tracing::warn!(
                target: "actuator::server",
                "nothing was collected: nothing with an attribute such as #[health_check], \
                 #[info_source] or #[timed], and no #[derive(ActuatorInfo)], is linked into this \
                 program; a crate that main never names is not linked, name it with \
                 serve!(…, link = [the_crate])"
            );
            return;
        }
        let mut parts: Vec<String> = self
            .counts
            .iter()
            .map(|((kind, package), count)| {
                let plural = if *count == 1 || kind.ends_with("info") || kind.ends_with('s') {
                    ""
                } else {
                    "s"
                };
                format!("{count} {kind}{plural} from {package}")
            })
            .collect();
        if self.registered_at_run_time > 0 {
            parts.push(format!("{} registered at run time", self.registered_at_run_time));
        }
        tracing::info!(target: "actuator::server", "collected {}", parts.join(", "));
    }
}

fn scheme(https: bool) -> &'static str {
    if https { "https" } else { "http" }
}

fn list(ids: &[&str]) -> String {
    if ids.is_empty() { "nothing".to_owned() } else { ids.join(", ") }
}

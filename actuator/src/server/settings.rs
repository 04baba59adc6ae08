//! Where the service listens, and how it goes down.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use crate::{
    model::call::Listener,
    settings::{SettingsReader, one_of},
    web::{ErrorSettings, Forwarding, RequestSettings},
};

/// `server.*`, `management.server.*`, and the paths of the management API.
#[derive(Clone, Debug)]
pub(crate) struct ServerSettings {
    /// Where the application listens; port 0 for any free one.
    pub address: SocketAddr,
    /// Where management listens, if not with the application.
    pub management: Option<SocketAddr>,
    /// What stands in front of every path of the application's port (`/shop`), or empty.
    pub context_path: String,
    /// The path of the management API on its listener, below the context path if it shares the
    /// application's; empty for the root.
    pub base_path: String,
    /// Whether the discovery page exists.
    pub discovery: bool,
    /// The form of error answers, and what they show.
    pub errors: ErrorSettings,
    /// Whether responses tell how long they took.
    pub server_timing: bool,
    /// How requests are named and logged.
    pub requests: RequestSettings,
    /// Which proxies are believed.
    pub forwarding: Forwarding,
    /// How long the service goes on serving, unready, after it was told to stop.
    pub delay: Duration,
    /// How long requests in progress may take to finish on the way down.
    pub drain: Duration,
    /// Whether the address was chosen by the default, and not by a setting.
    pub default_address: bool,
}

impl ServerSettings {
    /// Reads the settings. On a cloud platform probes and charts expect the service on all
    /// interfaces, which is then the default; elsewhere it is loopback.
    pub(crate) fn read(reader: &mut SettingsReader<'_>, on_platform: bool) -> Self {
        let ip = reader.value::<IpAddr>("server.address");
        let default_ip = if on_platform { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST };
        let address = SocketAddr::new(
            ip.unwrap_or(IpAddr::V4(default_ip)),
            reader.value_or("server.port", 8080),
        );
        let management = management_address(reader, address);
        let context_path = path(reader, "server.servlet.context-path", "");
        let prefix = path(reader, "management.server.base-path", "");
        let below = path(reader, "management.endpoints.web.base-path", "/actuator");
        let base_path =
            if management.is_some() { format!("{prefix}{below}") } else { below.clone() };
        // At the root of the application's own port the page would hide the application's.
        let discovery = reader.value_or("management.endpoints.web.discovery.enabled", true)
            && (management.is_some() || !below.is_empty());
        Self {
            address,
            management,
            context_path,
            base_path,
            discovery,
            server_timing: reader.value_or("actuator.server-timing.enabled", false),
            requests: RequestSettings::read(reader),
            forwarding: Forwarding::read(reader),
            errors: ErrorSettings::read(reader),
            delay: reader.value_or("actuator.shutdown.delay", Duration::ZERO),
            drain: drain(reader),
            default_address: ip.is_none(),
        }
    }

    /// The addresses on which the service is to listen.
    pub(crate) fn listeners(&self) -> Vec<SocketAddr> {
        std::iter::once(self.address).chain(self.management).collect()
    }

    /// The listener that serves the management API.
    pub(crate) fn management_listener(&self) -> Listener {
        if self.management.is_some() { Listener::Management } else { Listener::Application }
    }

    /// The path of the management API as it stands in an address.
    pub(crate) fn full_base_path(&self) -> String {
        match self.management {
            Some(_) => self.base_path.clone(),
            None => format!("{}{}", self.context_path, self.base_path),
        }
    }

    /// Whether the management API can be reached from this machine only.
    pub(crate) fn management_on_loopback(&self) -> bool {
        self.management.unwrap_or(self.address).ip().is_loopback()
    }
}

fn management_address(reader: &mut SettingsReader<'_>, server: SocketAddr) -> Option<SocketAddr> {
    let port: u16 = reader.value("management.server.port")?;
    // The same port is the same listener; port 0 is always another one.
    if port == server.port() && port != 0 {
        return None;
    }
    let ip = reader.value_or("management.server.address", server.ip());
    Some(SocketAddr::new(ip, port))
}

/// How long the way down may take: no time at all if `server.shutdown` is `immediate`.
fn drain(reader: &mut SettingsReader<'_>) -> Duration {
    const NAME: &str = "server.shutdown";
    let limit = Duration::from_secs(30);
    let limit = reader.value_or("spring.lifecycle.timeout-per-shutdown-phase", limit);
    let text: String = reader.value_or(NAME, "graceful".to_owned());
    match one_of(&text, &[("graceful", limit), ("immediate", Duration::ZERO)]) {
        Ok(drain) => drain,
        Err(expected) => {
            reader.reject(NAME, expected);
            limit
        }
    }
}

/// A path that is empty or starts with a slash; a slash at its end is cut.
fn path(reader: &mut SettingsReader<'_>, name: &str, default: &str) -> String {
    let path: String = reader.value_or(name, default.to_owned());
    if !path.is_empty() && !path.starts_with('/') {
        reader.reject(name, format!("a path starts with a slash: {name}=/{path}"));
    }
    path.strip_suffix('/').unwrap_or(&path).to_owned()
}

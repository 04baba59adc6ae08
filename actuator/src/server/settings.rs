//! Where the service listens, and how it goes down.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use tokio::runtime::Handle;

use super::{
    secured::Secured,
    tls::{ListenersTls, TlsSettings},
};
use crate::{
    error::Result,
    model::call::Listener,
    server::listener::{Inherited, ListenerSettings, SocketSettings},
    settings::{SettingsReader, one_of},
    web::{ErrorSettings, Forwarding, RequestSettings},
};

/// `server.*`, `management.server.*`, and the paths of the management API.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub(crate) struct ServerSettings {
    /// Where the application listens; port 0 for any free one.
    pub address: SocketAddr,
    /// Where management listens, if not with the application.
    pub management: Option<SocketAddr>,
    /// The Unix socket on which management listens too; without a port of its own, only there.
    pub management_socket: Option<SocketSettings>,
    /// Whether management listens on no port at all.
    pub management_off: bool,
    /// The sockets that were open already, instead of those that the settings ask for.
    pub inherited: Inherited,
    /// What callers may do.
    pub limits: ListenerSettings,
    /// What stands in front of every path of the application's port (`/shop`), or empty.
    pub context_path: String,
    /// The path of the management API on its listener, below the context path if it shares the
    /// application's; empty for the root.
    pub base_path: String,
    /// Whether the discovery page exists.
    pub discovery: bool,
    /// How the listeners speak TLS.
    pub tls: ListenersTls,
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
    pub(crate) fn read(
        reader: &mut SettingsReader<'_>,
        on_platform: bool,
        inherited: Inherited,
    ) -> Self {
        let ip = reader.value::<IpAddr>("server.address");
        let default_ip = if on_platform { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST };
        let address = SocketAddr::new(
            ip.unwrap_or(IpAddr::V4(default_ip)),
            reader.value_or("server.port", 8080),
        );
        let port = management_port(reader, address);
        let management = match port {
            Port::Own(address) => Some(address),
            Port::Same | Port::None => None,
        };
        // Whether only this machine reaches them is known of the sockets, not of the settings.
        let address = inherited.application_address().unwrap_or(address);
        let management = inherited.management_address().or(management);
        let default_address = ip.is_none() && inherited.application_address().is_none();
        let management_socket = SocketSettings::read(reader);
        let management_off = port == Port::None;
        let apart = management.is_some()
            || management_socket.is_some()
            || management_off
            || inherited.has_management();
        let context_path = path(reader, "server.servlet.context-path", "");
        let prefix = path(reader, "management.server.base-path", "");
        let below = path(reader, "management.endpoints.web.base-path", "/actuator");
        let base_path = if apart { format!("{prefix}{below}") } else { below.clone() };
        // At the root of the application's own port the page would hide the application's.
        let discovery = reader.value_or("management.endpoints.web.discovery.enabled", true)
            && (apart || !below.is_empty());
        let limits = ListenerSettings::read(reader);
        let own_port = management.is_some() || inherited.has_management();
        let tls = ListenersTls::read(reader, own_port, &limits);
        Self {
            address,
            management,
            management_socket,
            management_off,
            inherited,
            limits,
            context_path,
            base_path,
            discovery,
            tls,
            server_timing: reader.value_or("actuator.server-timing.enabled", false),
            requests: RequestSettings::read(reader),
            forwarding: Forwarding::read(reader),
            errors: ErrorSettings::read(reader),
            delay: reader.value_or("actuator.shutdown.delay", Duration::ZERO),
            drain: drain(reader),
            default_address,
        }
    }

    /// The addresses on which the service is to listen.
    pub(crate) fn listeners(&self) -> Vec<SocketAddr> {
        std::iter::once(self.address).chain(self.management).collect()
    }

    /// Whether management is apart from the application: on a port or a socket of its own, or
    /// nowhere.
    pub(crate) fn is_apart(&self) -> bool {
        self.has_own_listener() || self.management_off
    }

    /// Whether management has a port or a socket of its own.
    pub(crate) fn has_own_listener(&self) -> bool {
        self.management.is_some()
            || self.management_socket.is_some()
            || self.inherited.has_management()
    }

    /// What to call the Unix socket of management, if it has one; `on_port` says whether it has a
    /// port.
    pub(crate) fn socket_name(&self, on_port: bool) -> Option<String> {
        match &self.management_socket {
            Some(socket) => Some(format!("unix:{}", socket.path.display())),
            None => (!on_port && self.inherited.has_management())
                .then(|| "the socket that was handed over".to_owned()),
        }
    }

    /// The listener that serves the management API.
    pub(crate) fn management_listener(&self) -> Listener {
        if self.is_apart() { Listener::Management } else { Listener::Application }
    }

    /// How the listener that serves the management API speaks TLS, if it does.
    pub(crate) fn management_tls(&self) -> Option<&TlsSettings> {
        if self.is_apart() { self.tls.management.as_ref() } else { self.tls.application.as_ref() }
    }

    /// What its listeners encrypt with, which the runtime of `handle` keeps up to date. Blocks.
    pub(super) fn secured(&self, handle: &Handle) -> Result<Secured> {
        let own_port = self.management.is_some() || self.inherited.has_management();
        Secured::load(&self.tls, self.limits, own_port, handle)
    }

    /// The path of the management API as it stands in an address.
    pub(crate) fn full_base_path(&self) -> String {
        if self.is_apart() {
            return self.base_path.clone();
        }
        format!("{}{}", self.context_path, self.base_path)
    }

    /// Whether the management API can be reached from this machine only.
    pub(crate) fn management_on_loopback(&self) -> bool {
        match self.management {
            Some(address) => address.ip().is_loopback(),
            None if self.has_own_listener() => true,
            None => self.address.ip().is_loopback(),
        }
    }
}

/// What `management.server.port` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Port {
    /// That of the application.
    Same,
    /// One of its own.
    Own(SocketAddr),
    /// None.
    None,
}

fn management_port(reader: &mut SettingsReader<'_>, server: SocketAddr) -> Port {
    const NAME: &str = "management.server.port";
    let Some(port) = reader.value::<i32>(NAME) else {
        // On a socket only.
        let has_socket = SocketSettings::is_set(reader);
        return if has_socket { Port::None } else { Port::Same };
    };
    if port < 0 {
        return Port::None;
    }
    let Ok(port) = u16::try_from(port) else {
        reader.reject(NAME, "expected a port up to 65535, 0 for any free one, or -1 for none");
        return Port::None;
    };
    // The same port is the same listener; port 0 is always another one.
    if port == server.port() && port != 0 {
        return Port::Same;
    }
    Port::Own(SocketAddr::new(reader.value_or("management.server.address", server.ip()), port))
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

//! Where a request came from and under which address its caller knows the service: facts of the
//! connection, or, behind a proxy that is trusted, what that proxy says.
//!
//! What anybody but a trusted proxy says changes nothing, and neither does what cannot be read or
//! contradicts itself. The rules by which an address is put together are Spring's
//! `ForwardedHeaderFilter` (recorded: golden `run-forward-headers/*`); who is believed is not:
//! Spring takes the first of several values, which anybody may have sent; here the chain of proxies
//! is walked from the service outwards, as far as it is trusted.

mod cidr;
mod node;
mod rfc7239;
mod settings;
mod tomcat;
mod x_forwarded;

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::extract::ConnectInfo;
use http::{Extensions, HeaderMap, Request, Uri};

use self::{cidr::TrustedProxies, settings::Headers};
use super::host::named_host;
use crate::model::peer::Peer;
use crate::support::uri_host::host_and_port;

/// From where a request comes, and how its caller reached the service. It is in the extensions of
/// requests that came through a trusted proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The caller, as far as it is known.
    pub(crate) client: Option<IpAddr>,
    /// `http` or `https`.
    pub(crate) scheme: &'static str,
    /// The host that the caller named, with a port unless it is that of the scheme.
    pub(crate) host: String,
    /// What the proxy has cut from the front of the path (`/shop`), or empty.
    pub(crate) prefix: String,
}

/// Which proxies are believed; nobody by default. Clones share the list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Forwarding {
    /// `None` if nobody is.
    believed: Option<Arc<Believed>>,
}

#[derive(Clone, Debug)]
struct Believed {
    proxies: TrustedProxies,
    headers: Headers,
}

/// What the headers of proxies say. Nothing in it has been checked against what the connection says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Told {
    client: Option<IpAddr>,
    scheme: Option<&'static str>,
    /// A host that can stand in an address, with or without a port.
    host: Option<String>,
    port: Option<u16>,
    prefix: String,
}

impl Forwarding {
    /// Puts an [`Origin`] into the extensions of a request that came through a trusted proxy, unless
    /// there is one already.
    pub(crate) fn settle<B>(&self, request: &mut Request<B>) {
        let Some(believed) = &self.believed else { return };
        if request.extensions().get::<Origin>().is_some() {
            return;
        }
        if let Some(origin) =
            believed.origin(request.uri(), request.headers(), request.extensions())
        {
            request.extensions_mut().insert(origin);
        }
    }
}

impl Believed {
    fn origin(&self, uri: &Uri, headers: &HeaderMap, extensions: &Extensions) -> Option<Origin> {
        let peer = match extensions.get::<Peer>() {
            Some(Peer { address: None, .. }) => self.proxies.unix.then_some(None)?,
            _ => Some(peer_address(extensions).filter(|peer| self.proxies.includes(*peer))?),
        };
        let told = self.told(headers)?;
        Some(told.onto(uri, headers, extensions, peer))
    }

    /// `None` if no header says anything that can be believed.
    fn told(&self, headers: &HeaderMap) -> Option<Told> {
        let old = || x_forwarded::read(headers, &self.proxies);
        let new = || rfc7239::read(headers, &self.proxies);
        match self.headers {
            Headers::XForwarded => old(),
            // Most proxies know nothing of `Forwarded`, and pass that of any caller on.
            Headers::Auto if x_forwarded::are_there(headers) => old(),
            Headers::Auto | Headers::Forwarded => new(),
        }
    }
}

impl Told {
    /// What the connection says with what the proxy says put over it.
    fn onto(
        self,
        uri: &Uri,
        headers: &HeaderMap,
        extensions: &Extensions,
        peer: Option<IpAddr>,
    ) -> Origin {
        let scheme = self.scheme.unwrap_or_else(|| own_scheme(uri, extensions));
        let named = named_host(uri, headers);
        let (host, port) = host_and_port(self.host.as_deref().unwrap_or(named));
        // A scheme without a port is that of the proxy's usual port, not of ours.
        let port = if self.scheme.is_some() && self.host.is_none() { None } else { port };
        let port = self.port.or(port);
        let usual = if scheme == "https" { 443 } else { 80 };
        let host = match port.filter(|port| *port != usual) {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        Origin { client: self.client.or(peer), scheme, host, prefix: self.prefix }
    }
}

/// The address of a request's caller: what a trusted proxy says, else the other end of the
/// connection. `None` on a Unix socket, and where the server does not tell.
pub(crate) fn client_address(extensions: &Extensions) -> Option<IpAddr> {
    match extensions.get::<Origin>() {
        Some(origin) => origin.client,
        None => peer_address(extensions),
    }
}

/// Scheme, host and what stands before the path, as the caller knows them:
/// `("https", "shop.example", "/api")`. The host is this one if no trusted proxy says another.
pub(crate) fn public_address<'r>(
    uri: &Uri,
    extensions: &'r Extensions,
    host: &'r str,
) -> (&'static str, &'r str, &'r str) {
    let (scheme, told, prefix) = public_origin(uri, extensions);
    (scheme, told.unwrap_or(host), prefix)
}

/// As [`public_address`], with the host only if a trusted proxy says one.
pub(crate) fn public_origin<'r>(
    uri: &Uri,
    extensions: &'r Extensions,
) -> (&'static str, Option<&'r str>, &'r str) {
    match extensions.get::<Origin>() {
        Some(origin) => (origin.scheme, Some(&origin.host), &origin.prefix),
        None => (own_scheme(uri, extensions), None, ""),
    }
}

fn own_scheme(uri: &Uri, extensions: &Extensions) -> &'static str {
    let is_secure = match extensions.get::<Peer>() {
        Some(peer) => peer.is_secure,
        None => uri.scheme_str() == Some("https"),
    };
    if is_secure { "https" } else { "http" }
}

fn peer_address(extensions: &Extensions) -> Option<IpAddr> {
    let address = match extensions.get::<Peer>() {
        Some(peer) => peer.address,
        None => extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0),
    };
    // An IPv4 caller of a listener for both has an address of IPv6.
    Some(address?.ip().to_canonical())
}

#[cfg(test)]
mod tests;

//! What browsers are kept from, and what they may do: requests that another page sends in the name
//! of its visitor (`cross_site`), names that lead to this machine by a trick (`host`), calls from
//! pages of other origins (`cors`), and the headers that tell browsers how to treat answers
//! (`headers`). It is about pages, not about people: who asks is found out elsewhere.

mod cors;
mod cross_site;
mod headers;
mod host;
mod origin;
#[cfg(test)]
mod property_tests;
mod settings;

use std::sync::Arc;

use axum::response::Response;
use http::request::Parts;

use self::{cross_site::TrustedOrigins, host::AllowedHosts};
use super::refusal::Refusal;
use crate::model::{endpoint::OperationKind, peer::Peer};

pub(crate) use self::{cors::CorsGrant, settings::BrowserSettings};

/// The rules of one listener.
#[derive(Clone, Debug, Default)]
pub(crate) struct BrowserRules {
    settings: Arc<BrowserSettings>,
    /// On a listener that only this machine reaches.
    hosts: Option<AllowedHosts>,
    trusted: Arc<TrustedOrigins>,
}

/// What a request asks for, once its path is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// An operation.
    Operation(OperationKind),
    /// What the path has (OPTIONS).
    Options,
    /// Whether a page may ask (OPTIONS with the method that it is about).
    Preflight,
}

impl BrowserRules {
    /// The rules of a listener. `loopback` is one that only this machine reaches: no page reaches it
    /// by a name of its own then. Pages of `servers`, the admin servers, may change something.
    pub(crate) fn new(settings: Arc<BrowserSettings>, loopback: bool, servers: &[String]) -> Self {
        let hosts = loopback.then(|| AllowedHosts::new(&settings.allowed_hosts));
        let trusted = TrustedOrigins::new(settings.trusted_origins.iter().chain(servers));
        Self { settings, hosts, trusted: Arc::new(trusted) }
    }

    /// Before anything is looked for: whether the name by which this machine was found is its own.
    pub(super) fn screen(&self, parts: &Parts) -> Result<(), Refusal> {
        // No page reaches a Unix socket.
        let on_socket =
            || parts.extensions.get::<Peer>().is_some_and(|peer| peer.address.is_none());
        match &self.hosts {
            Some(hosts) if !on_socket() => hosts.check(parts),
            _ => Ok(()),
        }
    }

    /// Whether a page may ask for this; `grant` is what its browser is told of it, also of a refusal.
    /// `mounted` are paths outside of the base path, which CORS does not cover (recorded:
    /// `run-cors/livez`).
    pub(super) fn permit(
        &self,
        parts: &Parts,
        asked: Asked,
        mounted: bool,
        grant: &mut CorsGrant,
    ) -> Result<(), Refusal> {
        if let Some(cors) = self.settings.cors.as_ref().filter(|_| !mounted) {
            *grant = CorsGrant::not_asked();
            if !cross_site::is_own(parts) && !self.trusted.sent(parts) {
                cors.judge(parts, asked == Asked::Preflight, grant)?;
            }
        }
        let changes =
            matches!(asked, Asked::Operation(OperationKind::Write | OperationKind::Delete));
        // Whom CORS lets change something is a page of another origin by intention.
        if changes && !grant.allows_origin() {
            cross_site::check(parts, &self.trusted)
        } else {
            Ok(())
        }
    }

    /// Tells the browser how to treat an answer.
    pub(super) fn finish(&self, grant: CorsGrant, response: &mut Response) {
        grant.write(response.headers_mut());
        if self.settings.headers {
            headers::write(response.headers_mut());
        }
    }
}

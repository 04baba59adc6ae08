//! Pages of others that send something in the name of their visitor, who may be somebody that is
//! allowed to change something, or just somebody on this machine.
//!
//! Browsers tell where a request comes from: `Sec-Fetch-Site` (Fetch Metadata), which no page can
//! forge, or, where they leave it out, `Origin`. Spring Boot Admin passes both on as its browser
//! sent them: the former says `same-origin`, the latter is the admin server's public address.

use http::{HeaderName, StatusCode, request::Parts};

use super::{
    super::refusal::Refusal,
    origin::{self, WebOrigin},
};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const X_REQUESTED_WITH: HeaderName = HeaderName::from_static("x-requested-with");

/// Origins whose pages may change something: those of the admin servers, and of a setting.
#[derive(Debug, Default)]
pub(super) struct TrustedOrigins(Vec<WebOrigin>);

impl TrustedOrigins {
    /// The origins of addresses.
    pub(super) fn new<'a>(addresses: impl Iterator<Item = &'a String>) -> Self {
        Self(addresses.filter_map(|address| WebOrigin::parse(address)).collect())
    }

    /// Whether a page of one of them sent the request.
    pub(super) fn sent(&self, parts: &Parts) -> bool {
        let origin = origin::sent(&parts.headers).and_then(WebOrigin::parse);
        origin.is_some_and(|origin| self.0.contains(&origin))
    }
}

/// Whether the browser says, or its origin shows, that a page of this very service sent the
/// request, or none did.
pub(super) fn is_own(parts: &Parts) -> bool {
    match fetch_site(parts) {
        Some(site) => site.is_own(),
        None => origin::sent(&parts.headers).is_none_or(|origin| origin::is_same(origin, parts)),
    }
}

/// Refuses what a page of another origin sent, or an opaque one.
pub(super) fn check(parts: &Parts, trusted: &TrustedOrigins) -> Result<(), Refusal> {
    let site = fetch_site(parts);
    let passes = is_own(parts)
        || site.is_none() && (trusted.sent(parts) || parts.headers.contains_key(X_REQUESTED_WITH));
    if passes {
        return Ok(());
    }
    Err(Refusal::new(
        StatusCode::FORBIDDEN,
        "A page of another origin may not change anything here. \
         actuator.security.trusted-origins names those that may.",
    ))
}

/// What `Sec-Fetch-Site` says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FetchSite {
    Own,
    Foreign,
}

impl FetchSite {
    fn is_own(self) -> bool {
        self == Self::Own
    }
}

fn fetch_site(parts: &Parts) -> Option<FetchSite> {
    let mut values = parts.headers.get_all(SEC_FETCH_SITE).iter().peekable();
    values.peek()?;
    let own = values.all(|value| matches!(value.as_bytes(), b"same-origin" | b"none"));
    Some(if own { FetchSite::Own } else { FetchSite::Foreign })
}

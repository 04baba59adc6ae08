//! Asking the identity provider for its keys: at their own address, or at the one that its
//! discovery document names (`OpenID` Connect Discovery 1.0, section 4).

use std::{fmt, time::Duration};

use serde::Deserialize;

use super::key::Key;
use crate::support::outgoing::{Headers, HttpClient, HttpMethod, HttpTarget, Trust};

/// How long one call may take.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Bytes of a document; they have some 10 KiB.
const LARGEST: usize = 512 * 1024;
/// Where the discovery document is, below the issuer.
const DISCOVERY: &str = "/.well-known/openid-configuration";

/// Where the keys are.
#[derive(Clone)]
pub(super) struct Provider {
    place: Place,
    trust: Trust,
}

#[derive(Clone)]
enum Place {
    /// The keys themselves.
    Keys(HttpTarget),
    /// Who knows where they are.
    Issuer { name: String, target: HttpTarget },
}

/// What is read of the discovery document.
#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

impl Provider {
    /// The keys at this address.
    pub(super) fn keys(target: HttpTarget, trust: Trust) -> Self {
        Self { place: Place::Keys(target), trust }
    }

    /// The keys of this issuer.
    pub(super) fn issuer(name: String, target: HttpTarget, trust: Trust) -> Self {
        Self { place: Place::Issuer { name, target }, trust }
    }

    /// Asks for the keys. The error says what failed, without secrets.
    pub(super) async fn fetch(&self) -> Result<Vec<Key>, String> {
        let target = match &self.place {
            Place::Keys(target) => target.clone(),
            Place::Issuer { name, target } => self.discover(name, target).await?,
        };
        let json = self.get(&target).await?;
        Key::set(&json).map_err(|error| format!("{}: {error}", target.shown()))
    }

    async fn discover(&self, issuer: &str, target: &HttpTarget) -> Result<HttpTarget, String> {
        let target = target.below(DISCOVERY);
        let shown = target.shown();
        let json = self.get(&target).await?;
        let discovery: Discovery = serde_json::from_slice(&json)
            .map_err(|error| format!("{shown} is no discovery document: {error}"))?;
        if discovery.issuer != issuer {
            return Err(format!("{shown} is the document of another issuer"));
        }
        let keys = HttpTarget::parse(&discovery.jwks_uri)
            .map_err(|error| format!("the address of the keys in {shown}: {error}"))?;
        if target.is_https() && !keys.is_https() {
            return Err(format!("{shown} leads to keys that are not protected by https"));
        }
        Ok(keys)
    }

    async fn get(&self, target: &HttpTarget) -> Result<Vec<u8>, String> {
        let shown = target.shown();
        let failed = |error: &dyn fmt::Display| format!("{shown}: {error}");
        let (trust, headers) = (self.trust.clone(), Headers::default());
        let client = HttpClient::make(target.clone(), trust, headers, TIMEOUT).await;
        let client = client.map_err(|error| failed(&error))?;
        let headers = [("accept", "application/json")];
        let answer = client.send(HttpMethod::Get, &headers, bytes::Bytes::new()).await;
        let answer = answer.map_err(|error| failed(&error))?;
        if answer.status() != 200 {
            return Err(failed(&format_args!("answered {}", answer.status_line())));
        }
        match answer.body(LARGEST).await.map_err(|error| failed(&error))? {
            (body, true) => Ok(body),
            (_, false) => Err(failed(&format_args!("more than {} KiB", LARGEST / 1024))),
        }
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Keys(target) => f.write_str(&target.shown()),
            Place::Issuer { target, .. } => write!(f, "{}{DISCOVERY}", target.shown()),
        }
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

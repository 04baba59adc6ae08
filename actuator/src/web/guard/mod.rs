//! Who may pass: between finding what a path names and asking it.
//!
//! Every request of a [`super::Management`] that has a guard comes by here, whatever its path:
//! there is no list of guarded paths from which one could be missing. `credentials` reads what a
//! request shows, the authenticators of `security` say who that is, `denied` writes the answer to
//! those who do not pass.

mod credentials;
mod denied;
mod failures;

use std::{net::IpAddr, sync::Arc};

use http::{HeaderValue, request::Parts};

use self::{credentials::Shown, failures::Failures};
use crate::{
    model::{
        endpoint::OperationKind,
        principal::Principal,
        surface::{CredentialKind, Needed},
    },
    security::{Attempt, CERTIFICATE_AUTHENTICATOR, Need, Security, Verdict},
    web::forwarded::client_address,
};

pub(super) use self::denied::Denied;
pub(crate) use self::failures::{OnSecurityEvent, SecurityEvent, SecurityEventKind};

/// Guards the management API.
pub(crate) struct Guard {
    security: Security,
    failures: Failures,
}

/// What a request asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'r> {
    /// The id of the endpoint; `None` for the discovery page and where there is nothing.
    pub(super) endpoint: Option<&'r str>,
    /// What is done there; `None` for methods that are no operation.
    pub(super) kind: Option<OperationKind>,
}

/// Whom the guard lets through.
#[derive(Debug, Default)]
pub(super) struct Admitted {
    /// Who it is, if the guard has found out.
    pub(super) principal: Option<Principal>,
    /// The cookie that a browser gets.
    pub(super) cookie: Option<HeaderValue>,
}

/// What all authenticators together say.
enum Found {
    Nobody,
    Caller(Principal),
    Refused(&'static str, String),
    Unavailable(String),
}

impl Guard {
    /// A guard with these authenticators and rules; `on_event` hears of who does not get in.
    pub(crate) fn new(security: Security, on_event: Option<OnSecurityEvent>) -> Self {
        Self { security, failures: Failures::new(on_event) }
    }

    /// Whether strangers may read this endpoint.
    pub(crate) fn is_open(&self, endpoint: &str) -> bool {
        self.security.rules.open.contains(endpoint)
    }

    /// How callers can show who they are.
    pub(super) fn credentials(&self) -> &[CredentialKind] {
        &self.security.credentials
    }

    /// What an operation asks for; `endpoint` is `None` for the discovery page.
    pub(super) fn needed(&self, endpoint: Option<&str>, kind: OperationKind) -> Needed {
        match self.security.rules.need(endpoint, Some(kind)) {
            Need::Nothing => Needed::Nothing,
            Need::Roles(roles) => Needed::Roles(roles.to_vec()),
        }
    }

    /// Lets a request through, with its caller, or not.
    pub(super) async fn admit(
        &self,
        parts: &Parts,
        wanted: Wanted<'_>,
    ) -> Result<Admitted, Denied> {
        let need = self.security.rules.need(wanted.endpoint, wanted.kind);
        // Middleware of the application knows who it is already.
        if let Some(caller) = parts.extensions.get::<Principal>() {
            self.authorize(caller, need, wanted, client_address(&parts.extensions))?;
            return Ok(Admitted::default());
        }
        let secret = self.security.secret.as_deref();
        let shown = Shown::read(parts, secret);
        let admitted = if shown.is_nothing() && !self.security.asks_always {
            self.anonymous(need, parts).map(|()| Admitted::default())
        } else {
            self.judge(parts, &shown, need, wanted).await
        };
        admitted.map(|admitted| match (shown.logs_out(), secret) {
            (true, Some(secret)) => {
                Admitted { cookie: credentials::no_cookie(secret, parts), ..admitted }
            }
            _ => admitted,
        })
    }

    async fn judge(
        &self,
        parts: &Parts,
        shown: &Shown<'_>,
        need: Need<'_>,
        wanted: Wanted<'_>,
    ) -> Result<Admitted, Denied> {
        let client = client_address(&parts.extensions);
        if let Some(left) = self.security.throttle.refuses(client) {
            // Health is answered all the same, as to a stranger.
            return match need {
                Need::Nothing => Ok(Admitted::default()),
                Need::Roles(_) => Err(Denied::TooMany(left)),
            };
        }
        match self.find_out(parts, shown, client).await {
            Found::Caller(principal) => {
                if let Err(denied) = self.authorize(&principal, need, wanted, client) {
                    return Err(denied.to(principal));
                }
                let cookie = self.security.secret.as_deref();
                let cookie = cookie.and_then(|secret| shown.cookie_to_set(secret, parts));
                Ok(Admitted { principal: Some(principal), cookie })
            }
            Found::Nobody => self.anonymous(need, parts).map(|()| Admitted::default()),
            Found::Refused(by, reason) => {
                let throttle = &self.security.throttle;
                self.failures.refused(throttle, client, by, &reason, shown.user()).await;
                Err(self.unknown(parts))
            }
            Found::Unavailable(reason) => {
                tracing::debug!(target: "actuator::security", %reason, "cannot say who it is");
                match need {
                    Need::Nothing => Ok(Admitted::default()),
                    Need::Roles(_) => Err(Denied::Unavailable),
                }
            }
        }
    }

    /// Asks the authenticators in their order; the first one that knows the caller decides. A
    /// certificate does not make up for wrong credentials: its holder could guess those of others.
    async fn find_out(&self, parts: &Parts, shown: &Shown<'_>, client: Option<IpAddr>) -> Found {
        let credentials = shown.credentials();
        let header = |name: &str| parts.headers.get(name).map(HeaderValue::as_bytes);
        let attempt = Attempt { credentials: &credentials, client, header: &header };
        let (mut refused, mut unavailable) = (shown.malformed(), None);
        for authenticator in &self.security.authenticators {
            match authenticator.authenticate(&attempt).await {
                Verdict::Known(_)
                    if refused.is_some() && authenticator.name() == CERTIFICATE_AUTHENTICATOR => {}
                Verdict::Known(principal) => return Found::Caller(principal),
                Verdict::NotMine => {}
                Verdict::Refused(reason) => {
                    refused.get_or_insert_with(|| format!("{}: {reason}", authenticator.name()));
                }
                Verdict::Unavailable(reason) => unavailable = Some(reason),
            }
        }
        match (unavailable, refused) {
            (Some(reason), _) => Found::Unavailable(reason),
            (None, Some(reason)) => Found::Refused(shown.kind(), reason),
            (None, None) => Found::Nobody,
        }
    }

    fn anonymous(&self, need: Need<'_>, parts: &Parts) -> Result<(), Denied> {
        match need {
            Need::Nothing => Ok(()),
            Need::Roles(_) => Err(self.unknown(parts)),
        }
    }

    fn authorize(
        &self,
        caller: &Principal,
        need: Need<'_>,
        wanted: Wanted<'_>,
        client: Option<IpAddr>,
    ) -> Result<(), Denied> {
        if need.is_met_by(caller) {
            return Ok(());
        }
        self.failures.forbidden(caller, wanted, client);
        Err(Denied::Forbidden(None))
    }

    fn unknown(&self, parts: &Parts) -> Denied {
        // A script's request must not make the browser ask for a password (recorded:
        // `run-security-default/info-anonymous-xhr`).
        if parts.headers.get("x-requested-with").is_some_and(|by| by == "XMLHttpRequest") {
            return Denied::Unknown(Vec::new());
        }
        let challenges = self.security.authenticators.iter().filter_map(|one| one.challenge());
        let mut challenges: Vec<String> = challenges.collect();
        // Two kinds of bearer tokens ask the same.
        challenges.dedup();
        Denied::Unknown(challenges)
    }
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guard").field("security", &self.security).finish_non_exhaustive()
    }
}

/// A guard as listeners share it.
pub(crate) type SharedGuard = Arc<Guard>;

//! Who is known, and what they may do, as settings say it.

mod known;
mod names;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
    time::Duration,
};

use self::{
    known::{Known, secret, tokens, users},
    names::comparable,
};
use super::{
    AccessRules, Authenticator, SharedSecret,
    access_rules::EndpointRules,
    certificates::Certificates,
    jwt::{Jwt, JwtSettings},
    throttle::{Throttle, ThrottleSettings},
    tokens::Tokens,
    users::Users,
};
use crate::{model::surface::CredentialKind, settings::SettingsReader, support::clock::Clock};

/// Failures count for a day at most.
const LONGEST_WINDOW: Duration = Duration::from_hours(24);
/// The role that may change things, and that who is said to be the only user has.
const OPERATOR: &str = "operator";
/// What somebody may read whose roles are not set.
const VIEWER: &str = "viewer";

/// `spring.security.user.*`, `actuator.security.*` and the rules of endpoints.
#[derive(Debug)]
pub struct SecuritySettings {
    known: Known,
    certificates: Option<Certificates>,
    jwt: Option<JwtSettings>,
    rules: AccessRules,
    throttle: ThrottleSettings,
    /// Whether rules are set, which ask for a caller also where nobody is known by settings.
    has_rules: bool,
}

/// What the settings come to.
pub struct Security {
    /// Who finds out who it is, in their order.
    pub authenticators: Vec<Arc<dyn Authenticator>>,
    /// One of them, which the guard makes cookies with.
    pub secret: Option<Arc<SharedSecret>>,
    /// What they look at, in their order.
    pub credentials: Vec<CredentialKind>,
    /// Who may do what.
    pub rules: AccessRules,
    /// Whether there may be credentials that only an authenticator can see, so that all requests
    /// are shown to them.
    pub asks_always: bool,
    /// How failures are slowed down.
    pub throttle: Throttle,
}

impl SecuritySettings {
    /// Reads them; `ids` are all endpoints there could be.
    pub fn read(reader: &mut SettingsReader<'_>, ids: &[&str]) -> Self {
        let mut known = Known::default();
        users(reader, &mut known);
        tokens(reader, &mut known);
        secret(reader, &mut known);
        let (rules, has_rules) = rules(reader, ids);
        let default = ThrottleSettings::default();
        let failures = "actuator.security.throttle.failures";
        let throttle = ThrottleSettings {
            failures: reader.value_or(failures, default.failures),
            window: reader.duration_within(
                "actuator.security.throttle.window",
                default.window,
                LONGEST_WINDOW,
            ),
        };
        if throttle.failures == 0 {
            reader.reject(failures, "expected at least 1: nobody would get in");
        }
        let (certificates, jwt) = (Certificates::read(reader), JwtSettings::read(reader));
        Self { known, certificates, jwt, rules, throttle, has_rules }
    }

    /// Puts it together with the authenticators that the application brings; `None` if there is
    /// nothing to guard with. Warns of what is set and unwise.
    ///
    /// # Errors
    /// There are no random bytes for a key.
    pub fn into_security(
        self,
        own: Vec<Arc<dyn Authenticator>>,
        clock: &Clock,
    ) -> Result<Option<Security>, String> {
        let Self { known, certificates, jwt, rules, throttle, has_rules } = self;
        for warning in &known.warnings {
            tracing::warn!(target: "actuator::security", "{warning}");
        }
        // The order in which they are asked. What looks like a JWT is none of the other tokens; what
        // is in a header goes before the certificate of the connection.
        let mut authenticators: Vec<Arc<dyn Authenticator>> = Vec::new();
        let mut credentials = Vec::new();
        if !known.users.is_empty() {
            credentials.push(CredentialKind::Basic);
            authenticators.push(Arc::new(Users::new(known.users, clock.clone())?));
        }
        if let Some(jwt) = jwt {
            credentials.push(CredentialKind::Jwt);
            authenticators.push(Arc::new(Jwt::new(jwt, clock.clone())?));
        }
        if !known.tokens.is_empty() {
            credentials.push(CredentialKind::Bearer);
            authenticators.push(Arc::new(Tokens::new(known.tokens)));
        }
        let secret = known.secret.map(|(secret, settings)| {
            Arc::new(SharedSecret::new(&secret, settings, clock.clone()))
        });
        credentials.extend(secret.iter().flat_map(|secret| of_secret(secret)));
        credentials.extend(certificates.iter().map(|_| CredentialKind::Certificate));
        credentials.extend(own.iter().filter_map(|one| of_own(&**one)));
        authenticators.extend(secret.clone().map(|secret| secret as Arc<dyn Authenticator>));
        authenticators.extend(certificates.map(|known| Arc::new(known) as Arc<dyn Authenticator>));
        let asks_always = !own.is_empty();
        authenticators.extend(own);
        if authenticators.is_empty() && !has_rules {
            return Ok(None);
        }
        if authenticators.is_empty() {
            tracing::warn!(
                target: "actuator::security",
                "rules of the management API are set (actuator.security.*, \
                 management.endpoint.*.read-roles), but nobody is: only callers whom middleware of \
                 the application has found out get in; set spring.security.user.password or another \
                 way, see docs/security.md"
            );
        }
        let throttle = Throttle::new(throttle, clock.clone());
        Ok(Some(Security { authenticators, secret, credentials, rules, asks_always, throttle }))
    }
}

/// Where the shared secret is looked for.
fn of_secret(secret: &SharedSecret) -> impl Iterator<Item = CredentialKind> {
    let header = CredentialKind::Header(secret.header.clone());
    let cookie = CredentialKind::Cookie(secret.cookie.clone());
    [header, cookie].into_iter().chain(secret.query_parameter.clone().map(CredentialKind::Query))
}

/// What the challenge of an authenticator of the application's own tells.
fn of_own(own: &dyn Authenticator) -> Option<CredentialKind> {
    let challenge = own.challenge()?;
    let scheme = challenge.split_ascii_whitespace().next()?.to_ascii_lowercase();
    Some(CredentialKind::Own { name: own.name().to_owned(), scheme })
}

fn rules(reader: &mut SettingsReader<'_>, ids: &[&str]) -> (AccessRules, bool) {
    const OPEN: &str = "actuator.security.permit-all";
    let open_list = reader.list(OPEN);
    let mut open = BTreeSet::new();
    for wanted in open_list.iter().flatten() {
        match ids.iter().find(|id| comparable(id) == comparable(wanted)) {
            Some(id) => drop(open.insert((*id).to_owned())),
            None => reader.reject(OPEN, format_args!("no endpoint is called {wanted}")),
        }
    }
    if open_list.is_none() {
        open.insert("health".to_owned());
    }
    let read = reader.list("actuator.security.read-roles");
    let write = reader.list("actuator.security.write-roles");
    let mut of = BTreeMap::new();
    for id in ids {
        let read = reader.list(&format!("management.endpoint.{id}.read-roles"));
        let write = reader.list(&format!("management.endpoint.{id}.write-roles"));
        if read.is_some() || write.is_some() {
            of.insert((*id).to_owned(), EndpointRules { read, write });
        }
    }
    let has_rules = open_list.is_some() || read.is_some() || write.is_some() || !of.is_empty();
    let rules = AccessRules {
        open,
        read: read.unwrap_or_default(),
        write: write.unwrap_or_else(|| vec![OPERATOR.to_owned()]),
        of,
    };
    (rules, has_rules)
}

impl fmt::Debug for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.authenticators.iter().map(|one| one.name()).collect();
        f.debug_struct("Security").field("authenticators", &names).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

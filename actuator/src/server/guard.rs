//! The guard of the management API, and what the audit trail hears of it.

use std::{num::NonZeroU64, sync::Arc};

use serde::Serialize;

use super::event_limit::EventLimit;
use crate::{
    audit::{
        Audit,
        types::{AUTHENTICATION_FAILURE, AUTHORIZATION_FAILURE},
    },
    error::{Error, ErrorKind, Result},
    model::endpoint::OperationKind,
    security::{Authenticator, SecuritySettings},
    support::clock::Clock,
    web::{Guard, OnSecurityEvent, SecurityEvent, SecurityEventKind, SharedGuard},
};

/// Events that are recorded in a minute.
const MAX_EVENTS: u32 = 60;

/// The guard that settings and the application ask for; `None` if neither does.
pub(super) fn guard(
    settings: SecuritySettings,
    own: Vec<Arc<dyn Authenticator>>,
    audit: &Audit,
) -> Result<Option<SharedGuard>> {
    let clock = Clock::system();
    let security = settings.into_security(own, &clock).map_err(|why| {
        let message = format!("the system gives no random bytes for the keys of the guard: {why}");
        Error::new(ErrorKind::Runtime, message)
    })?;
    Ok(security.map(|security| Arc::new(Guard::new(security, recorder(audit, clock)))))
}

/// As Spring's events, so that the admin server's columns are filled.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Recorded<'e> {
    message: &'static str,
    /// The kind of what was wrong. Not `credentials`, which would be masked by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    scheme: Option<&'static str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    no_longer_looked_at: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Details>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unrecorded: Option<NonZeroU64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    remote_address: String,
}

/// What records who does not get in; `None` where nothing is recorded.
fn recorder(audit: &Audit, clock: Clock) -> Option<OnSecurityEvent> {
    if !audit.is_enabled() {
        return None;
    }
    let audit = audit.clone();
    let limit = EventLimit::new(MAX_EVENTS, clock);
    Some(Arc::new(move |event: SecurityEvent| {
        let Some(unrecorded) = limit.admit() else { return };
        let remote = event.client.map(|client| Details { remote_address: client.to_string() });
        let mut recorded = Recorded {
            message: "Bad credentials",
            scheme: None,
            no_longer_looked_at: false,
            endpoint: None,
            operation: None,
            details: remote,
            unrecorded: NonZeroU64::new(unrecorded),
        };
        match &event.kind {
            SecurityEventKind::WrongCredentials { credentials, is_last } => {
                recorded.scheme = Some(credentials);
                recorded.no_longer_looked_at = *is_last;
                audit.record(&event.principal, AUTHENTICATION_FAILURE, recorded);
            }
            SecurityEventKind::Forbidden { endpoint, operation } => {
                recorded.message = "Access Denied";
                recorded.endpoint = endpoint.as_deref();
                recorded.operation = operation.map(|operation| match operation {
                    OperationKind::Read => "read",
                    OperationKind::Write => "write",
                    OperationKind::Delete => "delete",
                });
                audit.record(&event.principal, AUTHORIZATION_FAILURE, recorded);
            }
        }
    }))
}

#[cfg(test)]
#[path = "guard_tests.rs"]
mod tests;

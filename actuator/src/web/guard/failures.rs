//! What happens when somebody does not get in: it is counted, told, logged once for each peer, and
//! the answer waits.

use std::{net::IpAddr, sync::Arc};

use tokio::{sync::Semaphore, time::sleep};

use super::Wanted;
use crate::{
    model::{endpoint::OperationKind, principal::Principal},
    security::Throttle,
    support::text::shortened,
};

/// So many answers wait at once; further ones go out at once, rather than to fill the memory.
const WAITING: usize = 64;
/// Bytes of the name that a caller gives itself.
const LONGEST_NAME: usize = 200;

/// Somebody did not get in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SecurityEvent {
    /// Where from, as far as it is known.
    pub(crate) client: Option<IpAddr>,
    /// Who it is, or says it is; empty if it says nothing.
    pub(crate) principal: String,
    /// What happened.
    pub(crate) kind: SecurityEventKind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SecurityEventKind {
    /// The credentials were wrong.
    WrongCredentials {
        /// Their kind: `basic`, `bearer`, `secret`, `certificate`, `own`.
        credentials: &'static str,
        /// From then on this peer is not looked at for a while.
        is_last: bool,
    },
    /// A known caller asked for what is not theirs.
    Forbidden {
        /// The id of the endpoint; `None` for the discovery page.
        endpoint: Option<String>,
        /// What was to be done there.
        operation: Option<OperationKind>,
    },
}

/// Told of each.
pub(crate) type OnSecurityEvent = Arc<dyn Fn(SecurityEvent) + Send + Sync>;

/// Deals with those who do not get in.
pub(super) struct Failures {
    waiting: Semaphore,
    on_event: Option<OnSecurityEvent>,
}

impl Failures {
    /// Tells `on_event`.
    pub(super) fn new(on_event: Option<OnSecurityEvent>) -> Self {
        Self { waiting: Semaphore::new(WAITING), on_event }
    }

    /// Wrong credentials. It returns once the answer may go out.
    pub(super) async fn refused(
        &self,
        throttle: &Throttle,
        client: Option<IpAddr>,
        credentials: &'static str,
        reason: &str,
        user: &str,
    ) {
        let failure = throttle.failed(client);
        let (user, peer) = (shortened(user, LONGEST_NAME), Client(client));
        if failure.is_first {
            tracing::warn!(
                target: "actuator::security",
                client = %peer, user = ?user, %reason,
                "wrong credentials for the management API; more of this client are not logged for a \
                 while"
            );
        }
        if failure.is_last {
            tracing::warn!(
                target: "actuator::security",
                client = %peer,
                "too many wrong credentials: those of this client are not looked at for a while"
            );
        }
        if let Some(on_event) = &self.on_event {
            let is_last = failure.is_last;
            on_event(SecurityEvent {
                client,
                principal: user.to_owned(),
                kind: SecurityEventKind::WrongCredentials { credentials, is_last },
            });
        }
        if let Ok(_place) = self.waiting.try_acquire() {
            sleep(failure.delay).await;
        }
    }

    /// A caller without the role.
    pub(super) fn forbidden(&self, caller: &Principal, wanted: Wanted<'_>, client: Option<IpAddr>) {
        tracing::debug!(
            target: "actuator::security",
            caller = ?caller.name, roles = ?caller.roles, endpoint = wanted.endpoint,
            "the caller holds none of the roles that this asks for"
        );
        if let Some(on_event) = &self.on_event {
            on_event(SecurityEvent {
                client,
                principal: caller.name.clone(),
                kind: SecurityEventKind::Forbidden {
                    endpoint: wanted.endpoint.map(str::to_owned),
                    operation: wanted.kind,
                },
            });
        }
    }
}

/// A client as the log shows it.
struct Client(Option<IpAddr>);

impl std::fmt::Display for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(address) => address.fmt(f),
            None => f.write_str("unknown"),
        }
    }
}

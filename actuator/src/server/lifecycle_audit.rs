//! Start and stop of the service as audit events.

use std::net::SocketAddr;

use serde::Serialize;

use crate::audit::{
    Audit,
    types::{APPLICATION_STARTED, APPLICATION_STOPPING},
};

/// Records that the service listens at `address`.
pub(super) fn started(audit: &Audit, name: &str, version: Option<&str>, address: SocketAddr) {
    #[derive(Serialize)]
    struct Started<'s> {
        application: &'s str,
        #[serde(skip_serializing_if = "Option::is_none")]
        version: Option<&'s str>,
        address: SocketAddr,
    }
    audit.record("", APPLICATION_STARTED, Started { application: name, version, address });
}

/// Records why the service stops.
pub(super) fn stopping(audit: &Audit, reason: &str) {
    #[derive(Serialize)]
    struct Stopping<'s> {
        reason: &'s str,
    }
    audit.record("", APPLICATION_STOPPING, Stopping { reason });
}

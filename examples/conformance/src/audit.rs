//! The audit events of the recorded application.

use std::time::{Duration, SystemTime};

use actuator::{
    App,
    audit::{
        AuditEvent, AuditEventFilter, AuditEventRepository, FoundEvents,
        InMemoryAuditEventRepository,
        types::{AUTHENTICATION_FAILURE, AUTHENTICATION_SUCCESS, LOGOUT_SUCCESS},
    },
};
use serde_json::{Value, json};

/// 2026-08-21T09:00:00Z in seconds since the epoch.
const START: u64 = 1_787_302_800;

/// What the recorded application knows: of its own start, of levels and of writes it tells nothing.
struct Recorded(InMemoryAuditEventRepository);

impl AuditEventRepository for Recorded {
    fn add(&self, event: AuditEvent) {
        let own = ["AUTHENTICATION_", "AUTHORIZATION_", "LOGOUT_", "CUSTOM"];
        if own.iter().any(|start| event.event_type().starts_with(start)) {
            self.0.add(event);
        }
    }

    fn find(&self, filter: AuditEventFilter) -> FoundEvents<'_> {
        self.0.find(filter)
    }
}

/// Records all of them.
pub fn remember(app: &mut App) {
    app.audit_repository(Recorded(InMemoryAuditEventRepository::new(100)));
    let audit = app.audit();
    let details = json!({"details": {"remoteAddress": "127.0.0.1", "sessionId": "abc"}});
    let message = json!({"message": "Bad credentials", "type": "BadCredentialsException"});
    let add = |nanos: u64, principal: &str, event_type: &str, data: &Value| {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(START) + Duration::from_nanos(nanos);
        audit.add(AuditEvent::new(at, principal, event_type, data));
    };
    add(0, "alice", AUTHENTICATION_SUCCESS, &details);
    add(1_123_456_789, "bob", AUTHENTICATION_FAILURE, &message);
    add(2_500_000_000, "alice", LOGOUT_SUCCESS, &Value::Null);
    add(3_000_000_000, "", "CUSTOM", &json!({"list": ["a", "b"], "n": 1}));
}

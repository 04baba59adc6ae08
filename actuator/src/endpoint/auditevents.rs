//! `/auditevents`: what was recorded, filtered by principal, time and type.

use std::time::SystemTime;

use serde::Serialize;
use serde_json::value::RawValue;

use super::httpexchanges::instant;
use crate::{
    audit::{Audit, AuditEvent, AuditEventFilter},
    model::{
        answer::Answer,
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation},
        parameter::{Parameter, Shape},
        problem::Problem,
        reply::Reply,
        schema::{Member, Schema},
    },
    support::offset_date_time::parse_offset_date_time,
};

const OPERATIONS: &[Operation] = &[Operation::read(&[])
    .doing("The events of the audit trail, the oldest first.")
    .taking(&[
        Parameter::query("principal", Shape::Text, "Only events of this principal."),
        Parameter::query("type", Shape::Text, "Only events of this type."),
        Parameter::query("after", Shape::DateTime, "Only events after this instant."),
    ])
    .answering(&[Answer::of(EVENTS)])];

/// Serves the recorded events, oldest first.
#[derive(Debug)]
pub(crate) struct AuditeventsEndpoint {
    audit: Audit,
}

impl AuditeventsEndpoint {
    /// The endpoint of this trail.
    pub(crate) fn new(audit: Audit) -> Self {
        Self { audit }
    }

    async fn answer(&self, call: Call<'_>) -> EndpointResult {
        let events = self.audit.find(filter(&call)?).await;
        let events = events.map_err(|error| {
            Problem::internal(format!("the audit events cannot be read: {error}"))
        })?;
        Reply::json(&EventsDescriptor { events: events.iter().map(Into::into).collect() })
    }
}

impl Endpoint for AuditeventsEndpoint {
    fn id(&self) -> &'static str {
        "auditevents"
    }

    fn operations(&self) -> &[Operation] {
        OPERATIONS
    }

    fn description(&self) -> &'static str {
        "Who did what: changes over HTTP, refused callers, and what the application records."
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(self.answer(call))
    }
}

fn filter(call: &Call<'_>) -> Result<AuditEventFilter, Problem> {
    let mut filter = AuditEventFilter::all();
    filter.principal = call.text("principal");
    filter.event_type = call.text("type");
    // Of several instants Spring takes the first; an empty one is none.
    if let Some(after) = call.query_values("after").next().filter(|after| !after.is_empty()) {
        let instant = parse_offset_date_time(after).ok_or_else(|| {
            Problem::bad_request(
                "after has to be an instant with its offset, such as 2026-08-21T09:00:00Z or \
                 2026-08-21T11:00:00%2B02:00 (in a query a bare + is a blank)",
            )
        })?;
        filter.after = Some(instant);
    }
    Ok(filter)
}

const EVENTS: Schema = Schema::Named(
    "AuditEvents",
    &Schema::Object(&[Member::new(
        "events",
        Schema::List(&Schema::Object(&[
            Member::new("timestamp", Schema::Instant),
            Member::optional("principal", Schema::Text),
            Member::new("type", Schema::Text),
            Member::optional("data", Schema::Any),
        ])),
    )]),
);

#[derive(Serialize)]
struct EventsDescriptor<'e> {
    events: Vec<EventDescriptor<'e>>,
}

/// An empty principal and empty data are left out, as in Spring.
#[derive(Serialize)]
struct EventDescriptor<'e> {
    #[serde(serialize_with = "instant")]
    timestamp: SystemTime,
    #[serde(skip_serializing_if = "str::is_empty")]
    principal: &'e str,
    #[serde(rename = "type")]
    event_type: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'e RawValue>,
}

impl<'e> From<&'e AuditEvent> for EventDescriptor<'e> {
    fn from(event: &'e AuditEvent) -> Self {
        Self {
            timestamp: event.timestamp(),
            principal: event.principal(),
            event_type: event.event_type(),
            data: event.data(),
        }
    }
}

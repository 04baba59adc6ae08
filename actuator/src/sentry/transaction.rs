//! Requests as Sentry's transactions: how long a request took, and the spans in it.

use std::time::{Duration, Instant, SystemTime};

use serde_json::{Map, Value, json};
use tracing::{Metadata, Subscriber};
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use super::{
    envelope::EventId,
    event::{mask, named, time},
    identity::Identity,
    layer::SpanValues,
    report::NamedValue,
    reporter::Reporter,
};
use crate::model::{request::RequestContext, sanitizer::Sanitizer};

/// The target of the span that surrounds a request; its name is `request`.
const TARGET: &str = "actuator::request";
/// Further spans of a request are left out.
const MOST_SPANS: usize = 100;

/// A trace, and a place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The trace.
    pub(super) trace: u128,
    /// The span in it.
    pub(super) span: u64,
}

impl Place {
    /// As Sentry's context `trace`.
    pub(super) fn members(self) -> Value {
        json!({ "trace_id": format!("{:032x}", self.trace), "span_id": hex(self.span) })
    }
}

/// A request that is or was timed.
#[derive(Debug)]
pub(super) struct Transaction {
    /// Where it is.
    pub(super) place: Place,
    /// Whether an error was reported in it.
    pub(super) failed: bool,
    /// The request.
    pub(super) request: Option<RequestContext>,
    time: Time,
    fields: Vec<NamedValue>,
    spans: Vec<Part>,
}

/// A span in a request that is timed.
#[derive(Debug)]
struct Part {
    id: u64,
    parent: u64,
    name: &'static str,
    time: Time,
    fields: Vec<NamedValue>,
}

/// When it began, and how long it took.
#[derive(Clone, Copy, Debug)]
struct Time {
    at: SystemTime,
    began: Instant,
    took: Duration,
}

impl Time {
    fn begin() -> Self {
        Self { at: SystemTime::now(), began: Instant::now(), took: Duration::ZERO }
    }

    fn end(self) -> Self {
        Self { took: self.began.elapsed(), ..self }
    }

    fn ends(self) -> [String; 2] {
        [time(self.at), time(self.at + self.took)]
    }
}

/// A span that is open, of a request that is timed.
struct Timed {
    id: u64,
    time: Time,
}

/// Times a span that was just opened: that of a request, if it is one of the wanted share, and
/// those within.
pub(super) fn open<'r, S>(reporter: &Reporter, metadata: &Metadata<'_>, span: &SpanRef<'r, S>)
where
    S: Subscriber + LookupSpan<'r>,
{
    let share = reporter.policy().traces_sample_rate;
    let id = EventId::new();
    if metadata.target() == TARGET && metadata.name() == "request" {
        if share.hits() {
            let request = RequestContext::current();
            let trace = request.as_ref().and_then(RequestContext::trace_id);
            let place = Place { trace: trace.unwrap_or(id.number()), span: id.half() };
            let (fields, spans) = (Vec::new(), Vec::new());
            let time = Time::begin();
            let timed = Transaction { place, failed: false, request, time, fields, spans };
            span.extensions_mut().replace(timed);
        }
    } else if request_around(span).is_some() {
        span.extensions_mut().replace(Timed { id: id.half(), time: Time::begin() });
    }
}

/// The outermost span of a request that is timed and has this span in it.
pub(super) fn request_around<'r, S>(span: &SpanRef<'r, S>) -> Option<SpanRef<'r, S>>
where
    S: Subscriber + LookupSpan<'r>,
{
    let root = span.scope().last()?;
    let is_timed = root.extensions().get::<Transaction>().is_some();
    is_timed.then_some(root)
}

/// A span is closed: what was timed is kept with the request, or sent if it is the request.
pub(super) fn close<'r, S>(reporter: &Reporter, span: &SpanRef<'r, S>)
where
    S: Subscriber + LookupSpan<'r>,
{
    let values = span.extensions_mut().remove::<SpanValues>();
    let fields = values.map_or_else(Vec::new, |SpanValues(fields)| fields);
    let transaction = span.extensions_mut().remove::<Transaction>();
    if let Some(transaction) = transaction {
        let time = transaction.time.end();
        return reporter.send_transaction(Transaction { time, fields, ..transaction });
    }
    let timed = span.extensions_mut().remove::<Timed>();
    let (Some(Timed { id, time }), Some(root)) = (timed, request_around(span)) else { return };
    let parent = span.scope().skip(1).find_map(|span| Some(span.extensions().get::<Timed>()?.id));
    let mut extensions = root.extensions_mut();
    let Some(request) = extensions.get_mut::<Transaction>() else { return };
    if request.spans.len() < MOST_SPANS {
        let parent = parent.unwrap_or(request.place.span);
        request.spans.push(Part { id, parent, name: span.name(), time: time.end(), fields });
    }
}

impl Transaction {
    /// As Sentry's JSON.
    pub(super) fn written(&self, identity: &Identity, id: EventId, sanitizer: &Sanitizer) -> Value {
        let in_spans = self.fields.iter().cloned();
        let in_spans = in_spans.map(|field| NamedValue { span: Some("request"), ..field });
        let name = named(&in_spans.collect::<Vec<_>>()).unwrap_or_else(|| "request".to_owned());
        let [from, to] = self.time.ends();
        let status = if self.failed { "internal_error" } else { "ok" };
        let mut trace = self.place.members();
        if let Some(trace) = trace.as_object_mut() {
            trace.extend(
                [("op", "http.server"), ("status", status)]
                    .map(|(name, text)| (name.to_owned(), text.into())),
            );
        }
        let mut members = identity.members(id, self.request.as_ref());
        let own = [
            ("type", "transaction".into()),
            ("transaction", name.into()),
            ("transaction_info", json!({ "source": "route" })),
            ("start_timestamp", from.into()),
            ("timestamp", to.into()),
            ("contexts", json!({ "trace": trace })),
            ("spans", self.spans.iter().map(|part| part.written(self.place.trace)).collect()),
        ];
        members.extend(own.map(|(name, value)| (name.to_owned(), value)));
        let mut transaction = Value::Object(members);
        mask(&mut transaction, sanitizer);
        transaction
    }
}

impl Part {
    fn written(&self, trace: u128) -> Value {
        let [from, to] = self.time.ends();
        let data: Map<String, Value> =
            self.fields.iter().map(|field| (field.name.to_owned(), field.value.clone())).collect();
        json!({
            "trace_id": format!("{trace:032x}"),
            "span_id": hex(self.id),
            "parent_span_id": hex(self.parent),
            "op": "function",
            "description": self.name,
            "start_timestamp": from,
            "timestamp": to,
            "data": data,
        })
    }
}

fn hex(id: u64) -> String {
    format!("{id:016x}")
}

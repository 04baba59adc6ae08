//! `/httpexchanges`, and its aliases `/httptrace` of Spring Boot 2 and `/trace` of 1.5.

use std::{sync::Arc, time::SystemTime};

use serde::{Serialize, Serializer};

use super::{
    httpexchanges_schema as schema,
    httptrace::{OldTraceDescriptor, TraceDescriptor},
    log_link::LogLink,
};
use crate::{
    exchange::{
        Draft, Exchange, ExchangeBody, ExchangeFilter, ExchangeRepository, Headers, PathPattern,
        Reading, StatusPattern,
    },
    model::{
        answer::Answer,
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation},
        parameter::{Parameter, Shape},
        problem::Problem,
        reply::{Reply, StreamContent},
        schema::Schema,
    },
    support::time::{iso_duration, iso_instant},
};

const OPERATIONS: &[Operation] = &[Operation::read(&[])
    .doing("The last exchanges, the newest first.")
    .taking(&[
        Parameter::query("limit", Shape::Integer, "At most so many."),
        Parameter::query(
            "status",
            Shape::List(&Shape::Text),
            "Only those with one of these status: 404, or 5xx.",
        ),
        Parameter::query("path", Shape::Text, "Only those of this path; * stands for any text."),
        Parameter::query("request", Shape::Text, "Only the one with this id."),
    ])
    .answering(&[Answer::of(schema::EXCHANGES)])];
/// Of Spring Boot 2, which knew no parameters.
const TRACES: &[Operation] = &[Operation::read(&[])
    .doing("The last exchanges, in the form of Spring Boot 2.")
    .answering(&[Answer::of(schema::TRACES)])];
/// Of Spring Boot 1.5.
const OLD_TRACES: &[Operation] = &[Operation::read(&[])
    .doing("The last exchanges, in the form of Spring Boot 1.5.")
    .answering(&[Answer::of(Schema::List(&Schema::Map(&Schema::Any)))])];
/// A document of more exchanges than this is written while it is sent.
const MAX_WHOLE: usize = 256;
/// The most status that can be asked for at once.
const MAX_STATUSES: usize = 20;
/// Where a part of the document ends, in bytes.
const PART: usize = 16 * 1024;

/// Serves the last exchanges, newest first.
#[derive(Debug)]
pub(crate) struct HttpexchangesEndpoint {
    exchanges: Arc<ExchangeRepository>,
    log: LogLink,
    form: Form,
}

#[derive(Clone, Copy, Debug)]
enum Form {
    Httpexchanges,
    Httptrace,
    Trace,
}

impl HttpexchangesEndpoint {
    /// `/httpexchanges`, since Spring Boot 3. `log` leads from here to the lines of a request.
    pub(crate) fn new(exchanges: Arc<ExchangeRepository>, log: LogLink) -> Self {
        Self { exchanges, log, form: Form::Httpexchanges }
    }

    /// `/httptrace`, of Spring Boot 2 and pyctuator.
    pub(crate) fn httptrace(exchanges: Arc<ExchangeRepository>) -> Self {
        Self { exchanges, log: LogLink::default(), form: Form::Httptrace }
    }

    /// `/trace`, of Spring Boot 1.5: a bare list.
    pub(crate) fn trace(exchanges: Arc<ExchangeRepository>) -> Self {
        Self { exchanges, log: LogLink::default(), form: Form::Trace }
    }

    async fn answer(&self, call: Call<'_>) -> EndpointResult {
        let filter = match self.form {
            Form::Httpexchanges => filter(&call)?,
            Form::Httptrace | Form::Trace => ExchangeFilter::default(),
        };
        let mut document = Document {
            reading: self.exchanges.reading(filter),
            exchanges: Arc::clone(&self.exchanges),
            log: self.log.clone(),
            form: self.form,
            drafts: Vec::new().into_iter(),
            written: None,
        };
        let is_long = self.exchanges.length() > MAX_WHOLE;
        if is_long || self.exchanges.settings().bodies.is_on() {
            return Ok(Reply::JsonStream(Box::new(document)));
        }
        let mut body = Vec::with_capacity(PART);
        while document.write_part(&mut body) {
            // Others have their turn while secrets are looked for.
            tokio::task::yield_now().await;
        }
        Ok(Reply::Json { status: 200, body: body.into() })
    }
}

impl Endpoint for HttpexchangesEndpoint {
    fn id(&self) -> &'static str {
        match self.form {
            Form::Httpexchanges => "httpexchanges",
            Form::Httptrace => "httptrace",
            Form::Trace => "trace",
        }
    }

    fn operations(&self) -> &[Operation] {
        match self.form {
            Form::Httpexchanges => OPERATIONS,
            Form::Httptrace => TRACES,
            Form::Trace => OLD_TRACES,
        }
    }

    fn description(&self) -> &'static str {
        "The requests that the service answered last."
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(self.answer(call))
    }
}

/// What the caller asks for, beyond Spring: `limit`, `status`, `path` and `request`.
fn filter(call: &Call<'_>) -> Result<ExchangeFilter, Problem> {
    let text = |name| call.text(name).filter(|text| !text.is_empty());
    let mut filter = ExchangeFilter { request_id: text("request"), ..Default::default() };
    if let Some(limit) = text("limit") {
        let limit = limit.parse().map_err(|_| Problem::bad_request("limit has to be a number"))?;
        filter.limit = Some(limit);
    }
    for status in call.query_list("status").into_iter().filter(|status| !status.is_empty()) {
        let pattern = StatusPattern::parse(status).filter(|_| filter.statuses.len() < MAX_STATUSES);
        filter.statuses.push(pattern.ok_or_else(|| {
            Problem::bad_request(format!(
                "status has to be numbers of three digits or classes such as 5xx, at most \
                 {MAX_STATUSES}"
            ))
        })?);
    }
    if let Some(path) = text("path") {
        filter.path = Some(PathPattern::parse(&path).map_err(Problem::bad_request)?);
    }
    Ok(filter)
}

/// The document, written exchange by exchange.
struct Document {
    exchanges: Arc<ExchangeRepository>,
    log: LogLink,
    form: Form,
    reading: Reading,
    /// What has been read and not been written.
    drafts: std::vec::IntoIter<Draft>,
    /// How many have been written; `None` before the beginning.
    written: Option<u64>,
}

impl Document {
    fn write(&mut self, draft: &Draft, into: &mut Vec<u8>) {
        let start = into.len();
        if self.written > Some(0) {
            into.push(b',');
        }
        let exchange = self.exchanges.show(draft);
        let written = match self.form {
            Form::Httpexchanges => {
                let descriptor = ExchangeDescriptor::new(&exchange, &self.log);
                serde_json::to_writer(&mut *into, &descriptor)
            }
            Form::Httptrace => serde_json::to_writer(&mut *into, &TraceDescriptor::from(&exchange)),
            Form::Trace => serde_json::to_writer(&mut *into, &OldTraceDescriptor::from(&exchange)),
        };
        match written {
            Ok(()) => self.written = self.written.map(|written| written + 1),
            // It is but texts and numbers, and goes into memory.
            Err(_) => into.truncate(start),
        }
    }
}

impl StreamContent for Document {
    fn write_part(&mut self, into: &mut Vec<u8>) -> bool {
        let (opening, closing) = match self.form {
            Form::Httpexchanges => ("{\"exchanges\":[", "]}"),
            Form::Httptrace => ("{\"traces\":[", "]}"),
            Form::Trace => ("[", "]"),
        };
        if self.written.is_none() {
            self.written = Some(0);
            into.extend_from_slice(opening.as_bytes());
        }
        let end = into.len() + PART;
        while into.len() < end {
            if let Some(draft) = self.drafts.next() {
                self.write(&draft, into);
                continue;
            }
            let Some(drafts) = self.exchanges.next(&mut self.reading) else {
                into.extend_from_slice(closing.as_bytes());
                return false;
            };
            self.drafts = drafts.into_iter();
            // One that looks for few among many takes a break, too.
            if self.drafts.len() == 0 {
                break;
            }
        }
        true
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExchangeDescriptor<'e> {
    #[serde(serialize_with = "instant")]
    timestamp: SystemTime,
    request: RequestDescriptor<'e>,
    response: ResponseDescriptor<'e>,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal: Option<PrincipalDescriptor<'e>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_taken: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'e str>,
    /// Relative to the address of this document.
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestDescriptor<'e> {
    method: &'e str,
    uri: &'e str,
    headers: HeadersDescriptor<'e>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remote_address: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<BodyDescriptor<'e>>,
}

#[derive(Serialize)]
pub(super) struct ResponseDescriptor<'e> {
    pub(super) status: u16,
    pub(super) headers: HeadersDescriptor<'e>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) body: Option<BodyDescriptor<'e>>,
}

/// What is kept of a body; each member but the first only where there is something to say.
#[derive(Serialize)]
pub(super) struct BodyDescriptor<'e> {
    size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'e str>,
    #[serde(skip_serializing_if = "is_false")]
    truncated: bool,
    #[serde(skip_serializing_if = "is_false")]
    incomplete: bool,
}

impl<'e> From<&'e ExchangeBody> for BodyDescriptor<'e> {
    fn from(body: &'e ExchangeBody) -> Self {
        Self {
            size: body.size,
            text: body.text.as_deref(),
            truncated: body.is_truncated,
            incomplete: !body.is_complete,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

#[derive(Serialize)]
pub(super) struct PrincipalDescriptor<'e> {
    pub(super) name: &'e str,
}

impl<'e> ExchangeDescriptor<'e> {
    fn new(exchange: &'e Exchange, log: &LogLink) -> Self {
        Self {
            timestamp: exchange.timestamp,
            request: RequestDescriptor {
                method: &exchange.method,
                uri: &exchange.uri,
                headers: HeadersDescriptor(&exchange.request_headers),
                remote_address: exchange.remote_address.as_deref(),
                body: exchange.request_body.as_ref().map(Into::into),
            },
            response: ResponseDescriptor {
                status: exchange.status,
                headers: HeadersDescriptor(&exchange.response_headers),
                body: exchange.response_body.as_ref().map(Into::into),
            },
            principal: exchange.principal.as_deref().map(|name| PrincipalDescriptor { name }),
            time_taken: exchange.time_taken.map(iso_duration),
            request_id: exchange.request_id.as_deref(),
            log: exchange.request_id.as_deref().and_then(|id| log.to(id)),
        }
    }
}

pub(super) fn instant<S: Serializer>(at: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&iso_instant(*at))
}

/// `{"name": ["value", …]}`.
pub(super) struct HeadersDescriptor<'e>(pub(super) &'e Headers);

impl Serialize for HeadersDescriptor<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, values)| (name, values)))
    }
}

#[cfg(test)]
#[path = "httpexchanges_tests.rs"]
mod tests;

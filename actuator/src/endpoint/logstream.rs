//! `logstream`: the log while it is written, as server-sent events or as lines of JSON.

mod frame;
mod query;

use std::{borrow::Cow, time::Duration};

use bytes::Bytes;
use serde_json::json;

use self::{
    frame::Form,
    query::{StreamQuery, resumed},
};
use crate::{
    logging::{LogViewer, LogViewers, Start},
    model::{
        answer::Answer,
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Produces},
        problem::Problem,
        reply::{Live, LiveContent, Reply},
        schema::Schema,
    },
};

const EVENTS: &str = "text/event-stream";
const LINES: &str = "application/x-ndjson";
const OPERATIONS: [Operation; 2] = [
    Operation::read(&[])
        .producing(Produces::Ranked(LINES))
        .doing("The log while it is written.")
        .taking(query::PARAMETERS)
        .answering(ANSWERS),
    Operation::read(&[])
        .producing(Produces::Ranked(EVENTS))
        .taking(query::PARAMETERS)
        .answering(ANSWERS),
];
const ANSWERS: &[Answer] = &[
    Answer::of(Schema::Text).saying("Lines without an end."),
    Answer::refused(503, "Too many watch already; `Retry-After` says when to come again."),
];
/// How much is written into one part.
const PART: usize = 64 * 1024;
/// When one who was refused may come again, in seconds.
const RETRY_AFTER: &str = "10";

/// Streams the log.
#[derive(Debug)]
pub(crate) struct LogstreamEndpoint {
    viewers: LogViewers,
    heartbeat: Duration,
}

impl LogstreamEndpoint {
    /// The endpoint of these viewers; each is told after `heartbeat` without a line that the log
    /// is still there.
    pub(crate) fn new(viewers: LogViewers, heartbeat: Duration) -> Self {
        Self { viewers, heartbeat }
    }

    fn answer(&self, call: &Call<'_>) -> EndpointResult {
        let StreamQuery { filter, tail, last } = StreamQuery::read(call)?;
        let start = match resumed(call.last_event_id, last)? {
            Some(number) => Start::Behind(number),
            None => Start::Tail(tail),
        };
        let Some(viewer) = self.viewers.open(filter) else { return self.refused() };
        let (form, content_type) =
            if call.operation == 0 { (Form::Lines, LINES) } else { (Form::Events, EVENTS) };
        let stream = LogStream { viewer, start: Some(start), form, heartbeat: self.heartbeat };
        Ok(Reply::Live(Live { content_type: content_type.into(), content: Box::new(stream) }))
    }

    /// Says what to do about it: a viewer that gets no line must know why.
    fn refused(&self) -> EndpointResult {
        let limit = self.viewers.limit();
        let document = json!({
            "status": 503,
            "error": "Service Unavailable",
            "message": format!(
                "{limit} viewers watch the log already; close one, or raise \
                 actuator.logstream.max-viewers"
            ),
        });
        Ok(Reply::Document {
            status: 503,
            content_type: "application/json",
            headers: Cow::Borrowed(&[("retry-after", Cow::Borrowed(RETRY_AFTER))]),
            body: serde_json::to_vec(&document).map_err(Problem::from)?.into(),
        })
    }
}

impl Endpoint for LogstreamEndpoint {
    fn id(&self) -> &'static str {
        "logstream"
    }

    fn operations(&self) -> &[Operation] {
        &OPERATIONS
    }

    fn description(&self) -> &'static str {
        "The log while it is written, as events or as lines of JSON."
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(std::future::ready(self.answer(&call)))
    }
}

/// What one viewer is sent.
struct LogStream {
    viewer: LogViewer,
    /// Where it begins, until it has begun.
    start: Option<Start>,
    form: Form,
    heartbeat: Duration,
}

impl LogStream {
    async fn part(&mut self) -> Bytes {
        let mut part = Vec::new();
        if let Some(start) = self.start.take() {
            let is_known = self.viewer.begin(start).await;
            self.form.greet(&mut part);
            if !is_known {
                self.form.restarted(&mut part);
            }
            if !part.is_empty() {
                return part.into();
            }
        }
        let form = self.form;
        let turn = self.viewer.turn(self.heartbeat, |line| {
            form.line(&mut part, line);
            part.len() < PART
        });
        match turn.await {
            Some(turn) if turn.lost > 0 => {
                let mut all = Vec::with_capacity(part.len() + 64);
                form.lost(&mut all, turn.lost, turn.lost_at);
                all.append(&mut part);
                all.into()
            }
            Some(_) => part.into(),
            None => {
                form.heartbeat(&mut part, self.viewer.at());
                part.into()
            }
        }
    }
}

impl LiveContent for LogStream {
    fn next(mut self: Box<Self>) -> BoxFuture<'static, Option<(Bytes, Box<dyn LiveContent>)>> {
        Box::pin(async move {
            let part = self.part().await;
            let next: Box<dyn LiveContent> = self;
            Some((part, next))
        })
    }
}

//! `/prometheus`: all meters in the format that the scraper asks for, written while it is sent.

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    exposition::{Exposition, Format},
    meter::{MeterRegistry, Timer, scrape_timer},
    model::{
        answer::Answer,
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Produces},
        parameter::{Parameter, Shape},
        reply::{Reply, Stream, StreamContent},
        schema::Schema,
    },
};

/// The newest first, as ranked products stand.
const FORMATS: [Format; 3] = [Format::Protobuf, Format::OpenMetrics, Format::Text];
const OPERATIONS: &[Operation] = &[read(FORMATS[0]), read(FORMATS[1]), read(FORMATS[2])];

const PARAMETERS: &[Parameter] = &[Parameter::query(
    "includedNames",
    Shape::List(&Shape::Text),
    "Only the families with these names.",
)];
const ANSWERS: &[Answer] = &[Answer::of(Schema::Text)];

const fn read(format: Format) -> Operation {
    Operation::read(&[])
        .producing(Produces::Ranked(format.media_type()))
        .doing("All meters, in the format that the scraper asks for.")
        .taking(PARAMETERS)
        .answering(ANSWERS)
}

/// Serves a registry of meters to Prometheus.
#[derive(Debug)]
pub(crate) struct PrometheusEndpoint {
    exposition: Arc<Exposition>,
    /// One for each format, in their order.
    timers: [Arc<Timer>; 3],
}

impl PrometheusEndpoint {
    /// The endpoint that shows this. How long it takes is among the meters of `registry`.
    pub(crate) fn new(exposition: Arc<Exposition>, registry: &MeterRegistry) -> Self {
        let timers = FORMATS.map(|format| scrape_timer(registry, format.name()));
        Self { exposition, timers }
    }

    fn answer(&self, call: &Call<'_>) -> Reply {
        let format = FORMATS.get(call.operation).copied().unwrap_or(Format::Text);
        let content = self.exposition.render(format, included_names(call));
        Reply::Stream(Stream {
            content_type: format.media_type(),
            compressible: self.exposition.settings().compression,
            content: match self.timers.get(call.operation) {
                Some(timer) => {
                    Box::new(Measured { content, spent: Duration::ZERO, timer: Arc::clone(timer) })
                }
                None => Box::new(content),
            },
        })
    }
}

impl Endpoint for PrometheusEndpoint {
    fn id(&self) -> &'static str {
        "prometheus"
    }

    fn operations(&self) -> &[Operation] {
        OPERATIONS
    }

    fn description(&self) -> &'static str {
        "All meters for Prometheus: text, OpenMetrics, or protobuf."
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(async move {
            self.exposition.prepare().await;
            Ok(self.answer(&call))
        })
    }
}

/// A scrape whose time is taken: that of writing, not that of sending.
struct Measured<C> {
    content: C,
    spent: Duration,
    timer: Arc<Timer>,
}

impl<C: StreamContent> StreamContent for Measured<C> {
    fn write_part(&mut self, into: &mut Vec<u8>) -> bool {
        let started = Instant::now();
        let has_more = self.content.write_part(into);
        self.spent += started.elapsed();
        if !has_more {
            self.timer.record(self.spent);
        }
        has_more
    }
}

/// The families to show, `None` for all; an empty parameter names nothing.
fn included_names(call: &Call<'_>) -> Option<HashSet<String>> {
    let names = call.query_list("includedNames");
    (!names.is_empty()).then(|| names.into_iter().map(str::to_owned).collect())
}

#[cfg(test)]
#[path = "prometheus_tests.rs"]
mod tests;

//! `/prometheus`: all meters in the format that the scraper asks for, written while it is sent.

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    exposition::{Exposition, Format, Renderer},
    model::{
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Produces},
        reply::{Reply, Stream, StreamContent},
    },
};

/// The newest first, as ranked products stand.
const FORMATS: [Format; 3] = [Format::Protobuf, Format::OpenMetrics, Format::Text];
const OPERATIONS: &[Operation] = &[read(FORMATS[0]), read(FORMATS[1]), read(FORMATS[2])];

const fn read(format: Format) -> Operation {
    Operation::read(&[]).producing(Produces::Ranked(format.media_type()))
}

/// Serves a registry of meters to Prometheus.
#[derive(Debug)]
pub(crate) struct PrometheusEndpoint {
    exposition: Arc<Exposition>,
}

impl PrometheusEndpoint {
    /// The endpoint that shows this.
    pub(crate) fn new(exposition: Arc<Exposition>) -> Self {
        Self { exposition }
    }

    fn answer(&self, call: &Call<'_>) -> Reply {
        let format = FORMATS.get(call.operation).copied().unwrap_or(Format::Text);
        Reply::Stream(Stream {
            content_type: format.media_type(),
            compressible: self.exposition.settings().compression,
            content: Box::new(Scrape {
                renderer: self.exposition.render(format, included_names(call)),
                exposition: Arc::clone(&self.exposition),
                format,
                busy: Duration::ZERO,
            }),
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

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(async move { Ok(self.answer(&call)) })
    }
}

/// A scrape that takes its own time.
struct Scrape {
    exposition: Arc<Exposition>,
    format: Format,
    renderer: Renderer,
    /// For how long workers wrote so far.
    busy: Duration,
}

impl StreamContent for Scrape {
    fn write_part(&mut self, into: &mut Vec<u8>) -> bool {
        let started = Instant::now();
        let more = self.renderer.next_chunk(into);
        self.busy += started.elapsed();
        if !more {
            self.exposition.record_scrape(self.format, self.busy);
        }
        more
    }
}

/// The families to show, `None` for all. As Spring converts a list: a single parameter is split
/// at commas, several are not; an empty one names nothing.
fn included_names(call: &Call<'_>) -> Option<HashSet<String>> {
    let values: Vec<&str> = call.query_values("includedNames").collect();
    match values.as_slice() {
        [] => None,
        [single] => Some(single.split(',').map(|name| name.trim().to_owned()).collect()),
        several => Some(several.iter().map(|name| (*name).to_owned()).collect()),
    }
}

#[cfg(test)]
#[path = "prometheus_tests.rs"]
mod tests;

//! The layer that writes each event as a line, with the fields of the spans around it.

use std::{
    io,
    sync::Arc,
    thread,
    time::{Duration, Instant, SystemTime},
};

use tracing::{
    Event, Metadata, Subscriber,
    span::{Attributes, Id, Record},
};
use tracing_log::NormalizeEvent as _;
use tracing_subscriber::{
    layer::{Context, Layer},
    registry::LookupSpan,
};

use super::{
    super::{recent::LogRing, request_spans::is_request},
    fields::{Fields, Recorder},
    line::{Parts, Room},
    outputs::{Common, Destination, Outputs},
    rate::RateLimit,
    writer::DropCount,
};
use crate::model::request::RequestContext;

/// Writes every event as one line, with the fields of the spans around it and the id of the
/// request. What [`serve!`](crate::serve) installs is this; [`output`](super::super::output)
/// makes one for a subscriber of the application's own. Clones share everything.
#[derive(Clone, Debug)]
pub struct OutputLayer {
    outputs: Arc<Outputs>,
}

/// The fields of a span, written when it was made, for all formats.
struct SpanFields(Fields);

impl OutputLayer {
    /// Starts a thread for each destination. The ring gets every line as text.
    pub(crate) fn start(
        common: &Common,
        destinations: Vec<Destination>,
        ring: Option<Arc<LogRing>>,
    ) -> io::Result<Self> {
        let outputs = Arc::new(Outputs::start(common, destinations, ring)?);
        if let Some(limit) = outputs.limit() {
            tell_now_and_then(&outputs, limit)?;
        }
        Ok(Self { outputs })
    }

    /// How many lines each destination has lost.
    pub(crate) fn drops(&self) -> Vec<(&'static str, DropCount)> {
        self.outputs.drops()
    }

    /// The last lines in memory, if they are kept.
    pub(crate) fn ring(&self) -> Option<Arc<LogRing>> {
        self.outputs.ring()
    }

    /// Waits until what was logged is written, until the deadline at most.
    pub(crate) fn flush_until(&self, deadline: Instant) {
        self.outputs.flush(deadline);
    }

    fn write<S>(&self, room: &mut Room, event: &Event<'_>, context: &Context<'_, S>, at: SystemTime)
    where
        S: Subscriber + for<'l> LookupSpan<'l>,
    {
        let Room { parts, raw, out } = room;
        parts.clear();
        parts.at.set(at);
        let callsite = self.outputs.callsites().get(event.metadata());
        let as_text = self.outputs.needs_text();
        let sanitizer = self.outputs.callsites().sanitizer();
        let fields = &mut parts.fields;
        event.record(&mut Recorder { fields, raw, callsite, sanitizer, as_text });
        RequestContext::with_current(|request| parts.set_request(request));
        add_spans(parts, event, context);
        match event.normalized_metadata() {
            Some(metadata) => self.outputs.write(&metadata, parts, out),
            None => self.outputs.write(event.metadata(), parts, out),
        }
    }

    /// Whether this place has not written too much of late.
    fn allows(&self, event: &Event<'_>, at: SystemTime) -> bool {
        let Some(limit) = self.outputs.limit() else { return true };
        let rate = |metadata: &Metadata<'_>| {
            let rate = self.outputs.log_rate(metadata.target(), metadata.line());
            rate.is_none_or(|rate| rate.allows(limit, at))
        };
        match event.normalized_metadata() {
            Some(metadata) => rate(&metadata),
            None => self.outputs.callsites().get(event.metadata()).rate.allows(limit, at),
        }
    }
}

/// Adds the spans around the event, from the inside out, and the request that one of them knows.
fn add_spans<S>(parts: &mut Parts, event: &Event<'_>, context: &Context<'_, S>)
where
    S: Subscriber + for<'l> LookupSpan<'l>,
{
    for span in context.event_scope(event).into_iter().flatten() {
        let extensions = span.extensions();
        if !parts.has_request()
            && let Some(request) = extensions.get::<RequestContext>()
        {
            parts.set_request(request);
        }
        // What its fields say, the request itself says to each line.
        if is_request(span.metadata()) {
            continue;
        }
        let fields = extensions.get::<SpanFields>().map(|SpanFields(fields)| fields);
        parts.spans.add_outer(span.name(), fields.map_or("", |fields| &fields.text));
        if let Some(fields) = fields {
            parts.fields.add_outer(fields);
        }
    }
}

/// Looks once in a period for places that wrote too much, as long as the layer is there.
fn tell_now_and_then(outputs: &Arc<Outputs>, limit: RateLimit) -> io::Result<()> {
    let outputs = Arc::downgrade(outputs);
    let period = limit.period.min(Duration::from_mins(1));
    let look = move || {
        loop {
            thread::sleep(period);
            let Some(outputs) = outputs.upgrade() else { return };
            outputs.tell_left_out();
        }
    };
    thread::Builder::new().name("log-limit".to_owned()).spawn(look)?;
    Ok(())
}

impl<S> Layer<S> for OutputLayer
where
    S: Subscriber + for<'l> LookupSpan<'l>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if is_request(attributes.metadata()) {
            if let (Some(span), Some(request)) = (context.span(id), RequestContext::current()) {
                span.extensions_mut().replace(request);
            }
            return;
        }
        let callsite = self.outputs.callsites().get(attributes.metadata());
        let (mut fields, as_text) = (Fields::default(), self.outputs.needs_text());
        Room::with(|room| {
            attributes.record(&mut Recorder {
                fields: &mut fields,
                raw: &mut room.raw,
                callsite,
                sanitizer: self.outputs.callsites().sanitizer(),
                as_text,
            });
        });
        if let Some(span) = context.span(id) {
            span.extensions_mut().replace(SpanFields(fields));
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if is_request(span.metadata()) {
            return;
        }
        // Foreign code writes the values, and may log: nothing of the span is held meanwhile.
        let callsite = self.outputs.callsites().get(span.metadata());
        let (mut fields, as_text) = (Fields::default(), self.outputs.needs_text());
        Room::with(|room| {
            values.record(&mut Recorder {
                fields: &mut fields,
                raw: &mut room.raw,
                callsite,
                sanitizer: self.outputs.callsites().sanitizer(),
                as_text,
            });
        });
        if let Some(SpanFields(known)) = span.extensions_mut().get_mut::<SpanFields>() {
            known.add_later(&fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let at = SystemTime::now();
        if self.allows(event, at) {
            Room::with(|room| self.write(room, event, &context, at));
        }
    }
}

#[cfg(test)]
#[path = "layer_tests.rs"]
mod tests;

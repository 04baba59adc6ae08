//! The layer: events become reports, or breadcrumbs of those that follow.

use std::{sync::Arc, time::SystemTime};

use tracing::{
    Event, Level, Metadata, Subscriber,
    span::{Attributes, Id, Record},
};
use tracing_log::NormalizeEvent as _;
use tracing_subscriber::{
    layer::{Context, Layer},
    registry::{LookupSpan, SpanRef},
};

use super::{
    breadcrumbs::Trail,
    courier,
    fields::{Bounds, Fields},
    report::{Breadcrumb, Location, NamedValue, Report, Severity},
    reporter::Reporter,
    slot::Slot,
    transaction::{self, Place, Transaction},
};
use crate::model::request::RequestContext;

/// What we log ourselves about sending is never sent.
pub(super) const TARGET: &str = "actuator::sentry";
const EVENT: Bounds = Bounds { message: 8 * 1024, value: 1024, fields: 64 };
const SPAN: Bounds = Bounds { message: 0, value: 512, fields: 32 };
const BREADCRUMB: Bounds = Bounds { message: 512, value: 128, fields: 8 };
/// Where the error layer tells of a panic that it caught: the hook has reported that already.
const CAUGHT_PANIC: &str = "actuator::errors::panic";
/// Fields of all spans around an event.
const MOST_SPAN_FIELDS: usize = 64;

/// Hands events to Sentry; made by [`layer`](super::layer).
#[derive(Clone, Debug)]
pub struct SentryLayer {
    slot: Slot,
}

/// The fields of a span.
pub(super) struct SpanValues(pub(super) Vec<NamedValue>);

impl SentryLayer {
    /// A layer that hands to the reporter of this slot, once there is one.
    pub(super) fn new(slot: Slot) -> Self {
        Self { slot }
    }
}

impl<S> Layer<S> for SentryLayer
where
    S: Subscriber + for<'l> LookupSpan<'l>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(reporter) = self.slot.reporter() else { return };
        let mut fields = Fields::new(SPAN);
        attributes.record(&mut fields);
        let Some(span) = context.span(id) else { return };
        if !fields.values.is_empty() {
            span.extensions_mut().replace(SpanValues(fields.values));
        }
        if reporter.policy().times_requests() {
            transaction::open(reporter, attributes.metadata(), &span);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(reporter) = self.slot.reporter() else { return };
        if !reporter.policy().times_requests() {
            return;
        }
        if let Some(span) = context.span(&id) {
            transaction::close(reporter, &span);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if self.slot.reporter().is_none() {
            return;
        }
        // Foreign code runs here: before the lock, for it may log.
        let mut fields = Fields::new(SPAN);
        values.record(&mut fields);
        let Some(span) = context.span(id) else { return };
        let mut extensions = span.extensions_mut();
        if let Some(SpanValues(known)) = extensions.get_mut::<SpanValues>() {
            known.retain(|old| fields.values.iter().all(|new| new.name != old.name));
            known.append(&mut fields.values);
            known.truncate(SPAN.fields);
        } else {
            extensions.replace(SpanValues(fields.values));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let Some(reporter) = self.slot.reporter() else { return };
        let normalized = event.normalized_metadata();
        let metadata = normalized.as_ref().unwrap_or_else(|| event.metadata());
        let level = *metadata.level();
        let is_event = reporter.policy().level.is_some_and(|least| level <= least);
        if !(is_event || level <= Level::INFO)
            || metadata.target() == TARGET
            || courier::is_this_thread()
            || reporter.policy().ignored.is_excluded(metadata.target())
        {
            return;
        }
        if is_event && metadata.target() != CAUGHT_PANIC {
            report(reporter, event, metadata, &context);
        }
        leave_breadcrumb(reporter, event, metadata, &context);
    }
}

fn report<S>(
    reporter: &Reporter,
    event: &Event<'_>,
    metadata: &Metadata<'_>,
    context: &Context<'_, S>,
) where
    S: Subscriber + for<'l> LookupSpan<'l>,
{
    let mut fields = Fields::new(EVENT);
    event.record(&mut fields);
    if reporter.policy().ignored.is_ignored(metadata.target(), &fields.message, &fields.errors) {
        return;
    }
    let (mut trail, mut place) = (None, None);
    let mut values = fields.values;
    let room = values.len() + MOST_SPAN_FIELDS;
    for span in context.event_scope(event).into_iter().flatten() {
        place = place_of(&span, metadata);
        let extensions = span.extensions();
        if let Some(SpanValues(of_span)) = extensions.get::<SpanValues>() {
            let named = of_span.iter().cloned();
            values.extend(named.map(|value| NamedValue { span: Some(span.name()), ..value }));
            values.truncate(room);
        }
        trail = extensions.get::<Trail>().map(Trail::lines);
    }
    let file = metadata.file().map(str::to_owned);
    reporter.send(Report {
        at: SystemTime::now(),
        severity: Severity::Of(*metadata.level()),
        target: metadata.target().to_owned(),
        message: fields.message,
        errors: fields.errors,
        fields: values,
        location: file.map(|file| Location { file, line: metadata.line().unwrap_or_default() }),
        thread: std::thread::current().name().map(str::to_owned),
        request: RequestContext::current(),
        place,
        breadcrumbs: trail.unwrap_or_else(|| reporter.lines_without_span()),
    });
}

/// Where in a trace the event is, if the span is that of a request which is timed: it failed then,
/// if that is what the event says.
fn place_of<'r, S>(span: &SpanRef<'r, S>, metadata: &Metadata<'_>) -> Option<Place>
where
    S: Subscriber + LookupSpan<'r>,
{
    let mut extensions = span.extensions_mut();
    let request = extensions.get_mut::<Transaction>()?;
    request.failed |= *metadata.level() == Level::ERROR;
    Some(request.place)
}

/// Keeps the line with the outermost span, where those that follow in the same request find it
/// and no other request does; it goes when the span goes.
fn leave_breadcrumb<S>(
    reporter: &Reporter,
    event: &Event<'_>,
    metadata: &Metadata<'_>,
    context: &Context<'_, S>,
) where
    S: Subscriber + for<'l> LookupSpan<'l>,
{
    let most = reporter.policy().max_breadcrumbs;
    if most == 0 {
        return;
    }
    let mut fields = Fields::new(BREADCRUMB);
    event.record(&mut fields);
    let line = Arc::new(Breadcrumb {
        at: SystemTime::now(),
        severity: Severity::Of(*metadata.level()),
        target: metadata.target().to_owned(),
        message: fields.message,
        fields: fields.values,
    });
    let Some(root) = context.event_scope(event).and_then(Iterator::last) else {
        return reporter.add_line_without_span(line);
    };
    let mut extensions = root.extensions_mut();
    if let Some(trail) = extensions.get_mut::<Trail>() {
        trail.add(line, most);
    } else {
        let mut trail = Trail::default();
        trail.add(line, most);
        extensions.replace(trail);
    }
}

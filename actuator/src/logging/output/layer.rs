//! The layer that writes lines: to the standard output, a file, and the ring in memory.

use std::{
    cell::RefCell,
    io::{self, Write as _},
    sync::Arc,
    time::SystemTime,
};

use tracing::{
    Event, Metadata, Subscriber,
    span::{Attributes, Id, Record},
};
use tracing_log::NormalizeEvent as _;
use tracing_subscriber::{
    layer::{Context, Layer},
    registry::{LookupSpan, Scope},
};

use super::{
    super::recent::{LogLine, LogRing},
    file::LogFile,
    line::{Fields, Line},
};
use crate::model::request::{self, RequestContext};

/// Writes every event as one line to all its sinks, formatted once.
#[derive(Debug)]
pub(crate) struct OutputLayer {
    /// What each line names as its application.
    pub(crate) application: Option<String>,
    /// Whether the standard output is written, and how.
    pub(crate) console: Console,
    /// The log file.
    pub(crate) file: Option<Arc<LogFile>>,
    /// The ring in memory.
    pub(crate) ring: Option<Arc<LogRing>>,
}

/// What the standard output gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Console {
    /// Nothing; for tests.
    #[cfg(test)]
    Silent,
    /// The lines as they are.
    Plain,
    /// Lines with colours in their heads.
    Coloured,
}

/// The fields of a span as text, kept with the span.
struct SpanFields(String);

thread_local! {
    static LINE: RefCell<Line> = RefCell::default();
}

impl<S> Layer<S> for OutputLayer
where
    S: Subscriber + for<'l> LookupSpan<'l>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if is_request(attributes.metadata()) {
            // What its fields say, the request itself says to each line.
            if let (Some(span), Some(request)) = (context.span(id), RequestContext::current()) {
                span.extensions_mut().replace(request);
            }
            return;
        }
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().replace(SpanFields(fields.text));
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut extensions = span.extensions_mut();
        if let Some(SpanFields(text)) = extensions.get_mut::<SpanFields>() {
            let mut fields = Fields::after(std::mem::take(text));
            values.record(&mut fields);
            *text = fields.text;
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        // Formatting may run foreign code that logs again: that event gets a line of its own.
        LINE.with(|line| match line.try_borrow_mut() {
            Ok(mut line) => self.write(&mut line, event, &context),
            Err(_) => self.write(&mut Line::default(), event, &context),
        });
    }
}

/// Whether this is the span of a request.
fn is_request(metadata: &Metadata<'_>) -> bool {
    metadata.name() == request::SPAN && metadata.target() == request::TARGET
}

impl OutputLayer {
    fn write<S>(&self, line: &mut Line, event: &Event<'_>, context: &Context<'_, S>)
    where
        S: Subscriber + for<'l> LookupSpan<'l>,
    {
        let normalized = event.normalized_metadata();
        let metadata = normalized.as_ref().unwrap_or_else(|| event.metadata());
        line.begin(SystemTime::now(), metadata, self.application.as_deref());
        line.separate();
        let mut request = None;
        for span in context.event_scope(event).into_iter().flat_map(Scope::from_root) {
            let extensions = span.extensions();
            if is_request(span.metadata()) {
                request = extensions.get::<RequestContext>().cloned();
                continue;
            }
            line.span(span.name(), extensions.get::<SpanFields>().map_or("", |fields| &fields.0));
        }
        line.end(event);
        self.emit(line, metadata, RequestContext::current().or(request).as_ref());
    }

    fn emit(&self, line: &Line, metadata: &Metadata<'_>, request: Option<&RequestContext>) {
        let level = *metadata.level();
        if let Some(ring) = &self.ring {
            ring.append(&LogLine {
                level,
                target: metadata.target(),
                request_id: request.map(RequestContext::id),
                text: line.as_str(),
            });
        }
        if let Some(file) = &self.file {
            file.append(line.as_str());
        }
        // A standard output that is closed or full must not fail the service.
        let _ = match self.console {
            #[cfg(test)]
            Console::Silent => Ok(()),
            Console::Plain => io::stdout().lock().write_all(line.as_str().as_bytes()),
            Console::Coloured => io::stdout().lock().write_all(line.coloured(level).as_bytes()),
        };
    }
}

#[cfg(test)]
mod tests {
    use tracing::{Level, error, info, info_span, warn};
    use tracing_subscriber::{Registry, layer::SubscriberExt as _};

    use super::*;

    fn written(test: impl FnOnce()) -> String {
        written_by(None, test)
    }

    fn written_by(application: Option<&str>, test: impl FnOnce()) -> String {
        let ring = Arc::new(LogRing::new(100_000));
        let layer = OutputLayer {
            application: application.map(str::to_owned),
            console: Console::Silent,
            file: None,
            ring: Some(Arc::clone(&ring)),
        };
        tracing::subscriber::with_default(Registry::default().with(layer), test);
        let snapshot = ring.snapshot();
        let read = crate::model::reply::ResourceContent::read(&snapshot, snapshot.start, 100_000);
        let bytes = futures_now(read).unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    fn futures_now<T>(future: crate::model::endpoint::BoxFuture<'_, T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    #[test]
    fn a_line_has_time_level_process_thread_target_spans_message_and_fields() {
        let text = written(|| {
            let span = info_span!("order", id = 7, customer = tracing::field::Empty);
            span.record("customer", "Bob");
            let _entered = span.enter();
            info!(target: "t_out::db", rows = 3, name = "a b", "stored");
        });
        let (time, rest) = text.split_at(24);
        assert!(time.starts_with("20") && time.ends_with('Z'), "{time}");
        let start = format!("  INFO {} --- [", std::process::id());
        assert!(rest.starts_with(&start), "{rest}");
        let end = "] t_out::db : order{id=7 customer=\"Bob\"}: stored rows=3 name=\"a b\"\n";
        assert!(rest.ends_with(end), "{rest}");
    }

    #[test]
    fn control_characters_never_reach_a_terminal() {
        let text = written(|| warn!("a\u{1b}[31mb\tc\rd"));
        assert!(text.ends_with("a\\u{1b}[31mb\tc\\rd\n"), "{text:?}");
    }

    #[test]
    fn an_error_is_written_with_its_causes() {
        let cause = io::Error::other(crate::Error::application("no disk"));
        let text =
            written(|| error!(error = &cause as &(dyn std::error::Error + 'static), "failed"));
        assert!(text.contains("failed error=") && text.contains("no disk"), "{text}");
    }

    #[test]
    fn a_value_that_logs_while_it_is_written_does_not_lock_up() {
        struct Chatty;
        impl std::fmt::Debug for Chatty {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                info!("inner");
                f.write_str("chatty")
            }
        }
        let text = written(|| info!(value = ?Chatty, "outer"));
        // Whether `tracing` passes the inner event on depends on how the subscriber was set.
        assert!(text.contains("outer value=chatty\n"), "{text}");
    }

    #[test]
    fn a_line_names_the_application_if_it_has_a_name() {
        let text = written_by(Some("demo"), || info!("hello"));
        let (_, rest) = text.split_once(" --- ").unwrap();
        assert!(rest.starts_with("[demo] [") && rest.ends_with(" : hello\n"), "{text}");
        let text = written(|| info!("hello"));
        assert_eq!(text.matches('[').count(), 1, "{text}");
    }

    #[test]
    fn colours_stand_in_the_head_only() {
        let mut line = Line::default();
        let metadata = tracing::Metadata::new(
            "e",
            "t_out",
            Level::WARN,
            None,
            None,
            None,
            tracing::field::FieldSet::new(&[], tracing::callsite::Identifier(&CALLSITE)),
            tracing::metadata::Kind::EVENT,
        );
        line.begin(SystemTime::UNIX_EPOCH, &metadata, None);
        line.separate();
        let coloured = line.coloured(Level::WARN);
        assert!(coloured.contains("\x1b[33mWARN\x1b[0m"), "{coloured:?}");
        assert!(coloured.ends_with("\x1b[36mt_out\x1b[0m : "), "{coloured:?}");
        assert!(!line.as_str().contains('\x1b'));
    }

    struct TestCallsite;
    static CALLSITE: TestCallsite = TestCallsite;
    impl tracing::callsite::Callsite for TestCallsite {
        fn set_interest(&self, _: tracing::subscriber::Interest) {}
        fn metadata(&self) -> &tracing::Metadata<'_> {
            panic!("never registered")
        }
    }
}

//! For tests: a log in one format, kept in memory.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::Value;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::{Registry, layer::SubscriberExt as _};

use super::{
    format::{FormatSettings, LogFormat},
    layer::OutputLayer,
    outputs::{Common, Destination, Look},
    sink::{Formatted, Sink},
};
use crate::{
    model::{request::RequestContext, trace_context::TraceParent},
    settings::{Settings, SettingsReader},
};

/// A sink that keeps what it is given.
#[derive(Clone, Default)]
pub(super) struct Kept(pub(super) Arc<Mutex<String>>);

impl Sink for Kept {
    fn write(&mut self, lines: &[Formatted<'_>]) -> io::Result<()> {
        assert!(lines.iter().all(|line| line.text.ends_with('\n')));
        self.0.lock().unwrap().extend(lines.iter().map(|line| line.text));
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn describe(&self) -> String {
        "memory".to_owned()
    }
}

/// What is logged in one format, by these settings.
pub(super) struct Log {
    pub(super) look: Look,
    pub(super) common: Common,
    pub(super) threshold: LevelFilter,
}

impl Log {
    pub(super) fn of(format: LogFormat) -> Self {
        let look = Look { format, colours: false };
        let common = Common {
            formats: FormatSettings::default(),
            queue_size: 1 << 20,
            rate_limit: None,
            host: "host-1".to_owned(),
            sanitizer: crate::model::sanitizer::Sanitizer::default(),
        };
        Self { look, common, threshold: LevelFilter::TRACE }
    }

    pub(super) fn with(mut self, pairs: &[(&str, &str)]) -> Self {
        let builder = pairs.iter().fold(Settings::builder(), |b, (k, v)| b.force(k, *v));
        let settings = builder.build().unwrap();
        let mut reader = SettingsReader::new(&settings);
        self.common.formats = FormatSettings::read(&mut reader);
        reader.finish().unwrap();
        self
    }

    pub(super) fn run(self, work: impl FnOnce()) -> String {
        let kept = Kept::default();
        let destination = Destination {
            name: "test",
            look: self.look,
            threshold: self.threshold,
            sink: Box::new(kept.clone()),
        };
        let layer = OutputLayer::start(&self.common, vec![destination], None).unwrap();
        tracing::subscriber::with_default(Registry::default().with(layer.clone()), work);
        layer.flush_within(Duration::from_secs(10));
        kept.0.lock().unwrap().clone()
    }

    pub(super) fn run_json(self, work: impl FnOnce()) -> Value {
        let text = self.run(work);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }
}

/// What is logged as text.
pub(super) fn text(work: impl FnOnce()) -> String {
    Log::of(LogFormat::Text).run(work)
}

/// Works during a request.
pub(super) fn in_request(work: impl FnOnce()) {
    let trace = TraceParent::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    let request = RequestContext::new("r-1", trace);
    RequestContext::enter(&mut { request }, work);
}

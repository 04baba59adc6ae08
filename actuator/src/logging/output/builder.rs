//! The layer for an application that has a subscriber of its own.

use std::{io, sync::Arc, time::Duration};

use tracing::level_filters::LevelFilter;

use super::{
    super::recent::{DEFAULT_RING, LogRing, MAX_RING, MIN_RING},
    console::{Colours, Surroundings},
    format::LogFormat,
    layer::OutputLayer,
    outputs::{Common, Destination, Look},
    settings::OutputSettings,
    sink::{Sink, StdoutSink, WriteSink},
};
use crate::{model::sanitizer::Sanitizer, support::host_name::host_name};

/// Builds an [`OutputLayer`] for a subscriber of the application's own.
///
/// ```
/// use tracing_subscriber::{layer::SubscriberExt as _, Registry};
/// use actuator::logging::{self, LogFormat};
///
/// let output = logging::output().format(LogFormat::Ecs).service("shop", "1.2").build()?;
/// let subscriber = Registry::default().with(output.clone()).with(logging::layer());
/// # tracing::subscriber::with_default(subscriber, || tracing::info!(order = 7, "stored"));
/// // At the end of main:
/// output.flush();
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use = "`build` makes the layer"]
pub struct OutputBuilder {
    look: Look,
    threshold: LevelFilter,
    settings: OutputSettings,
    sink: Box<dyn Sink>,
    ring_size: usize,
}

/// A layer for an application's own subscriber that writes to the standard output: text with
/// colours if that is a terminal, Logstash's JSON otherwise. Secrets are hidden, and nobody waits
/// for whoever reads it.
pub fn output() -> OutputBuilder {
    OutputBuilder {
        look: Surroundings::of_process().look(None, Colours::Detect),
        threshold: LevelFilter::TRACE,
        settings: OutputSettings::default(),
        sink: Box::new(StdoutSink::default()),
        ring_size: DEFAULT_RING,
    }
}

impl OutputBuilder {
    /// What lines look like.
    pub fn format(mut self, format: LogFormat) -> Self {
        self.look = Surroundings::of_process().look(Some(format), Colours::Detect);
        self
    }

    /// The name and version of the service, for formats that have a place for them.
    pub fn service(mut self, name: &str, version: &str) -> Self {
        self.settings.formats.default_service(Some(name), Some(version));
        self
    }

    /// The least urgent level that is written; all by default.
    pub fn threshold(mut self, threshold: LevelFilter) -> Self {
        self.threshold = threshold;
        self
    }

    /// How many bytes may wait to be written, 1 MiB by default. More is dropped and counted.
    pub fn queue_size(mut self, bytes: usize) -> Self {
        self.settings.queue_size = bytes;
        self
    }

    /// How many bytes of the last lines are kept in memory, from 4 KiB to 64 MiB, 1 MiB by default;
    /// 0 keeps none. `/actuator/logfile` and `/actuator/logstream` show them, if the layer is in
    /// the global subscriber before the service starts.
    pub fn ring_size(mut self, bytes: usize) -> Self {
        self.ring_size = if bytes == 0 { 0 } else { bytes.clamp(MIN_RING, MAX_RING) };
        self
    }

    /// Writes there instead of to the standard output, without colours. It is called on a thread
    /// of its own.
    pub fn writer(mut self, writer: impl io::Write + Send + 'static) -> Self {
        self.sink = Box::new(WriteSink::new(writer));
        self.look.colours = false;
        self
    }

    /// Starts the thread that writes; fails if the system has none left.
    pub fn build(self) -> io::Result<OutputLayer> {
        let Self { look, threshold, settings, sink, ring_size } = self;
        let common = Common {
            formats: settings.formats,
            queue_size: settings.queue_size,
            rate_limit: settings.rate_limit,
            host: host_name().unwrap_or_default(),
            sanitizer: Sanitizer::default(),
        };
        let destination = Destination { name: "output", look, threshold, sink };
        let ring = (ring_size > 0).then(|| Arc::new(LogRing::new(ring_size)));
        OutputLayer::start(&common, vec![destination], ring)
    }
}

impl std::fmt::Debug for OutputBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutputBuilder").field("look", &self.look).finish_non_exhaustive()
    }
}

impl OutputLayer {
    /// Waits until what was logged is written, a second at most.
    pub fn flush(&self) {
        self.flush_until(super::writer::flush_deadline());
    }

    /// As [`Self::flush`], but waits as long as this.
    pub fn flush_within(&self, patience: Duration) {
        self.flush_until(std::time::Instant::now() + patience);
    }

    /// How many lines were lost, because they came faster than they could be written, or because
    /// writing failed.
    pub fn dropped(&self) -> u64 {
        self.drops().iter().map(|(_, drops)| drops.get()).sum()
    }
}

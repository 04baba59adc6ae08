//! Installing the subscriber of the process, unless the application has one.

use std::{
    cell::OnceCell,
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use tracing::{
    Dispatch, dispatcher,
    subscriber::{NoSubscriber, set_global_default},
};
use tracing_subscriber::{
    Registry,
    layer::{Layer, SubscriberExt as _},
};

use super::{
    LoggersLayer, LoggingSettings,
    levels::{Loggers, parse_directives},
    output::{
        Common, Destination, DropCount, LogFormat, Look, OutputLayer, OutputSettings, Surroundings,
        sink::{FileSink, StdoutSink, SyslogFormat, SyslogSettings, SyslogSink},
    },
    recent::{LogFiles, LogRing, LogViewers, RecentSettings},
    request_spans::RequestSpans,
};
use crate::{
    error::{Error, ErrorKind, Result},
    model::sanitizer::Sanitizer,
    support::host_name::host_name,
};

/// What the endpoints need to know of the logging of the process.
#[derive(Clone, Debug)]
pub(crate) struct LoggingState {
    /// The loggers; they refuse to be set when the application's own subscriber does not ask
    /// them.
    pub(crate) loggers: Loggers,
    /// What `/logfile` serves; `None` when nobody knows where the log goes.
    pub(crate) source: Option<LogSource>,
    /// The last lines, if an output of ours writes them.
    pub(crate) ring: Option<Arc<LogRing>>,
    /// What of the log can be read, and how.
    pub(crate) recent: RecentSettings,
    /// How many lines each of our destinations has lost; empty if no output of ours writes them.
    pub(crate) drops: Vec<(&'static str, DropCount)>,
}

impl LoggingState {
    /// Those who may watch the log; `None` if nothing is kept of it.
    pub(crate) fn viewers(&self) -> Option<LogViewers> {
        let ring = self.ring.clone()?;
        Some(LogViewers::new(ring, self.recent.max_viewers))
    }

    /// The log file with its archives; `None` if nobody knows of a file.
    pub(crate) fn files(&self) -> Option<LogFiles> {
        let Some(LogSource::File(path)) = &self.source else { return None };
        // Another file than our own is rolled by others.
        let rolling = self.recent.rolling.clone().filter(|_| self.recent.external_file.is_none());
        Some(LogFiles::new(path.clone(), rolling, self.recent.follow_links))
    }
}

/// Where the log can be read.
#[derive(Clone, Debug)]
pub(crate) enum LogSource {
    /// A file, opened for each call.
    File(PathBuf),
    /// The ring in memory.
    Ring(Arc<LogRing>),
}

/// A layer that takes what passes the levels, beside our output.
#[derive(Debug)]
pub(crate) struct Beside<L> {
    /// The layer.
    pub(crate) layer: L,
    /// Whether it wants each request as a span; else those are opened only if somebody asks.
    pub(crate) sees_requests: bool,
}

/// Our own output, once our subscriber is that of the process.
struct Installed {
    file: Option<PathBuf>,
    output: OutputLayer,
}

static INSTALLED: OnceLock<Installed> = OnceLock::new();

thread_local! {
    /// Of the thread that installed the log, usually the main one: it ends when `main` returns,
    /// and when it exits.
    static AT_EXIT: OnceCell<FlushAtExit> = const { OnceCell::new() };
}

struct FlushAtExit;

impl Drop for FlushAtExit {
    fn drop(&mut self) {
        flush();
    }
}

/// Waits until everything that was logged is written, a second at most. [`crate::serve!`] does
/// this at its end, and so does the end of the main thread where the subscriber is ours.
///
/// Call it before `std::process::exit` on another thread: lines are written by threads of their
/// own, which that ends. Where nothing of this library writes lines it does nothing.
pub fn flush() {
    if let Some(output) = output() {
        output.flush();
    }
}

/// Sets levels, and installs a subscriber if the process has none. An application's own
/// subscriber is never replaced or wrapped. Called again, it sets levels only. The sanitiser is that
/// of the first service of the process.
pub(crate) fn install(
    settings: &LoggingSettings,
    sanitizer: &Sanitizer,
    beside: Beside<impl Layer<Registry> + Send + Sync>,
) -> Result<LoggingState> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let loggers = Loggers::global();
    loggers.configure(&settings.levels.levels, &settings.levels.groups);
    if INSTALLED.get().is_none() && dispatcher::get_default(Dispatch::is::<NoSubscriber>) {
        install_own(settings, &loggers, sanitizer, beside)?;
    }
    let output = output();
    let drops = output.as_ref().map(OutputLayer::drops).unwrap_or_default();
    let ring = output.and_then(|output| output.ring());
    let source = source(settings, ring.clone());
    Ok(LoggingState { source, ring, recent: settings.recent.clone(), drops, loggers })
}

/// The layer that writes lines: ours, or the one in the application's own subscriber.
fn output() -> Option<OutputLayer> {
    let of_application =
        || dispatcher::get_default(|dispatch| dispatch.downcast_ref::<OutputLayer>().cloned());
    INSTALLED.get().map(|installed| installed.output.clone()).or_else(of_application)
}

fn install_own(
    settings: &LoggingSettings,
    loggers: &Loggers,
    sanitizer: &Sanitizer,
    beside: Beside<impl Layer<Registry> + Send + Sync>,
) -> Result<()> {
    let ring =
        (settings.recent.ring_size > 0).then(|| Arc::new(LogRing::new(settings.recent.ring_size)));
    let output = start_output(&settings.output, ring, sanitizer)?;
    let subscriber = Registry::default().with(beside.layer).with(output.clone());
    let subscriber = subscriber.with(LoggersLayer::new(loggers.clone()));
    let set = if beside.sees_requests {
        set_global_default(subscriber)
    } else {
        set_global_default(RequestSpans::new(subscriber))
    };
    if set.is_err() {
        // Somebody was faster; their subscriber does not ask our loggers.
        loggers.attach(false);
        return Ok(());
    }
    let _ = INSTALLED.set(Installed { file: settings.output.file.clone(), output });
    // Where a thread ends already, there is no later end to flush at.
    let _ = AT_EXIT.try_with(|at_exit| at_exit.set(FlushAtExit));
    flush_at_abort();
    // Another logger for the `log` crate stays what it is, like another subscriber.
    if tracing_log::LogTracer::init().is_ok() {
        loggers.lead_log_crate();
    }
    warn_of_directives();
    Ok(())
}

/// Where a panic ends the process at once, the lines before it are written first.
fn flush_at_abort() {
    if cfg!(panic = "abort") {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            before(panic);
            flush();
        }));
    }
}

fn start_output(
    settings: &OutputSettings,
    ring: Option<Arc<LogRing>>,
    sanitizer: &Sanitizer,
) -> Result<OutputLayer> {
    let mut destinations = Vec::new();
    if settings.console {
        destinations.push(Destination {
            name: "console",
            look: Surroundings::of_process().look(settings.console_format, settings.colours),
            threshold: settings.console_threshold,
            sink: Box::new(StdoutSink::default()),
        });
    }
    if let Some(path) = &settings.file {
        destinations.push(Destination {
            name: "file",
            look: Look::plain(settings.file_format),
            threshold: settings.file_threshold,
            sink: Box::new(open_file(path, settings)?),
        });
    }
    if let Some(syslog) = &settings.syslog {
        destinations.push(to_syslog(syslog, settings)?);
    }
    let common = Common {
        formats: settings.formats.clone(),
        queue_size: settings.queue_size,
        rate_limit: settings.rate_limit,
        host: host_name().unwrap_or_default(),
        sanitizer: sanitizer.clone(),
    };
    OutputLayer::start(&common, destinations, ring).map_err(without_thread)
}

fn to_syslog(syslog: &SyslogSettings, settings: &OutputSettings) -> Result<Destination> {
    let format = match syslog.format {
        SyslogFormat::Cee => LogFormat::C2c,
        SyslogFormat::Text => LogFormat::Text,
    };
    let program = || Some(std::env::current_exe().ok()?.file_stem()?.to_str()?.to_owned());
    let application = settings.formats.application.clone().or_else(program).unwrap_or_default();
    Ok(Destination {
        name: "syslog",
        look: Look::plain(format),
        threshold: settings.syslog_threshold,
        sink: Box::new(SyslogSink::start(syslog, &application).map_err(without_thread)?),
    })
}

fn without_thread(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Runtime, format!("no thread for the log could be started: {error}"))
        .with_cause(error)
}

fn open_file(path: &std::path::Path, settings: &OutputSettings) -> Result<FileSink> {
    FileSink::open(path, settings.rolling.clone()).map_err(|error| {
        Error::new(
            ErrorKind::Setting,
            format!(
                "the log file {} (logging.file.name or logging.file.path) cannot be written: \
                 {error}",
                path.display()
            ),
        )
        .with_cause(error)
    })
}

fn source(settings: &LoggingSettings, ring: Option<Arc<LogRing>>) -> Option<LogSource> {
    if let Some(path) = &settings.recent.external_file {
        return Some(LogSource::File(path.clone()));
    }
    let installed = INSTALLED.get();
    if let Some(file) = installed.and_then(|installed| installed.file.as_ref()) {
        return Some(LogSource::File(file.clone()));
    }
    // With a subscriber of its own the application itself writes the file that it names here.
    if installed.is_none()
        && let Some(path) = &settings.output.file
    {
        return Some(LogSource::File(path.clone()));
    }
    ring.map(LogSource::Ring)
}

fn warn_of_directives() {
    let ignored = parse_directives(&std::env::var("RUST_LOG").unwrap_or_default()).ignored;
    if !ignored.is_empty() {
        tracing::warn!(
            target: "actuator::loggers",
            "RUST_LOG: ignored {ignored:?}; expected level, target or target=level, separated by \
             commas"
        );
    }
}

#[cfg(test)]
mod tests;

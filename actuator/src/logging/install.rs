//! Installing the subscriber of the process, unless the application has one.

use std::{
    io::IsTerminal as _,
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use tracing::{dispatcher, subscriber::NoSubscriber};
use tracing_subscriber::{Registry, layer::SubscriberExt as _};

use super::{
    file::LogFile,
    layer::LoggersLayer,
    loggers::Loggers,
    output::{Console, OutputLayer},
    ring::LogRing,
    settings::{LoggingSettings, parse_directives},
};
use crate::error::{Error, ErrorKind, Result};

/// What the endpoints need to know of the logging of the process.
#[derive(Clone, Debug)]
pub(crate) struct LoggingState {
    /// The loggers; they refuse to be set when the application's own subscriber does not ask
    /// them.
    pub(crate) loggers: Loggers,
    /// What `/logfile` serves; `None` when nobody knows where the log goes.
    pub(crate) source: Option<LogSource>,
}

/// Where the log can be read.
#[derive(Clone, Debug)]
pub(crate) enum LogSource {
    /// A file, opened for each call.
    File(PathBuf),
    /// The ring in memory.
    Ring(Arc<LogRing>),
}

/// Our own outputs, once our subscriber is that of the process.
struct Installed {
    file: Option<Arc<LogFile>>,
    ring: Option<Arc<LogRing>>,
}

static INSTALLED: OnceLock<Installed> = OnceLock::new();

/// Sets levels, and installs a subscriber if the process has none. An application's own
/// subscriber is never replaced or wrapped. Called again, it sets levels only.
pub(crate) fn install(settings: &LoggingSettings) -> Result<LoggingState> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let loggers = Loggers::global();
    loggers.configure(&settings.levels, &settings.groups);
    if INSTALLED.get().is_none() && dispatcher::get_default(|now| now.is::<NoSubscriber>()) {
        install_own(settings, &loggers)?;
    }
    Ok(LoggingState { source: source(settings), loggers })
}

fn install_own(settings: &LoggingSettings, loggers: &Loggers) -> Result<()> {
    let file = settings.file.as_deref().map(open_file).transpose()?.map(Arc::new);
    let ring = (settings.ring_size > 0).then(|| Arc::new(LogRing::new(settings.ring_size)));
    let output = OutputLayer { console: console(), file: file.clone(), ring: ring.clone() };
    let subscriber = Registry::default().with(output).with(LoggersLayer::new(loggers.clone()));
    if tracing::subscriber::set_global_default(subscriber).is_err() {
        // Somebody was faster; their subscriber does not ask our loggers.
        loggers.attach(false);
        return Ok(());
    }
    let _ = INSTALLED.set(Installed { file, ring });
    // Another logger for the `log` crate stays what it is, like another subscriber.
    if tracing_log::LogTracer::init().is_ok() {
        loggers.lead_log_crate();
    }
    warn_of_directives();
    Ok(())
}

fn open_file(path: &std::path::Path) -> Result<LogFile> {
    LogFile::open(path).map_err(|error| {
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

fn source(settings: &LoggingSettings) -> Option<LogSource> {
    if let Some(path) = &settings.external_file {
        return Some(LogSource::File(path.clone()));
    }
    let installed = INSTALLED.get();
    if let Some(file) = installed.and_then(|installed| installed.file.as_ref()) {
        return Some(LogSource::File(file.path().to_owned()));
    }
    // With a subscriber of its own the application itself writes the file that it names here.
    if installed.is_none()
        && let Some(path) = &settings.file
    {
        return Some(LogSource::File(path.clone()));
    }
    installed.and_then(|installed| installed.ring.clone()).map(LogSource::Ring)
}

fn console() -> Console {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if std::io::stdout().is_terminal() && !no_color { Console::Coloured } else { Console::Plain }
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

//! Installing the subscriber of the process, unless the application has one.

use std::{
    io::IsTerminal as _,
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use tracing::{Dispatch, dispatcher, subscriber::NoSubscriber};
use tracing_subscriber::{Registry, layer::SubscriberExt as _};

use super::{
    LoggersLayer, LoggingSettings,
    levels::{Loggers, parse_directives},
    output::{Console, LogFile, OutputLayer},
    recent::{LogFiles, LogRing, LogViewers, RecentSettings},
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
    /// The last lines, if our own subscriber writes them.
    pub(crate) ring: Option<Arc<LogRing>>,
    /// What of the log can be read, and how.
    pub(crate) recent: RecentSettings,
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
    loggers.configure(&settings.levels.levels, &settings.levels.groups);
    if INSTALLED.get().is_none() && dispatcher::get_default(Dispatch::is::<NoSubscriber>) {
        install_own(settings, &loggers)?;
    }
    let ring = INSTALLED.get().and_then(|installed| installed.ring.clone());
    let recent = settings.recent.clone();
    Ok(LoggingState { source: source(settings), ring, recent, loggers })
}

fn install_own(settings: &LoggingSettings, loggers: &Loggers) -> Result<()> {
    let file = settings.output.file.as_deref().map(open_file).transpose()?.map(Arc::new);
    let ring =
        (settings.recent.ring_size > 0).then(|| Arc::new(LogRing::new(settings.recent.ring_size)));
    let output = OutputLayer {
        application: settings.output.application.clone(),
        console: console(),
        file: file.clone(),
        ring: ring.clone(),
    };
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
    if let Some(path) = &settings.recent.external_file {
        return Some(LogSource::File(path.clone()));
    }
    let installed = INSTALLED.get();
    if let Some(file) = installed.and_then(|installed| installed.file.as_ref()) {
        return Some(LogSource::File(file.path().to_owned()));
    }
    // With a subscriber of its own the application itself writes the file that it names here.
    if installed.is_none()
        && let Some(path) = &settings.output.file
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

#[cfg(test)]
mod tests {
    use std::process::Command;

    use tracing_log::log;

    use super::*;
    use crate::logging::{
        LogLevel, SetLevelError, levels::LevelSettings, output::OutputSettings,
        recent::RecentSettings,
    };

    /// Runs one of the ignored tests below in a process of its own, for the subscriber is global,
    /// and gives what it wrote.
    fn run(test: &str) -> String {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", &format!("logging::install::tests::{test}"), "--ignored"])
            .arg("--nocapture")
            .env("RUST_LOG", "info,from_rust_log=debug,odd[span]=info")
            .output()
            .unwrap();
        let written = String::from_utf8(output.stdout).unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && written.contains("1 passed"), "{written}{errors}");
        written
    }

    fn settings() -> LoggingSettings {
        LoggingSettings {
            levels: LevelSettings {
                levels: vec![("log_dep".to_owned(), LogLevel::Debug)],
                ..LevelSettings::default()
            },
            recent: RecentSettings { ring_size: 10_000, ..RecentSettings::default() },
            ..LoggingSettings::default()
        }
    }

    #[test]
    fn without_a_subscriber_ours_is_installed_and_takes_log_records_too() {
        let text = run("process_without_a_subscriber");
        assert!(text.contains("] log_dep::x : a debug record\n"), "{text}");
        assert!(text.contains("] log_dep::x : a trace record\n"), "{text}");
        assert!(text.contains("Level of log_dep: DEBUG -> TRACE\n"), "{text}");
        assert!(text.contains("Level of ROOT: INFO -> OFF\n"), "{text}");
        assert!(text.contains("RUST_LOG: ignored [\"odd[span]=info\"]"), "{text}");
        assert!(text.contains("] from_rust_log : heard\n"), "{text}");
        assert!(!text.contains("never") && !text.contains('\x1b'), "{text}");
    }

    #[test]
    #[ignore = "run in a process of its own by the test above"]
    fn process_without_a_subscriber() {
        let folder = std::env::temp_dir().join(format!("actuator-install-{}", std::process::id()));
        let path = folder.join("app.log");
        let first = install(&LoggingSettings {
            output: OutputSettings { file: Some(path.clone()), ..OutputSettings::default() },
            ..settings()
        })
        .unwrap();
        tracing::debug!(target: "from_rust_log", "heard");
        log::debug!(target: "log_dep::x", "a debug record");
        log::trace!(target: "log_dep::x", "never");
        assert_eq!(log::max_level(), log::LevelFilter::Debug);
        assert!(first.loggers.get("log_dep::x").is_some());
        first.loggers.set("log_dep", Some(LogLevel::Trace)).unwrap();
        assert_eq!(log::max_level(), log::LevelFilter::Trace);
        log::trace!(target: "log_dep::x", "a trace record");
        first.loggers.set("log_dep", None).unwrap();
        first.loggers.set("from_rust_log", None).unwrap();
        first.loggers.set("ROOT", Some(LogLevel::Off)).unwrap();
        assert_eq!(log::max_level(), log::LevelFilter::Off);
        tracing::error!("never");
        let again = install(&settings()).unwrap();
        let Some(LogSource::File(served)) = again.source else { panic!("{again:?}") };
        assert_eq!(served, path);
        let written = std::fs::read_to_string(&path).unwrap();
        assert!(written.ends_with("Level of ROOT: INFO -> OFF\n"), "{written}");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn without_a_file_the_log_is_kept_in_memory() {
        run("process_without_a_file");
    }

    #[test]
    #[ignore = "run in a process of its own by the test above"]
    fn process_without_a_file() {
        let state = install(&settings()).unwrap();
        tracing::info!("kept");
        let Some(LogSource::Ring(ring)) = state.source else { panic!("{state:?}") };
        assert!(ring.snapshot().end > 0);
    }

    #[test]
    fn trap_seed_20_an_existing_subscriber_is_left_untouched() {
        run("process_with_a_subscriber");
    }

    #[test]
    #[ignore = "run in a process of its own by the test above"]
    fn process_with_a_subscriber() {
        tracing::subscriber::set_global_default(Registry::default()).unwrap();
        let state = install(&settings()).unwrap();
        assert!(dispatcher::get_default(Dispatch::is::<Registry>));
        assert_eq!(log::max_level(), log::LevelFilter::Off);
        assert!(state.source.is_none());
        let refused = state.loggers.set("ROOT", Some(LogLevel::Off));
        assert_eq!(refused, Err(SetLevelError::NotAttached));
        assert!(tracing::enabled!(tracing::Level::TRACE));
        let file = Some(PathBuf::from("written/by/the/application.log"));
        let output = OutputSettings { file, ..OutputSettings::default() };
        let state = install(&LoggingSettings { output, ..settings() }).unwrap();
        assert!(matches!(state.source, Some(LogSource::File(_))));
    }

    #[test]
    fn an_existing_subscriber_with_our_layer_can_be_changed() {
        run("process_with_a_subscriber_and_our_layer");
    }

    #[test]
    #[ignore = "run in a process of its own by the test above"]
    fn process_with_a_subscriber_and_our_layer() {
        let subscriber = Registry::default().with(crate::logging::layer());
        tracing::subscriber::set_global_default(subscriber).unwrap();
        assert!(tracing::enabled!(target: "from_rust_log", tracing::Level::DEBUG));
        let state = install(&settings()).unwrap();
        state.loggers.set("mine", Some(LogLevel::Debug)).unwrap();
        assert!(tracing::enabled!(target: "mine::db", tracing::Level::DEBUG));
        assert!(!tracing::enabled!(target: "other", tracing::Level::DEBUG));
    }

    #[test]
    fn a_log_file_that_cannot_be_written_refuses_the_start_and_names_the_setting() {
        let error = open_file(std::path::Path::new("/dev/null/app.log")).unwrap_err();
        assert!(error.is_setting());
        assert!(error.to_string().contains("logging.file.name"), "{error}");
    }
}

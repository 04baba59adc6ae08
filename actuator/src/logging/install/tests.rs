//! Whose subscriber the process has. Each of the ignored tests is a process of its own.

use tracing_log::log;

use super::*;
use crate::logging::{
    LogLevel, SetLevelError, levels::LevelSettings, output::OutputSettings, recent::RecentSettings,
};

/// Runs one of the ignored tests below in a process of its own, for the subscriber is global,
/// and gives what it wrote.
fn run(test: &str) -> String {
    let test = format!("logging::install::tests::{test}");
    let variables =
        [("RUST_LOG", "info,from_rust_log=debug,odd[span]=info"), ("CLICOLOR_FORCE", "0")];
    String::from_utf8(testkit::in_own_process(&test, &variables).stdout).unwrap()
}

fn install_bare(settings: &LoggingSettings) -> Result<LoggingState> {
    let layer = tracing_subscriber::layer::Identity::new();
    install(settings, &Sanitizer::default(), Beside { layer, sees_requests: false })
}

fn settings() -> LoggingSettings {
    LoggingSettings {
        levels: LevelSettings {
            levels: vec![("log_dep".to_owned(), LogLevel::Debug)],
            ..LevelSettings::default()
        },
        recent: RecentSettings { ring_size: 10_000, ..RecentSettings::default() },
        output: OutputSettings {
            console_format: Some(crate::logging::output::LogFormat::Text),
            ..OutputSettings::default()
        },
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
    let first = install_bare(&LoggingSettings {
        output: OutputSettings { file: Some(path.clone()), ..settings().output },
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
    let again = install_bare(&settings()).unwrap();
    let Some(LogSource::File(served)) = again.source else { panic!("{again:?}") };
    assert_eq!(served, path);
    flush();
    let written = std::fs::read_to_string(&path).unwrap();
    assert!(written.ends_with("Level of ROOT: INFO -> OFF\n"), "{written}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn without_a_file_the_log_is_kept_in_memory() {
    let text = run("process_without_a_file");
    // Nobody looks at a pipe: it gets JSON, the ring text. The last line is there though
    // nobody asked for it.
    let line = text.lines().find(|line| line.contains("kept")).unwrap();
    assert!(line.contains("{\"@timestamp\":\"20"), "{text}");
    assert!(text.contains("\"message\":\"the last\""), "{text}");
}

#[test]
#[ignore = "run in a process of its own by the test above"]
fn process_without_a_file() {
    let output = OutputSettings::default();
    let state = install_bare(&LoggingSettings { output, ..settings() }).unwrap();
    tracing::info!("kept");
    let Some(LogSource::Ring(ring)) = state.source else { panic!("{state:?}") };
    assert!(ring.snapshot().end > 0);
    assert_eq!(state.drops.len(), 1);
    tracing::info!("the last");
}

#[test]
fn trap_seed_20_an_existing_subscriber_is_left_untouched() {
    run("process_with_a_subscriber");
}

#[test]
#[ignore = "run in a process of its own by the test above"]
fn process_with_a_subscriber() {
    tracing::subscriber::set_global_default(Registry::default()).unwrap();
    let state = install_bare(&settings()).unwrap();
    assert!(dispatcher::get_default(Dispatch::is::<Registry>));
    assert_eq!(log::max_level(), log::LevelFilter::Off);
    assert!(state.source.is_none());
    let refused = state.loggers.set("ROOT", Some(LogLevel::Off));
    assert_eq!(refused, Err(SetLevelError::NotAttached));
    assert!(tracing::enabled!(tracing::Level::TRACE));
    let file = Some(PathBuf::from("written/by/the/application.log"));
    let output = OutputSettings { file, ..OutputSettings::default() };
    let state = install_bare(&LoggingSettings { output, ..settings() }).unwrap();
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
    let state = install_bare(&settings()).unwrap();
    state.loggers.set("mine", Some(LogLevel::Debug)).unwrap();
    assert!(tracing::enabled!(target: "mine::db", tracing::Level::DEBUG));
    assert!(!tracing::enabled!(target: "other", tracing::Level::DEBUG));
}

#[test]
fn an_output_of_ours_in_an_existing_subscriber_can_be_read_through_the_api() {
    run("process_with_a_subscriber_and_our_output");
}

#[test]
#[ignore = "run in a process of its own by the test above"]
fn process_with_a_subscriber_and_our_output() {
    let output = crate::logging::output().ring_size(10_000).build().unwrap();
    let none = crate::logging::output().ring_size(0).build().unwrap();
    assert!(output.ring().is_some() && none.ring().is_none());
    let filtered = output.with_filter(crate::logging::layer());
    tracing::subscriber::set_global_default(Registry::default().with(filtered)).unwrap();
    let state = install_bare(&settings()).unwrap();
    tracing::info!("kept");
    let Some(LogSource::Ring(ring)) = &state.source else { panic!("{state:?}") };
    assert!(ring.snapshot().end > 0);
    assert!(state.viewers().is_some());
    assert_eq!(state.drops.len(), 1);
    // A file of the settings is one that the application writes itself.
    let file = Some(PathBuf::from("written/by/the/application.log"));
    let output = OutputSettings { file, ..OutputSettings::default() };
    let state = install_bare(&LoggingSettings { output, ..settings() }).unwrap();
    assert!(matches!(state.source, Some(LogSource::File(_))) && state.ring.is_some());
}

#[test]
fn a_log_file_that_cannot_be_written_refuses_the_start_and_names_the_setting() {
    let error = open_file("/dev/null/app.log".as_ref(), &OutputSettings::default()).unwrap_err();
    assert!(error.is_setting());
    assert!(error.to_string().contains("logging.file.name"), "{error}");
}

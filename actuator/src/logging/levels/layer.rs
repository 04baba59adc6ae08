//! The layer that asks the loggers, inside our own subscriber or the application's.

use tracing::{
    Dispatch, Event, Metadata, Subscriber, level_filters::LevelFilter, subscriber::Interest,
};
use tracing_subscriber::layer::{Context, Filter, Layer};

use super::loggers::Loggers;

/// Lets the levels of an application's own `tracing` subscriber be changed by `/loggers`.
///
/// As a layer it decides for the whole subscriber; as a filter
/// (`fmt::layer().with_filter(actuator::logging::layer())`) for one layer only.
#[derive(Debug)]
pub struct LoggersLayer {
    loggers: Loggers,
    /// By which the counts of events know it.
    number: usize,
}

impl Clone for LoggersLayer {
    fn clone(&self) -> Self {
        Self::new(self.loggers.clone())
    }
}

impl Drop for LoggersLayer {
    fn drop(&mut self) {
        self.loggers.events().remove_layer(self.number);
    }
}

/// The layer to add to an application's own subscriber. All of them share the levels of the
/// process: `RUST_LOG` at first, then `logging.level.*`, then what `/loggers` sets.
pub fn layer() -> LoggersLayer {
    LoggersLayer::new(Loggers::global())
}

impl LoggersLayer {
    /// A layer that asks these loggers.
    pub(crate) fn new(loggers: Loggers) -> Self {
        let number = loggers.events().add_layer();
        Self { loggers, number }
    }

    // A level is all that decides, and every change of one makes callsites ask again. So a
    // disabled event costs one load, and an enabled one never asks twice.
    fn interest(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.loggers.register(metadata) { Interest::always() } else { Interest::never() }
    }
}

impl<S: Subscriber> Layer<S> for LoggersLayer {
    fn on_register_dispatch(&self, _: &Dispatch) {
        self.loggers.attach(true);
    }

    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.interest(metadata)
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        self.loggers.enabled(metadata)
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        self.loggers.events().saw(self.number, *event.metadata().level());
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.loggers.max_level())
    }
}

impl<S> Filter<S> for LoggersLayer {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        self.loggers.enabled(metadata)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        // A filter is not told when its subscriber is installed; this is its first sign of life.
        self.loggers.attach(true);
        self.interest(metadata)
    }

    // A filter does not hear of events that pass; this is asked of those that did so far.
    fn event_enabled(&self, event: &Event<'_>, _: &Context<'_, S>) -> bool {
        self.loggers.events().saw(self.number, *event.metadata().level());
        true
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.loggers.max_level())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing::{debug, error, info, trace};
    use tracing_subscriber::{Registry, layer::SubscriberExt as _};

    use super::{
        super::{EventCounts, change::SetLevelError, level::LogLevel},
        *,
    };

    #[derive(Clone, Default)]
    struct Heard(Arc<Mutex<Vec<String>>>);

    impl Heard {
        fn take(&self) -> Vec<String> {
            let mut heard = std::mem::take(&mut *self.0.lock().unwrap());
            heard.retain(|target| target != "actuator::loggers");
            heard
        }
    }

    impl<S: Subscriber> Layer<S> for Heard {
        fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
            self.0.lock().unwrap().push(event.metadata().target().to_owned());
        }
    }

    fn with_loggers(test: impl FnOnce(&Loggers, &Heard)) {
        let (loggers, heard) = (Loggers::new(LogLevel::Info), Heard::default());
        let subscriber =
            Registry::default().with(heard.clone()).with(LoggersLayer::new(loggers.clone()));
        tracing::subscriber::with_default(subscriber, || test(&loggers, &heard));
    }

    fn say() {
        error!(target: "t_layer::db", "x");
        info!(target: "t_layer::db::pool", "x");
        debug!(target: "t_layer::db", "x");
        trace!(target: "t_layer::dbx", "x");
        info!(target: "t_layer::dbx", "x");
    }

    #[test]
    fn trap_seed_02_resetting_never_silences_logging() {
        with_loggers(|loggers, heard| {
            say();
            let before = heard.take();
            for name in ["t_layer::db", "t_layer", "ROOT", "web"] {
                loggers.set(name, None).unwrap();
                say();
                assert_eq!(heard.take(), before, "{name}");
            }
            assert_eq!(before.len(), 3);
        });
    }

    #[test]
    fn trap_seed_03_off_then_debug_works_again() {
        with_loggers(|loggers, heard| {
            loggers.set("ROOT", Some(LogLevel::Off)).unwrap();
            say();
            assert_eq!(heard.take(), Vec::<String>::new());
            loggers.set("t_layer::db", Some(LogLevel::Debug)).unwrap();
            say();
            assert_eq!(heard.take(), ["t_layer::db", "t_layer::db::pool", "t_layer::db"]);
            loggers.set("ROOT", Some(LogLevel::Trace)).unwrap();
            say();
            assert_eq!(heard.take().len(), 5);
            loggers.set("ROOT", None).unwrap();
            assert_eq!(loggers.get("ROOT").unwrap().configured, Some(LogLevel::Info));
        });
    }

    #[test]
    fn trap_seed_04_an_inherited_logger_has_no_configured_level_but_its_true_effective_one() {
        with_loggers(|loggers, _| {
            say();
            loggers.set("t_layer::db", Some(LogLevel::Warn)).unwrap();
            let pool = loggers.get("t_layer::db::pool").unwrap();
            assert_eq!((pool.configured, pool.effective), (None, LogLevel::Warn));
            let parent = loggers.get("t_layer").unwrap();
            assert_eq!((parent.configured, parent.effective), (None, LogLevel::Info));
            let names: Vec<_> = loggers.list().into_iter().map(|logger| logger.name).collect();
            assert_eq!(names.first().unwrap(), "ROOT");
            for name in ["t_layer", "t_layer::db", "t_layer::db::pool", "t_layer::dbx"] {
                assert!(names.iter().any(|known| known == name), "{name}");
            }
        });
    }

    #[test]
    fn trap_seed_05_looking_at_an_unknown_logger_creates_nothing_but_setting_one_does() {
        with_loggers(|loggers, _| {
            let count = loggers.list().len();
            for name in ["no_such", "root", "", "::", "t_layer::d", "a b"] {
                assert_eq!(loggers.get(name), None, "{name}");
            }
            assert_eq!(loggers.list().len(), count);
            loggers.set("brand::new", Some(LogLevel::Debug)).unwrap();
            assert_eq!(loggers.get("brand::new").unwrap().effective, LogLevel::Debug);
            assert_eq!(loggers.get("brand").unwrap().effective, LogLevel::Info);
            loggers.set("brand::new", None).unwrap();
            assert_eq!(loggers.get("brand::new").unwrap().configured, None);
        });
    }

    #[test]
    fn names_that_could_forge_a_line_and_floods_of_names_are_refused() {
        with_loggers(|loggers, _| {
            for name in ["", "a\nb", "a b", "\u{1b}[31m", &"x".repeat(201)] {
                let refused = loggers.set(name, None).unwrap_err();
                assert_eq!(refused, SetLevelError::Name(name.to_owned()));
            }
            for number in 0..1_000 {
                loggers.set(&format!("flood{number}"), Some(LogLevel::Warn)).unwrap();
            }
            assert_eq!(loggers.set("more", Some(LogLevel::Warn)), Err(SetLevelError::TooMany));
            loggers.set("flood7", None).unwrap();
            loggers.set("more", Some(LogLevel::Warn)).unwrap();
            assert_eq!(loggers.get("flood7"), None);
        });
    }

    #[test]
    fn a_group_sets_and_resets_all_its_members() {
        with_loggers(|loggers, _| {
            loggers.set("web", Some(LogLevel::Trace)).unwrap();
            assert_eq!(loggers.group("web").unwrap().configured, Some(LogLevel::Trace));
            assert_eq!(loggers.get("hyper").unwrap().configured, Some(LogLevel::Trace));
            loggers.set("web", None).unwrap();
            assert_eq!(loggers.group("web").unwrap().configured, None);
            assert_eq!(loggers.get("hyper").unwrap().configured, None);
        });
    }

    #[test]
    fn loggers_that_no_subscriber_asks_say_that_nothing_can_be_changed() {
        let loggers = Loggers::new(LogLevel::Info);
        assert_eq!(loggers.set("ROOT", Some(LogLevel::Off)), Err(SetLevelError::NotAttached));
        assert_eq!(loggers.list().len(), 1);
        assert_eq!(loggers.groups(), []);
    }

    #[test]
    fn as_a_filter_it_decides_for_one_layer_only() {
        let loggers = Loggers::new(LogLevel::Off);
        let (filtered, all) = (Heard::default(), Heard::default());
        let subscriber = Registry::default()
            .with(filtered.clone().with_filter(LoggersLayer::new(loggers.clone())))
            .with(all.clone());
        tracing::subscriber::with_default(subscriber, || {
            say();
            assert_eq!((filtered.take().len(), all.take().len()), (0, 5));
            loggers.set("t_layer::db", Some(LogLevel::Error)).unwrap();
            say();
            assert_eq!((filtered.take().len(), all.take().len()), (1, 5));
        });
    }

    #[test]
    fn events_that_pass_are_counted_by_level_once_however_many_layers_ask() {
        let counts = |loggers: &Loggers| EventCounts::LEVELS.map(|l| loggers.events().count(l));
        with_loggers(|loggers, _| {
            say();
            assert_eq!(counts(loggers), [0, 0, 2, 0, 1]);
            loggers.set("t_layer", Some(LogLevel::Error)).unwrap();
            let before = counts(loggers);
            say();
            let after = counts(loggers);
            assert_eq!((after[2] - before[2], after[4] - before[4]), (0, 1));
        });
        let loggers = Loggers::new(LogLevel::Info);
        let filter = LoggersLayer::new(loggers.clone());
        let subscriber = Registry::default()
            .with(Heard::default().with_filter(filter.clone()))
            .with(Heard::default().with_filter(filter));
        tracing::subscriber::with_default(subscriber, || {
            say();
            assert_eq!(counts(&loggers), [0, 0, 2, 0, 1]);
        });
    }
}

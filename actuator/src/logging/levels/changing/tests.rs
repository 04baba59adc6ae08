//! Levels that are set, expire and are taken back.

use std::{
    sync::{Arc, Mutex, mpsc},
    time::{Duration, SystemTime},
};

use tracing_subscriber::{Registry, layer::SubscriberExt as _};

use super::{super::layer::LoggersLayer, *};
use crate::support::{clock::Clock, test_log::Log};

const MINUTE: Duration = Duration::from_mins(1);

/// Loggers that a subscriber of this thread asks, and a clock to move.
fn with_loggers(test: impl FnOnce(&Loggers, &Clock, &Log)) {
    let clock = Clock::manual(SystemTime::UNIX_EPOCH + Duration::from_secs(1_787_000_000));
    let loggers = Loggers::with_clock(LogLevel::Info, clock.clone());
    let log = Log::default();
    let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(log.clone());
    let subscriber = Registry::default().with(lines).with(LoggersLayer::new(loggers.clone()));
    tracing::subscriber::with_default(subscriber, || test(&loggers, &clock, &log));
}

fn terms(minutes: u32, reason: &str) -> Terms {
    let actor = Actor { name: "kim".into(), claimed: false };
    let reason = (!reason.is_empty()).then(|| reason.to_owned());
    let expires_in = (minutes > 0).then(|| MINUTE * minutes);
    Terms { expires_in, reason, actor: Some(actor), origin: None }
}

fn level(loggers: &Loggers, name: &str) -> LogLevel {
    loggers.state().effective(name)
}

fn initial(levels: &[(&str, LogLevel)]) -> Vec<(String, LogLevel)> {
    levels.iter().map(|(name, level)| ((*name).to_owned(), *level)).collect()
}

/// Remembers all changes, as one line each.
fn recorded(loggers: &Loggers) -> (Arc<Mutex<Vec<String>>>, Listening) {
    let changes: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&changes);
    let listening = loggers.on_change(move |change| {
        let word = |level: Option<LogLevel>| level.map_or("-", LogLevel::name);
        let (from, to) = (word(change.from), word(change.to));
        let line = format!("{} {from} {to} {:?}", change.name, change.cause);
        seen.lock().unwrap().push(line);
    });
    (changes, listening)
}

#[test]
fn a_level_with_an_expiry_shows_what_is_left_and_gives_the_initial_one_back() {
    with_loggers(|loggers, clock, _| {
        loggers.configure(&initial(&[("shop", LogLevel::Warn)]), &[]);
        let (changes, _listening) = recorded(loggers);
        let wanted = [("shop", Some(LogLevel::Debug)), ("ROOT", Some(LogLevel::Error))];
        loggers.change(&wanted, &terms(10, "orders hang")).unwrap();
        clock.advance(MINUTE * 4);
        loggers.revert_due();
        let standing = loggers.get("shop").unwrap().standing.unwrap();
        assert_eq!((standing.left, standing.initial), (Some(MINUTE * 6), Some(LogLevel::Warn)));
        assert_eq!(standing.set.reason.as_deref(), Some("orders hang"));
        assert_eq!(standing.set.expires_at, Some(clock.now() + MINUTE * 6));
        assert_eq!(level(loggers, "shop::db"), LogLevel::Debug);
        clock.advance(MINUTE * 6);
        loggers.revert_due();
        assert_eq!(level(loggers, "shop::db"), LogLevel::Warn);
        assert_eq!(level(loggers, "other"), LogLevel::Info);
        assert!(loggers.overrides().is_empty() && loggers.get("shop").unwrap().standing.is_none());
        let expected = [
            "shop WARN DEBUG Set",
            "ROOT INFO ERROR Set",
            "ROOT ERROR INFO Expired",
            "shop DEBUG WARN Expired",
        ];
        assert_eq!(*changes.lock().unwrap(), expected);
    });
}

#[test]
fn a_later_set_replaces_an_earlier_expiry() {
    with_loggers(|loggers, clock, _| {
        let set = |level, terms: &Terms| loggers.change(&[("shop", Some(level))], terms).unwrap();
        set(LogLevel::Debug, &terms(10, ""));
        clock.advance(MINUTE * 9);
        set(LogLevel::Trace, &terms(10, ""));
        clock.advance(MINUTE * 9);
        loggers.revert_due();
        assert_eq!(level(loggers, "shop"), LogLevel::Trace);
        set(LogLevel::Debug, &Terms::default());
        clock.advance(MINUTE * 100);
        loggers.revert_due();
        assert_eq!(level(loggers, "shop"), LogLevel::Debug, "it has no expiry any more");
    });
}

#[test]
fn levels_revert_in_time_without_anybody_asking() {
    let loggers = Loggers::new(LogLevel::Info);
    loggers.attach(true);
    let (told, changes) = mpsc::channel();
    let _listening = loggers.on_change(move |change| told.send(change.cause).unwrap());
    let second = Terms { expires_in: Some(Duration::from_secs(1)), ..Terms::default() };
    let minute = terms(1, "");
    loggers.change(&[("a", Some(LogLevel::Debug))], &minute).unwrap();
    loggers.change(&[("b", Some(LogLevel::Debug))], &second).unwrap();
    let causes: Vec<_> = changes.iter().take(3).collect();
    assert_eq!(causes, [ChangeCause::Set, ChangeCause::Set, ChangeCause::Expired]);
    let left: Vec<_> = loggers.overrides().into_iter().map(|s| s.set.name.clone()).collect();
    assert_eq!(left, ["a"]);
}

#[test]
fn other_settings_take_the_place_of_those_before_and_of_nothing_else() {
    let group = |name: &str, member: &str| LoggerGroup {
        name: name.to_owned(),
        members: vec![member.to_owned()],
        configured: None,
    };
    let before = LevelSettings {
        levels: initial(&[
            ("ROOT", LogLevel::Warn),
            ("gone", LogLevel::Debug),
            ("shop", LogLevel::Trace),
            ("held", LogLevel::Error),
        ]),
        groups: vec![group("shop", "shop::db"), group("web", "mine")],
    };
    let now = LevelSettings {
        levels: initial(&[("new", LogLevel::Debug)]),
        groups: vec![group("other", "x")],
    };
    let loggers = Loggers::new(LogLevel::Info);
    loggers.attach(true);
    loggers.configure(&initial(&[("of another service", LogLevel::Trace)]), &[]);
    loggers.configure(&before.levels, &before.groups);
    assert_eq!(level(&loggers, "shop::db"), LogLevel::Trace);
    loggers.set("held", Some(LogLevel::Trace)).unwrap();
    loggers.reconfigure(&before, &now);
    for (name, expected) in [
        ("ROOT", LogLevel::Info),
        ("gone", LogLevel::Info),
        ("shop::db", LogLevel::Info),
        ("new", LogLevel::Debug),
        ("held", LogLevel::Trace),
        ("of another service", LogLevel::Trace),
    ] {
        assert_eq!(level(&loggers, name), expected, "{name}");
    }
    let state = loggers.state();
    assert!(state.group("shop").is_none() && state.group("other").is_some());
    assert!(state.group("web").unwrap().members.contains(&"axum".to_owned()), "it is built in");
}

#[test]
fn a_reset_inherits_as_in_spring_and_removing_gives_the_settings_back() {
    with_loggers(|loggers, _, _| {
        loggers.configure(&initial(&[("shop::db", LogLevel::Debug)]), &[]);
        loggers.set("shop::db", None).unwrap();
        assert_eq!(level(loggers, "shop::db"), LogLevel::Info);
        assert_eq!(loggers.get("shop::db").unwrap().configured, None);
        assert_eq!(loggers.overrides().len(), 1);
        assert_eq!(loggers.remove(Some("shop::db"), &Terms::default()), Ok(1));
        assert_eq!(loggers.get("shop::db").unwrap().configured, Some(LogLevel::Debug));
        assert_eq!(loggers.remove(Some("shop::db"), &Terms::default()), Ok(0));
        // Where nothing would come back, a reset leaves nothing.
        loggers.set("shop", Some(LogLevel::Warn)).unwrap();
        loggers.set("shop", None).unwrap();
        assert!(loggers.overrides().is_empty());
    });
}

#[test]
fn a_group_and_a_member_of_it_are_set_and_end_apart() {
    with_loggers(|loggers, clock, _| {
        loggers.change(&[("hyper", Some(LogLevel::Error))], &Terms::default()).unwrap();
        loggers.change(&[("web", Some(LogLevel::Trace))], &terms(10, "")).unwrap();
        assert_eq!(level(loggers, "hyper"), LogLevel::Trace, "the later one counts");
        assert_eq!(loggers.overrides().len(), 1, "and the earlier one is gone");
        loggers.change(&[("hyper", Some(LogLevel::Off))], &Terms::default()).unwrap();
        assert_eq!(level(loggers, "hyper"), LogLevel::Off);
        assert_eq!(level(loggers, "axum"), LogLevel::Trace);
        loggers.remove(Some("hyper"), &Terms::default()).unwrap();
        assert_eq!(level(loggers, "hyper"), LogLevel::Trace, "its group is still set");
        // Nothing of the group is left on a member that is reset.
        loggers.set("hyper", None).unwrap();
        assert_eq!(level(loggers, "hyper"), LogLevel::Info);
        clock.advance(MINUTE * 10);
        loggers.revert_due();
        assert_eq!(level(loggers, "axum"), LogLevel::Info);
        assert_eq!(loggers.group("web").unwrap().configured, None);
    });
}

#[test]
fn many_are_set_at_once_groups_before_their_members() {
    with_loggers(|loggers, _, _| {
        let wanted = [
            ("hyper", Some(LogLevel::Off)),
            ("web", Some(LogLevel::Trace)),
            ("shop", Some(LogLevel::Debug)),
            ("x", None),
        ];
        loggers.change(&wanted, &terms(10, "")).unwrap();
        let levels = ["hyper", "axum", "shop", "x"].map(|name| level(loggers, name));
        assert_eq!(levels, [LogLevel::Off, LogLevel::Trace, LogLevel::Debug, LogLevel::Info]);
        assert_eq!(loggers.remove(None, &Terms::default()), Ok(3));
        let levels = ["hyper", "axum", "shop", "x"].map(|name| level(loggers, name));
        assert_eq!(levels, [LogLevel::Info; 4]);
    });
}

#[test]
fn of_what_cannot_be_set_nothing_is_and_nobody_hears_of_it() {
    with_loggers(|loggers, _, log| {
        loggers.set("before", Some(LogLevel::Warn)).unwrap();
        let (changes, _listening) = recorded(loggers);
        let before = loggers.overrides();
        let lines = log.text();
        let debug = Some(LogLevel::Debug);
        let refused = |wanted: &[(&str, Option<LogLevel>)], terms: &Terms| {
            let error = loggers.change(wanted, terms).unwrap_err();
            assert_eq!(loggers.overrides(), before, "{error}");
            error
        };
        let none = Terms::default();
        let error = refused(&[("good", debug), ("ba d", debug)], &none);
        assert_eq!(error, SetLevelError::Name("ba d".into()));
        let names: Vec<String> = (0..1_000).map(|n| format!("n{n}")).collect();
        let many: Vec<_> = names.iter().map(|name| (name.as_str(), debug)).collect();
        assert_eq!(refused(&many, &none), SetLevelError::TooMany);
        for expires_in in [Duration::ZERO, Duration::from_millis(999), MINUTE * 60 * 24 * 31] {
            let terms = Terms { expires_in: Some(expires_in), ..Terms::default() };
            assert_eq!(refused(&[("good", debug)], &terms), SetLevelError::Expiry);
        }
        for reason in ["x".repeat(501), "two\nlines".into(), " ".into()] {
            let terms = Terms { reason: Some(reason), ..Terms::default() };
            assert_eq!(refused(&[("good", debug)], &terms), SetLevelError::Reason);
        }
        let actor = Some(Actor { name: "\u{202e}mik".into(), claimed: true });
        let terms = Terms { actor, ..terms(0, "") };
        assert_eq!(refused(&[("good", debug)], &terms), SetLevelError::Actor);
        assert_eq!(refused(&[("a", None)], &self::terms(1, "")), SetLevelError::NothingExpires);
        assert!(changes.lock().unwrap().is_empty());
        assert_eq!(log.text(), lines);
    });
}

#[test]
fn a_thousand_overrides_fit_and_one_of_them_can_still_be_changed() {
    with_loggers(|loggers, _, _| {
        let names: Vec<String> = (0..1_000).map(|n| format!("n{n}")).collect();
        let many: Vec<_> = names.iter().map(|name| (name.as_str(), Some(LogLevel::Warn))).collect();
        loggers.change(&many, &Terms::default()).unwrap();
        loggers.set("n7", Some(LogLevel::Debug)).unwrap();
        assert_eq!(loggers.set("n1000", Some(LogLevel::Debug)), Err(SetLevelError::TooMany));
        loggers.set("n8", None).unwrap();
        loggers.set("n1000", Some(LogLevel::Debug)).unwrap();
    });
}

#[test]
fn a_change_is_logged_with_who_did_it_for_how_long_and_why() {
    with_loggers(|loggers, clock, log| {
        loggers.change(&[("shop", Some(LogLevel::Debug))], &terms(10, "orders hang")).unwrap();
        let claimed = Some(Actor { name: "lee".into(), claimed: true });
        let by_lee = Terms { actor: claimed, ..Terms::default() };
        loggers.change(&[("x", Some(LogLevel::Off))], &by_lee).unwrap();
        clock.advance(MINUTE * 10);
        loggers.revert_due();
        loggers.remove(Some("x"), &terms(0, "")).unwrap();
        for line in [
            "Level of shop: inherited -> DEBUG, by kim, for 10m, because: orders hang\n",
            "Level of x: inherited -> OFF, by lee (claimed)\n",
            "Level of shop: DEBUG -> inherited, override expired, because: orders hang\n",
            "Level of x: OFF -> inherited, override removed, by kim\n",
        ] {
            assert!(log.text().contains(line), "{line} in {}", log.text());
        }
    });
}

#[test]
fn a_span_of_a_target_that_is_off_is_off_and_one_of_its_children_is_not() {
    with_loggers(|loggers, _, log| {
        let make = || {
            let outer = tracing::info_span!(target: "t_span::shop", "outer");
            let _outer = outer.clone().entered();
            let inner = tracing::debug_span!(target: "t_span::db", "inner");
            let _inner = inner.clone().entered();
            tracing::warn!(target: "t_span::other", "said");
            (outer.is_disabled(), inner.is_disabled())
        };
        assert_eq!(make(), (false, true));
        loggers.set("t_span::shop", Some(LogLevel::Off)).unwrap();
        loggers.set("t_span::db", Some(LogLevel::Debug)).unwrap();
        assert_eq!(make(), (true, false));
        assert!(log.text().contains("outer: t_span::other: said\n"), "{}", log.text());
        assert!(log.text().contains(" inner: t_span::other: said\n"), "{}", log.text());
        let known: Vec<_> = loggers.list().into_iter().map(|logger| logger.name).collect();
        for name in ["t_span::shop", "t_span::db", "t_span::other", "t_span"] {
            assert!(known.iter().any(|known| known == name), "{name}");
        }
    });
}

#[test]
fn listeners_hear_until_they_are_dropped_and_one_that_panics_harms_nobody() {
    with_loggers(|loggers, _, _| {
        let _broken = loggers.on_change(|_| panic!("a listener of the application"));
        let (changes, listening) = recorded(loggers);
        loggers.set("x", Some(LogLevel::Debug)).unwrap();
        drop(listening);
        loggers.set("x", Some(LogLevel::Warn)).unwrap();
        assert_eq!(*changes.lock().unwrap(), ["x - DEBUG Set"]);
        assert_eq!(level(loggers, "x"), LogLevel::Warn);
    });
}

#[test]
fn settings_that_are_read_again_stay_below_what_was_set() {
    with_loggers(|loggers, _, _| {
        loggers.set("shop", Some(LogLevel::Debug)).unwrap();
        loggers.configure(&initial(&[("shop", LogLevel::Error)]), &[]);
        assert_eq!(level(loggers, "shop"), LogLevel::Debug);
        loggers.remove(None, &Terms::default()).unwrap();
        assert_eq!(level(loggers, "shop"), LogLevel::Error);
    });
}

//! Overrides that survive: through restarts, failures of their store, and beside other instances.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::SystemTime,
};

use super::{
    super::{
        change::{SetLevelError, Terms},
        level::LogLevel,
        store::Stored,
    },
    *,
};
use crate::support::{clock::Clock, test_log::Log};

const MINUTE: Duration = Duration::from_mins(1);
const LIMIT: Duration = Duration::from_secs(5);

/// A store in memory that can be told to misbehave.
#[derive(Clone, Default)]
struct FakeStore(Arc<Fake>);

#[derive(Default)]
struct Fake {
    kept: Mutex<BTreeMap<String, LevelOverride>>,
    mood: Mutex<Mood>,
    saves: AtomicUsize,
    handle: Mutex<Option<SharedOverrides>>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Mood {
    #[default]
    Good,
    Failing,
    Panicking,
    Hanging,
}

impl FakeStore {
    fn mood(&self, mood: Mood) {
        *self.0.mood.lock().unwrap() = mood;
    }

    fn names(&self) -> Vec<String> {
        self.0.kept.lock().unwrap().keys().cloned().collect()
    }

    async fn answer(&self) -> io::Result<()> {
        let mood = *self.0.mood.lock().unwrap();
        match mood {
            Mood::Good => Ok(()),
            Mood::Failing => Err(io::Error::other("no route to the store")),
            Mood::Panicking => panic!("the store broke"),
            Mood::Hanging => std::future::pending().await,
        }
    }
}

impl LevelOverrideStore for FakeStore {
    fn place(&self) -> String {
        "a fake".into()
    }

    fn load(&self) -> Stored<'_, Vec<LevelOverride>> {
        Box::pin(async {
            self.answer().await?;
            Ok(self.0.kept.lock().unwrap().values().cloned().collect())
        })
    }

    fn save<'s>(&'s self, change: &'s OverridesChange) -> Stored<'s, ()> {
        Box::pin(async {
            self.0.saves.fetch_add(1, Ordering::Relaxed);
            self.answer().await?;
            let mut kept = self.0.kept.lock().unwrap();
            for set in &change.set {
                kept.insert(set.name.clone(), set.clone());
            }
            kept.retain(|name, _| !change.removed.contains(name));
            Ok(())
        })
    }

    fn watch(&self, overrides: SharedOverrides) {
        *self.0.handle.lock().unwrap() = Some(overrides);
    }
}

fn loggers(now: SystemTime) -> (Loggers, Clock) {
    let clock = Clock::manual(now);
    let loggers = Loggers::with_clock(LogLevel::Info, clock.clone());
    loggers.attach(true);
    (loggers, clock)
}

fn start(loggers: &Loggers, store: &FakeStore) -> Keeper {
    Keeper::start(loggers, Arc::new(store.clone()), None, &Handle::current())
}

fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_787_000_000)
}

fn for_minutes(minutes: u32) -> Terms {
    Terms { expires_in: Some(MINUTE * minutes), ..Terms::default() }
}

fn level(loggers: &Loggers, name: &str) -> LogLevel {
    loggers.state().effective(name)
}

#[tokio::test]
async fn levels_survive_a_restart_with_the_time_that_is_left_by_the_wall_clock() {
    let store = FakeStore::default();
    let (before, _) = loggers(noon());
    let keeper = start(&before, &store);
    keeper.loaded(LIMIT).await;
    before.set("stays", Some(LogLevel::Trace)).unwrap();
    let debug = Some(LogLevel::Debug);
    before.change(&[("web", debug), ("long", debug)], &for_minutes(60)).unwrap();
    before.change(&[("over", debug)], &for_minutes(10)).unwrap();
    keeper.flush(LIMIT).await;
    assert_eq!(store.names(), ["long", "over", "stays", "web"]);
    drop((keeper, before));

    let log = Log::default();
    let _listening = log.listen();
    let (after, clock) = loggers(noon() + MINUTE * 15);
    let keeper = start(&after, &store);
    keeper.loaded(LIMIT).await;
    let levels = ["stays", "axum", "long", "over"].map(|name| level(&after, name));
    assert_eq!(levels, [LogLevel::Trace, LogLevel::Debug, LogLevel::Debug, LogLevel::Info]);
    assert_eq!(after.standing("long").unwrap().left, Some(MINUTE * 45));
    assert_eq!(after.standing("stays").unwrap().set.since, noon());
    assert_eq!(log.count("WARN"), 3, "{}", log.text());
    let line = "Level of long: inherited -> DEBUG, set before the start, for 45m; DELETE";
    assert_eq!(log.count(line), 1, "{}", log.text());
    keeper.flush(LIMIT).await;
    assert_eq!(store.names(), ["long", "stays", "web"], "what is over is not kept");
    clock.advance(MINUTE * 45);
    after.revert_due();
    keeper.flush(LIMIT).await;
    assert_eq!(store.names(), ["stays"]);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_refuses_nothing_is_told_once_and_tried_again() {
    let log = Log::default();
    let _listening = log.listen();
    for mood in [Mood::Failing, Mood::Panicking] {
        let store = FakeStore::default();
        let (loggers, _) = loggers(noon());
        let keeper = start(&loggers, &store);
        keeper.loaded(LIMIT).await;
        store.mood(mood);
        let before = log.count("do not survive a restart");
        loggers.set("a", Some(LogLevel::Debug)).unwrap();
        tokio::time::sleep(MINUTE * 5).await;
        loggers.set("b", Some(LogLevel::Debug)).unwrap();
        keeper.flush(LIMIT).await;
        assert!(store.0.saves.load(Ordering::Relaxed) >= 10);
        assert_eq!(log.count("do not survive a restart"), before + 1, "{}", log.text());
        store.mood(Mood::Good);
        tokio::time::sleep(MINUTE).await;
        assert_eq!(store.names(), ["a", "b"]);
        assert!(log.text().contains("can be saved again: a fake"), "{}", log.text());
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_holds_up_neither_the_start_nor_a_change() {
    let store = FakeStore::default();
    store.mood(Mood::Hanging);
    let (loggers, _) = loggers(noon());
    let keeper = start(&loggers, &store);
    keeper.loaded(LIMIT).await;
    loggers.set("a", Some(LogLevel::Debug)).unwrap();
    keeper.flush(LIMIT).await;
    assert_eq!(level(&loggers, "a"), LogLevel::Debug);
}

#[tokio::test(start_paused = true)]
async fn what_was_set_before_the_store_answered_is_newer_than_what_it_has() {
    let store = FakeStore::default();
    let old = |name: &str| LevelOverride::new(name, Some(LogLevel::Trace), noon() - MINUTE);
    *store.0.kept.lock().unwrap() = by_name(vec![old("a"), old("b")]);
    store.mood(Mood::Failing);
    let (loggers, _) = loggers(noon());
    let keeper = start(&loggers, &store);
    keeper.loaded(LIMIT).await;
    loggers.set("a", Some(LogLevel::Debug)).unwrap();
    store.mood(Mood::Good);
    tokio::time::sleep(MINUTE).await;
    assert_eq!((level(&loggers, "a"), level(&loggers, "b")), (LogLevel::Debug, LogLevel::Trace));
    assert_eq!(store.0.kept.lock().unwrap()["a"].level, Some(LogLevel::Debug));
}

#[tokio::test]
async fn what_could_not_have_been_set_is_not_taken_from_a_store_either() {
    let store = FakeStore::default();
    let mut forged = LevelOverride::new("good", Some(LogLevel::Debug), noon());
    forged.reason = Some("x\nINFO all is well".into());
    let mut kept = by_name(vec![forged]);
    for number in 0..1_100 {
        let set = LevelOverride::new(format!("n{number}"), Some(LogLevel::Debug), noon());
        kept.insert(set.name.clone(), set);
    }
    kept.insert("ba d".into(), LevelOverride::new("ba d", Some(LogLevel::Debug), noon()));
    *store.0.kept.lock().unwrap() = kept;
    let (loggers, _) = loggers(noon());
    let keeper = start(&loggers, &store);
    keeper.loaded(LIMIT).await;
    assert_eq!(loggers.overrides().len(), 1_000);
    assert_eq!(
        (level(&loggers, "good"), level(&loggers, "ba d")),
        (LogLevel::Info, LogLevel::Info)
    );
    assert_eq!(loggers.set("more", Some(LogLevel::Debug)), Err(SetLevelError::TooMany));
    keeper.flush(LIMIT).await;
    assert_eq!(store.names().len(), 1_000);
}

#[tokio::test]
async fn instances_that_share_a_store_follow_each_other_and_keep_what_is_their_own() {
    let store = FakeStore::default();
    let (loggers, _) = loggers(noon());
    let keeper = start(&loggers, &store);
    loggers.set("mine", Some(LogLevel::Debug)).unwrap();
    loggers.set("common", Some(LogLevel::Debug)).unwrap();
    keeper.flush(LIMIT).await;
    let handle = store.0.handle.lock().unwrap().clone().unwrap();
    let all = |names: &[(&str, LogLevel)]| -> Vec<LevelOverride> {
        let set =
            |(name, level): &(&str, LogLevel)| LevelOverride::new(*name, Some(*level), noon());
        names.iter().map(set).collect()
    };
    // Another one changed `common`, added `theirs`, and removed `mine`.
    let theirs = all(&[("common", LogLevel::Trace), ("theirs", LogLevel::Error)]);
    *store.0.kept.lock().unwrap() = by_name(theirs.clone());
    let saves = store.0.saves.load(Ordering::Relaxed);
    handle.replace(theirs);
    while level(&loggers, "theirs") != LogLevel::Error {
        tokio::task::yield_now().await;
    }
    assert_eq!(level(&loggers, "common"), LogLevel::Trace);
    assert_eq!(level(&loggers, "mine"), LogLevel::Info);
    keeper.flush(LIMIT).await;
    assert_eq!(store.0.saves.load(Ordering::Relaxed), saves, "their words are not said back");
    // What is changed here and not saved yet stays, whatever they say meanwhile.
    store.mood(Mood::Failing);
    loggers.set("common", Some(LogLevel::Warn)).unwrap();
    keeper.flush(LIMIT).await;
    handle.replace(all(&[("common", LogLevel::Debug)]));
    while level(&loggers, "theirs") != LogLevel::Info {
        tokio::task::yield_now().await;
    }
    store.mood(Mood::Good);
    keeper.flush(LIMIT).await;
    assert_eq!(level(&loggers, "common"), LogLevel::Warn);
    assert_eq!(store.0.kept.lock().unwrap()["common"].level, Some(LogLevel::Warn));
}

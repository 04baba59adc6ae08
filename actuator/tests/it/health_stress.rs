//! Many threads that do everything to health at once, and what has to hold whatever they do.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Barrier, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
    time::{Duration, Instant, SystemTime},
};

use actuator::{Health, HealthCheck, HealthContributors, HealthTransition, Status, StatusOverride};

use crate::app::{Service, app};

const THREADS: u64 = 6;
const ROUNDS: u64 = 1_500;
/// These stay.
const FIXED: [&str; 4] = ["immediate", "yields", "slow", "blocking"];
/// These come and go.
const FLEETING: [&str; 3] = ["tenant/a", "tenant/b", "guest"];

/// Numbers without order, the same in every run of a thread.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn pick(&mut self, paths: &[&'static str]) -> &'static str {
        paths[usize::try_from(self.throw(paths.len() as u64)).unwrap()]
    }
}

/// Answers that change all the time, until they are to be good.
#[derive(Clone, Default)]
struct Moods {
    calls: Arc<AtomicU64>,
    are_good: Arc<AtomicBool>,
}

impl Moods {
    fn next(&self) -> Health {
        let call = self.calls.fetch_add(1, SeqCst);
        match call % 5 {
            _ if self.are_good.load(SeqCst) => Health::up(),
            0 | 1 => Health::up(),
            2 => Health::from_error("no route"),
            3 => Health::degraded(),
            // Without the noise of a panic that nobody expects.
            _ => std::panic::resume_unwind(Box::new("for the test")),
        }
    }

    fn check(&self, path: &str) -> HealthCheck {
        let moods = self.clone();
        // Short enough to be missed now and then, at the very moment of the answer.
        let timeout = Duration::from_millis(3);
        let check = match path {
            "blocking" => HealthCheck::blocking(path, move || moods.next()),
            "immediate" => HealthCheck::new(path, move || {
                let health = moods.next();
                async move { health }
            }),
            "slow" => HealthCheck::new(path, move || {
                let moods = moods.clone();
                async move {
                    if !moods.are_good.load(SeqCst) {
                        tokio::time::sleep(Duration::from_millis(3)).await;
                    }
                    moods.next()
                }
            }),
            _ => HealthCheck::new(path, move || {
                let moods = moods.clone();
                async move {
                    tokio::task::yield_now().await;
                    moods.next()
                }
            }),
        };
        let check = check.timeout(timeout);
        if path == "guest" { check.interval(Duration::from_millis(1)) } else { check }
    }
}

fn hammer(service: &Service, health: &HealthContributors, moods: &Moods, seed: u64) {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15 ^ (seed + 1));
    for _ in 0..ROUNDS {
        let path = if dice.throw(2) == 0 { dice.pick(&FIXED) } else { dice.pick(&FLEETING) };
        match dice.throw(8) {
            0 => {
                let by = StatusOverride {
                    status: if dice.throw(2) == 0 { Status::DOWN } else { Status::UP },
                    reason: None,
                    actor: None,
                    until: SystemTime::now() + Duration::from_millis(1 + dice.throw(4)),
                };
                let _ = health.override_status(path, by);
            }
            1 => drop(health.clear_override(path)),
            2 => {
                let fleeting = dice.pick(&FLEETING);
                let _ = health.register(moods.check(fleeting));
            }
            3 => {
                health.unregister(dice.pick(&["tenant", "tenant/a", "tenant/b", "guest"]));
            }
            4 => drop((health.subscribe(), health.history(path), health.paths())),
            5 => drop(service.block_on(async {
                // A caller that goes away at once.
                tokio::time::timeout(Duration::ZERO, health.check_now(path)).await
            })),
            _ => drop(service.block_on(health.check_now(path))),
        }
    }
}

/// Each change follows on the one before, of all and of its check.
fn assert_chained(told: &[HealthTransition]) {
    let mut latest: BTreeMap<&str, &Status> = BTreeMap::new();
    for (before, change) in (0..).zip(told) {
        assert_eq!(change.sequence, before + 1, "{change:?}");
        assert_ne!(change.from, change.to, "{change:?}");
        let path = &*change.path;
        let is_new = [Status::UNKNOWN, Status::UP].contains(&change.from);
        match latest.insert(path, &change.to) {
            // The first good result of a check is no change.
            None => assert!(is_new, "{change:?}"),
            Some(known) if FLEETING.contains(&path) => {
                assert!(*known == change.from || is_new, "{change:?}, not from {known:?}");
            }
            Some(known) => assert_eq!(known, &change.from, "{change:?}"),
        }
    }
}

#[test]
fn whatever_many_threads_do_at_once_changes_are_told_in_order_and_no_check_gets_stuck() {
    let moods = Moods::default();
    let service = app()
        .setting("management.health.defaults.enabled", "false")
        .setting("actuator.health.max-concurrency", "3")
        .checks(FIXED.map(|path| moods.check(path)))
        .start();
    let health = service.health();
    let told: Arc<Mutex<Vec<HealthTransition>>> = Arc::default();
    let listener = Arc::clone(&told);
    health.on_change(move |change| listener.lock().unwrap().push(change.clone()));
    let start = Barrier::new(usize::try_from(THREADS).unwrap());
    std::thread::scope(|scope| {
        for seed in 0..THREADS {
            let (service, health, moods, start) = (&service, &health, &moods, &start);
            scope.spawn(move || {
                let _runtime = service.enter();
                start.wait();
                hammer(service, health, moods, seed);
            });
        }
    });
    moods.are_good.store(true, SeqCst);
    let deadline = Instant::now() + testkit::PATIENCE;
    for path in FIXED {
        health.clear_override(path);
        loop {
            let answer = service.block_on(health.check_now(path)).unwrap();
            if *answer.status() == Status::UP {
                break;
            }
            assert!(Instant::now() < deadline, "{path} is stuck: {answer:?}");
        }
    }
    for path in ["tenant", "guest"] {
        health.unregister(path);
    }
    let told = std::mem::take(&mut *told.lock().unwrap());
    assert!(told.len() > 50, "{}", told.len());
    assert_chained(&told);
    // The meters of those that are gone are gone.
    let meters = service.get("/actuator/metrics/health").assert_status(200).json();
    let tags = meters["availableTags"].as_array().unwrap();
    let checks = tags.iter().find(|tag| tag["tag"] == "check").unwrap();
    let checks = checks["values"].as_array().unwrap();
    let fleeting = checks.iter().filter(|path| FLEETING.contains(&path.as_str().unwrap()));
    assert_eq!(fleeting.count(), 0, "{checks:?}");
}

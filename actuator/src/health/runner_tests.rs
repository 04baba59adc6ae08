//! What the runner promises to callers and to checks.

use std::{
    future::{Future, pending, poll_fn},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use tokio::sync::{Barrier, Notify, oneshot};

use super::*;
use crate::health::{HealthCheck, IntoHealth, Status, engine::EngineSettings};
use crate::support::application_runtime::ApplicationRuntime;

const LONG: Duration = Duration::from_hours(1);

fn check<F, Fut, T>(timeout: Duration, function: F) -> Arc<Check>
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = T> + Send + 'static,
    T: IntoHealth + 'static,
{
    prepared(&HealthCheck::new("test", function).timeout(timeout))
}

fn prepared(check: &HealthCheck) -> Arc<Check> {
    let engine =
        Arc::new(Engine::new(EngineSettings::default(), ApplicationRuntime::default(), None));
    let options = engine.options_of(check);
    Arc::new(Check::new(check.path(), Arc::clone(&check.indicator), options, engine))
}

async fn run_all(checks: &[Arc<Check>]) -> Vec<Health> {
    super::run_all(checks).await.into_iter().map(|report| (*report.health).clone()).collect()
}

fn error(health: &Health) -> String {
    assert_eq!(health.status(), &Status::DOWN);
    let (_, value) = health.details().find(|(key, _)| *key == "error").unwrap();
    serde_json::from_str(value.get()).unwrap()
}

#[tokio::test]
async fn checks_run_in_parallel_and_answer_in_their_order() {
    let barrier = Arc::new(Barrier::new(3));
    let checks: Vec<_> = (0..3)
        .map(|n| {
            let barrier = Arc::clone(&barrier);
            check(LONG, move || {
                let barrier = Arc::clone(&barrier);
                async move {
                    // Nobody passes before all three have come.
                    barrier.wait().await;
                    Health::up().with_detail("n", n)
                }
            })
        })
        .collect();
    let answers = run_all(&checks).await;
    let order: Vec<_> =
        answers.iter().map(|h| h.details().next().unwrap().1.get().to_owned()).collect();
    assert_eq!(order, ["0", "1", "2"]);
}

#[tokio::test]
async fn trap_seed_01_a_check_that_panics_or_fails_is_down_and_harms_no_other() {
    fn explodes() -> std::future::Ready<Health> {
        panic!("at the call")
    }
    async fn explodes_when_polled() {
        panic!("at the {} poll", "first")
    }
    async fn explodes_later() {
        tokio::task::yield_now().await;
        panic!("later")
    }
    let answers = run_all(&[
        check(LONG, explodes),
        check(LONG, explodes_when_polled),
        check(LONG, explodes_later),
        check(LONG, || async { Err::<(), _>("connection refused") }),
        check(LONG, || async {}),
    ])
    .await;
    let errors: Vec<_> = answers.iter().take(4).map(error).collect();
    assert_eq!(
        errors,
        [
            "panicked: at the call",
            "panicked: at the first poll",
            "panicked: later",
            "connection refused"
        ]
    );
    assert_eq!(answers[4].status(), &Status::UP);
}

#[tokio::test(start_paused = true)]
async fn a_check_that_misses_its_deadline_is_down_and_the_others_answer() {
    let answers = run_all(&[
        check(Duration::from_secs(2), pending::<()>),
        check(Duration::from_millis(1500), pending::<()>),
        check(LONG, || async {}),
    ])
    .await;
    assert_eq!(error(&answers[0]), "timeout after 2 s");
    assert_eq!(error(&answers[1]), "timeout after 1500 ms");
    assert_eq!(answers[2].status(), &Status::UP);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_has_ended_is_not_overdue_to_one_who_saw_it_fly() {
    let quick = check(Duration::from_secs(2), tokio::task::yield_now);
    let launched = poll_fn(|context| Poll::Ready(quick.launch(context, true))).await;
    let Outcome::InFlight(flight) = launched else { panic!("it has ended already") };
    assert_eq!(flight.landed(None).await.unwrap().health.status(), &Status::UP);
    let late = quick.overdue(&flight, flight.deadline + Duration::from_secs(1));
    assert_eq!(late.health.status(), &Status::UP);
    assert_eq!(quick.report().last_failure, None);
}

/// Never answers, and says why, or panics when it is asked why.
struct Stuck(Option<&'static str>);

impl HealthIndicator for Stuck {
    fn check(&self) -> crate::model::endpoint::BoxFuture<'static, Health> {
        Box::pin(pending())
    }

    fn waits_for(&self) -> Option<String> {
        assert!(self.0.is_some(), "not even that");
        self.0.map(str::to_owned)
    }
}

#[tokio::test(start_paused = true)]
async fn a_missed_deadline_says_what_the_check_waited_for() {
    let stuck = |what| HealthCheck::new("test", Stuck(what)).timeout(Duration::from_secs(2));
    let answers = run_all(&[prepared(&stuck(Some("Godot"))), prepared(&stuck(None))]).await;
    assert_eq!(error(&answers[0]), "timeout after 2 s: waited for Godot");
    assert_eq!(error(&answers[1]), "timeout after 2 s");
}

#[test]
fn trap_seed_11_deadlines_hold_on_worker_threads() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let hung = check(Duration::from_millis(10), pending::<()>);
    let answers = runtime.block_on(runtime.spawn(async move { run_all(&[hung]).await })).unwrap();
    assert_eq!(error(&answers[0]), "timeout after 10 ms");
}

#[tokio::test(start_paused = true)]
async fn trap_seed_13_callers_that_come_while_a_check_runs_share_its_answer() {
    let calls = Arc::new(AtomicUsize::new(0));
    let release = Arc::new(Notify::new());
    let slow = {
        let (calls, release) = (Arc::clone(&calls), Arc::clone(&release));
        check(LONG, move || {
            calls.fetch_add(1, Ordering::SeqCst);
            let release = Arc::clone(&release);
            async move { release.notified().await }
        })
    };
    let callers: Vec<_> = (0..100)
        .map(|_| {
            let slow = Arc::clone(&slow);
            tokio::spawn(async move { run_all(&[slow]).await.remove(0) })
        })
        .collect();
    tokio::task::yield_now().await;
    release.notify_waiters();
    release.notify_one();
    for caller in callers {
        assert_eq!(caller.await.unwrap().status(), &Status::UP);
    }
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_caller_that_goes_away_cancels_nothing() {
    let (done, finished) = oneshot::channel();
    let done = Mutex::new(Some(done));
    let slow = check(LONG, move || {
        let done = done.lock().unwrap().take();
        async move {
            tokio::task::yield_now().await;
            let _ = done.map(|done| done.send(()));
        }
    });
    {
        let checks = [slow];
        let mut asking = Box::pin(run_all(&checks));
        let first = poll_fn(|context| Poll::Ready(asking.as_mut().poll(context))).await;
        assert!(first.is_pending());
    }
    finished.await.unwrap();
}

#[test]
fn quick_checks_need_no_runtime_and_slow_ones_say_that_they_do() {
    let mut context = Context::from_waker(std::task::Waker::noop());
    let checks = [check(LONG, || async {}), check(LONG, pending::<()>)];
    let mut asking = Box::pin(run_all(&checks));
    let Poll::Ready(answers) = asking.as_mut().poll(&mut context) else { panic!("it waits") };
    assert_eq!(answers[0].status(), &Status::UP);
    assert_eq!(error(&answers[1]), "no tokio runtime is there to wait in");
}

#[test]
fn askers_on_several_threads_at_one_moment_share_one_call_of_a_blocking_check() {
    let calls = Arc::new(AtomicUsize::new(0));
    let running = Arc::clone(&calls);
    let function = move || {
        let before = running.fetch_add(1, Ordering::SeqCst);
        std::thread::yield_now();
        running.fetch_sub(1, Ordering::SeqCst);
        before == 0
    };
    let checks = [prepared(&HealthCheck::blocking("test", function).timeout(LONG))];
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let start = std::sync::Barrier::new(4);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..500 {
                    start.wait();
                    let healths = runtime.block_on(run_all(&checks));
                    assert_eq!(healths[0].status(), &Status::UP, "{:?}", healths[0]);
                }
            });
        }
    });
}

#[tokio::test]
async fn a_hung_blocking_check_holds_one_thread_and_says_for_how_long() {
    let (release, hang) = std::sync::mpsc::channel::<()>();
    let hang = Mutex::new(hang);
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let blocking = HealthCheck::blocking("hung", move || {
        counted.fetch_add(1, Ordering::SeqCst);
        let _ = hang.lock().unwrap().recv();
    });
    let checks = [prepared(&blocking.timeout(Duration::from_millis(5)))];
    for _ in 0..3 {
        let health = run_all(&checks).await.remove(0);
        assert_eq!(error(&health), "timeout after 5 ms");
        let (_, age) = health.details().find(|(key, _)| *key == "age").unwrap();
        assert!(age.get().ends_with("ms\""), "{}", age.get());
    }
    drop(release);
    assert!(calls.load(Ordering::SeqCst) <= 1);
}

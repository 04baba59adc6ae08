//! Tasks that run, overlap, fail and stop, on a clock that stands.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    time::{Duration, SystemTime},
};

use tokio::sync::Semaphore;

use super::*;
use crate::{
    model::sanitizer::Sanitizer,
    scheduling::{
        AskError, ExecutionStatus, Plan, Schedule, ScheduledTasks, TaskFacts, TaskSnapshot, Work,
    },
};

const SECOND: Duration = Duration::from_secs(1);

/// A service with one task called `t`.
fn started(schedule: &Schedule, work: Work) -> ScheduledTasks {
    let tasks = ScheduledTasks::with_clock(Clock::manual(SystemTime::UNIX_EPOCH));
    let plan = Plan::of(schedule, SystemTime::UNIX_EPOCH).unwrap();
    let facts = TaskFacts { name: "t".to_owned(), description: String::new() };
    let task = ScheduledTask::new(facts, plan, work, None, Sanitizer::default());
    tasks.settle(vec![Arc::new(task)]);
    tasks.start();
    tasks
}

fn stand(tasks: &ScheduledTasks) -> TaskSnapshot {
    tasks.get("t").unwrap()
}

/// Lets what is ready run, and then time pass.
async fn pass(time: Duration) {
    tokio::time::sleep(time).await;
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

/// A task that counts its runs, each of which waits for a permit.
#[derive(Clone)]
struct Gate {
    begun: Arc<AtomicUsize>,
    permits: Arc<Semaphore>,
}

impl Gate {
    fn new() -> Self {
        Self { begun: Arc::default(), permits: Arc::new(Semaphore::new(0)) }
    }

    fn work(&self) -> Work {
        let gate = self.clone();
        Work::asynchronous(move || {
            let gate = gate.clone();
            async move {
                gate.begun.fetch_add(1, SeqCst);
                gate.permits.acquire().await.unwrap().forget();
            }
        })
    }

    fn begun(&self) -> usize {
        self.begun.load(SeqCst)
    }
}

#[tokio::test(start_paused = true)]
async fn a_fixed_rate_does_not_drift_however_long_runs_take() {
    let (begin, times) = (Instant::now(), Arc::new(Mutex::new(Vec::new())));
    let seen = Arc::clone(&times);
    let work = Work::asynchronous(move || {
        seen.lock().unwrap().push(begin.elapsed());
        tokio::time::sleep(SECOND / 3)
    });
    let tasks = started(&Schedule::fixed_rate(SECOND), work);
    pass(SECOND * 600).await;
    tasks.stop(SECOND).await;
    let times = times.lock().unwrap();
    assert!(times.len() >= 600, "{}", times.len());
    for (n, time) in (0..).zip(times.iter()) {
        let drift = time.saturating_sub(SECOND * n);
        assert!(*time >= SECOND * n && drift < Duration::from_millis(5), "{n}: {time:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_due_during_a_run_is_left_out_and_counted() {
    let gate = Gate::new();
    let tasks = started(&Schedule::fixed_rate(SECOND), gate.work());
    pass(SECOND * 3 + SECOND / 2).await;
    let now = stand(&tasks);
    assert_eq!((gate.begun(), now.running, now.skipped), (1, 1, 3));
    assert_eq!(now.last.unwrap().status, ExecutionStatus::Started);
    gate.permits.add_permits(100);
    pass(SECOND).await;
    let now = stand(&tasks);
    assert_eq!((gate.begun(), now.running, now.succeeded, now.skipped), (2, 0, 2, 3));
    assert_eq!(now.last.unwrap().status, ExecutionStatus::Success);
}

#[tokio::test(start_paused = true)]
async fn with_a_queue_runs_are_made_up_for_one_after_the_other() {
    let gate = Gate::new();
    let tasks = started(&Schedule::fixed_rate(SECOND).overlap(Overlap::Queue), gate.work());
    pass(SECOND * 3 + SECOND / 2).await;
    let now = stand(&tasks);
    assert_eq!((gate.begun(), now.running, now.queued, now.skipped), (1, 1, 3, 0));
    gate.permits.add_permits(3);
    pass(SECOND / 4).await;
    let now = stand(&tasks);
    assert_eq!((gate.begun(), now.running, now.queued), (4, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_queue_has_an_end() {
    let gate = Gate::new();
    let schedule = Schedule::fixed_rate(Duration::from_millis(1)).overlap(Overlap::Queue);
    let tasks = started(&schedule, gate.work());
    pass(SECOND * 3).await;
    let now = stand(&tasks);
    assert_eq!(now.queued, MAX_QUEUED);
    assert!(now.skipped > 1_900, "{}", now.skipped);
}

#[tokio::test(start_paused = true)]
async fn in_parallel_runs_stand_beside_each_other_up_to_a_number() {
    let gate = Gate::new();
    let tasks = started(&Schedule::fixed_rate(SECOND).overlap(Overlap::Parallel), gate.work());
    pass(SECOND * 3 + SECOND / 2).await;
    assert_eq!((gate.begun(), stand(&tasks).running), (4, 4));
    pass(SECOND * 100).await;
    let now = stand(&tasks);
    assert_eq!((now.running, now.skipped), (MAX_PARALLEL, 104 - MAX_PARALLEL as u64));
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_an_error_with_its_message_and_the_task_goes_on() {
    let begun = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&begun);
    let work = Work::asynchronous(move || {
        let run = count.fetch_add(1, SeqCst);
        assert!(run != 0, "no stock, password=hunter2");
        async move { if run == 1 { Err(std::io::Error::other("disk")) } else { Ok(()) } }
    });
    let tasks = started(&Schedule::fixed_rate(SECOND), work);
    pass(SECOND / 2).await;
    let last = stand(&tasks).last.unwrap();
    let error = last.error.unwrap();
    assert_eq!((last.status, error.kind()), (ExecutionStatus::Error, TaskError::PANIC));
    assert!(error.message().starts_with("no stock"), "{error}");
    assert!(!error.message().contains("hunter2"), "{error}");
    pass(SECOND).await;
    let error = stand(&tasks).last.unwrap().error.unwrap();
    assert_eq!((error.kind(), error.message()), ("std::io::error::Error", "disk"));
    pass(SECOND).await;
    let now = stand(&tasks);
    assert_eq!((now.succeeded, now.failed, now.last.unwrap().error), (1, 2, None));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_takes_too_long_is_cancelled() {
    let gate = Gate::new();
    let tasks = started(&Schedule::fixed_delay(SECOND).timeout(SECOND * 2), gate.work());
    pass(SECOND * 2 + SECOND / 2).await;
    let now = stand(&tasks);
    let error = now.last.unwrap().error.unwrap();
    assert_eq!((error.kind(), error.message()), (TaskError::TIMEOUT, "took longer than 2s"));
    assert_eq!((now.running, now.failed), (0, 1));
    pass(SECOND).await;
    assert_eq!(gate.begun(), 2);
}

#[tokio::test]
async fn a_run_that_blocks_too_long_has_failed_and_is_waited_for() {
    let (begun, release) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let (count, released) = (Arc::clone(&begun), Arc::clone(&release));
    let work = Work::blocking(move || {
        count.fetch_add(1, SeqCst);
        while !released.load(SeqCst) {
            std::thread::sleep(Duration::from_millis(1));
        }
    });
    let schedule = Schedule::fixed_rate(Duration::from_millis(5)).timeout(Duration::from_millis(5));
    let tasks = started(&schedule, work);
    while stand(&tasks).skipped < 3 || stand(&tasks).failed == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let now = stand(&tasks);
    assert_eq!((begun.load(SeqCst), now.running, now.failed), (1, 1, 1));
    release.store(true, SeqCst);
    while begun.load(SeqCst) < 2 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    tasks.stop(SECOND * 10).await;
}

#[tokio::test(start_paused = true)]
async fn a_paused_task_does_not_come_due_and_can_be_run_all_the_same() {
    let gate = Gate::new();
    gate.permits.add_permits(100);
    let tasks = started(&Schedule::fixed_rate(SECOND).initial_delay(SECOND), gate.work());
    assert_eq!(tasks.pause("t"), Ok(true));
    assert_eq!(tasks.pause("t"), Ok(false));
    pass(SECOND * 5 + SECOND / 2).await;
    let now = stand(&tasks);
    assert_eq!((gate.begun(), now.is_paused, now.next), (0, true, None));
    assert_eq!(tasks.run("t"), Ok(()));
    pass(SECOND / 4).await;
    assert_eq!(gate.begun(), 1);
    assert_eq!(tasks.resume("t"), Ok(true));
    pass(SECOND / 2).await;
    assert_eq!((gate.begun(), stand(&tasks).is_paused), (2, false));
    assert_eq!(tasks.run("u"), Err(AskError::Unknown));
}

#[tokio::test(start_paused = true)]
async fn a_task_that_is_running_is_run_again_only_where_runs_may_overlap() {
    for (overlap, second) in [
        (Overlap::Skip, Err(AskError::Busy)),
        (Overlap::Queue, Ok(())),
        (Overlap::Parallel, Ok(())),
    ] {
        let gate = Gate::new();
        let tasks = started(&Schedule::fixed_rate(SECOND * 100).overlap(overlap), gate.work());
        assert_eq!(tasks.run("t"), Err(AskError::NotRunning), "its runner has not begun");
        pass(SECOND).await;
        assert_eq!(tasks.run("t"), second, "{overlap:?}");
        pass(SECOND).await;
        let expected = if overlap == Overlap::Parallel { 2 } else { 1 };
        assert_eq!(gate.begun(), expected, "{overlap:?}");
        let waiting = u64::from(overlap == Overlap::Queue);
        assert_eq!(stand(&tasks).queued, waiting, "{overlap:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_fixed_delay_goes_on_from_the_end_of_a_run_that_was_asked_for() {
    let gate = Gate::new();
    let schedule = Schedule::fixed_delay(SECOND * 10).initial_delay(SECOND * 5);
    let tasks = started(&schedule, gate.work());
    pass(SECOND).await;
    assert_eq!(tasks.run("t"), Ok(()));
    pass(SECOND * 8).await;
    assert_eq!((gate.begun(), stand(&tasks).next), (1, None));
    gate.permits.add_permits(1);
    pass(SECOND * 9).await;
    assert_eq!(gate.begun(), 1);
    pass(SECOND * 2).await;
    assert_eq!(gate.begun(), 2);
}

#[tokio::test(start_paused = true)]
async fn on_the_way_down_nothing_begins_and_what_runs_is_waited_for() {
    let gate = Gate::new();
    let tasks = started(&Schedule::fixed_rate(SECOND).overlap(Overlap::Queue), gate.work());
    pass(SECOND * 2 + SECOND / 2).await;
    assert_eq!((gate.begun(), stand(&tasks).queued), (1, 2));
    let stopping = tokio::spawn({
        let tasks = tasks.clone();
        async move { tasks.stop(SECOND * 10).await }
    });
    pass(SECOND * 5).await;
    assert!(!stopping.is_finished());
    assert_eq!(tasks.run("t"), Err(AskError::NotRunning));
    gate.permits.add_permits(100);
    pass(SECOND / 10).await;
    assert!(stopping.is_finished());
    assert_eq!((gate.begun(), stand(&tasks).succeeded), (1, 1));
    tasks.start();
    pass(SECOND * 5).await;
    assert_eq!(gate.begun(), 1, "what was stopped does not start again");
}

#[tokio::test(start_paused = true)]
async fn what_does_not_end_in_time_is_cancelled() {
    let gate = Gate::new();
    let tasks = started(&Schedule::fixed_rate(SECOND), gate.work());
    pass(SECOND / 2).await;
    let before = Instant::now();
    tasks.stop(SECOND * 3).await;
    assert_eq!(before.elapsed(), SECOND * 3);
    pass(SECOND).await;
    // Two owners are left: the test, and the closure of the work.
    assert_eq!(Arc::strong_count(&gate.begun), 2, "the run is gone with what it held");
}

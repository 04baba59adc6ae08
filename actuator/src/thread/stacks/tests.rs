//! Threads of all kinds, asked for their stacks. Each of the ignored tests is a process of its own:
//! the signal ends what the threads of other tests wait for.

use std::{
    backtrace::Backtrace,
    hint, panic,
    sync::{Arc, Condvar, mpsc},
    thread::JoinHandle,
};

use super::*;
use crate::{
    support::host::os_threads,
    thread::{ThreadSettings, stack::ProfileFormat, state::ThreadState},
};

fn stacks() -> Stacks {
    Stacks::new(ThreadSettings::default().signal)
}

/// Runs until it is dropped.
struct Actor {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Actor {
    /// Calls `turn` again and again on a thread of this name.
    fn start(name: &str, mut turn: impl FnMut() + Send + 'static) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let is_over = Arc::clone(&stop);
        let thread = thread::Builder::new().name(name.to_owned()).spawn(move || {
            while !is_over.load(Ordering::Acquire) {
                turn();
            }
        });
        Self { stop, thread: Some(thread.unwrap()) }
    }
}

impl Drop for Actor {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

/// The stack of the thread of this name, once `is_it` says so.
fn stack_of(
    stacks: &Stacks,
    name: &str,
    is_it: impl Fn(&OsThread, &ThreadStack) -> bool,
) -> (OsThread, ThreadStack) {
    let until = Instant::now() + Duration::from_secs(20);
    let mut last = Vec::new();
    loop {
        let threads = os_threads();
        let mut captured = stacks.take(&threads);
        assert_eq!(captured.trouble, None);
        let thread = threads.into_iter().find(|thread| thread.name == name);
        let stack = thread.as_ref().and_then(|thread| captured.stacks.remove(&thread.id));
        if let (Some(thread), Some(stack)) = (thread, stack) {
            if is_it(&thread, &stack) {
                return (thread, stack);
            }
            last = names(&stack);
        }
        assert!(Instant::now() < until, "{name} is not seen there: {last:?}");
    }
}

fn names(stack: &ThreadStack) -> Vec<String> {
    stack.frames().map(ToString::to_string).collect()
}

fn holds(stack: &ThreadStack, function: &str) -> bool {
    names(stack).iter().any(|name| name.contains(function))
}

#[inline(never)]
fn chew(rounds: u64) -> u64 {
    (0..rounds).fold(hint::black_box(1), |sum, n| hint::black_box(sum ^ n.rotate_left(3)))
}

#[test]
fn threads_are_asked_in_processes_of_their_own() {
    for test in [
        "a_thread_that_works_is_shown_where_it_works_with_file_and_line_down_to_its_beginning",
        "threads_that_wait_are_shown_where_they_wait_and_say_for_what",
        "the_thread_that_asks_is_shown_too",
        "hundreds_of_captures_of_threads_that_panic_unwind_and_allocate_harm_nobody",
        "a_profile_shows_who_uses_the_processor_and_is_made_one_at_a_time",
    ] {
        drop(testkit::in_own_process(&format!("thread::stacks::tests::{test}"), &[]));
    }
}

#[test]
#[ignore = "run in a process of its own by the test above"]
fn a_thread_that_works_is_shown_where_it_works_with_file_and_line_down_to_its_beginning() {
    let stacks = stacks();
    let _busy = Actor::start("busy-actor", || {
        chew(10_000);
    });
    let (_, stack) = stack_of(&stacks, "busy-actor", |_, stack| {
        stack.is_complete && holds(stack, "stacks::tests::chew")
    });
    let frame = stack.frames().find(|frame| frame.to_string().ends_with("tests::chew")).unwrap();
    assert_eq!((&*frame.scope, &*frame.function), ("actuator::thread::stacks::tests", "chew"));
    assert!(frame.file.as_deref().unwrap().ends_with("src/thread/stacks/tests.rs"));
    assert!(frame.line > Some(60) && !frame.is_native, "{frame:?}");
    assert!(holds(&stack, "Actor::start"), "{:?}", names(&stack));
    assert!(names(&stack).iter().all(|name| !name.contains("::h") || !name.ends_with('E')));
}

#[test]
#[ignore = "run in a process of its own by the test above"]
fn threads_that_wait_are_shown_where_they_wait_and_say_for_what() {
    let stacks = stacks();
    let lock = Arc::new(Mutex::new(()));
    let wanted = Arc::clone(&lock);
    let (go, gone) = mpsc::channel::<()>();
    let _blocked = Actor::start("blocked-actor", move || {
        let _ = gone.recv();
        drop(wanted.lock());
    });
    // Declared last, it is let go of first.
    let _held = lock.lock().unwrap();
    drop(go);
    let _parked = Actor::start("parked-actor", thread::park);
    let _asleep = Actor::start("asleep-actor", || thread::sleep(Duration::from_secs(3)));
    let condition = Arc::new((Mutex::new(()), Condvar::new()));
    let _timed = Actor::start("timed-actor", move || {
        let guard = condition.0.lock().unwrap();
        drop(condition.1.wait_timeout(guard, Duration::from_secs(3)).unwrap());
    });
    let shows = |name, function: &str, state: &str| {
        stack_of(&stacks, name, |thread, stack| {
            stack.is_complete
                && holds(stack, function)
                && ThreadState::of(thread.state, stack).name() == state
        });
    };
    shows("blocked-actor", "lock_contended", "BLOCKED");
    shows("parked-actor", "park", "WAITING");
    shows("asleep-actor", "sleep", "TIMED_WAITING");
    shows("timed-actor", "wait_timeout", "TIMED_WAITING");
}

#[test]
#[ignore = "run in a process of its own by the test above"]
fn the_thread_that_asks_is_shown_too() {
    let asks = thread::Builder::new().name("asking-actor".to_owned()).spawn(|| {
        let own = stack_of(&stacks(), "asking-actor", |_, stack| stack.is_complete).1;
        assert!(holds(&own, "stacks::Stacks::take"), "{:?}", names(&own));
        assert!(holds(&own, "the_thread_that_asks_is_shown_too"), "{:?}", names(&own));
    });
    asks.unwrap().join().unwrap();
}

#[test]
#[ignore = "run in a process of its own by the test above"]
fn hundreds_of_captures_of_threads_that_panic_unwind_and_allocate_harm_nobody() {
    let stacks = stacks();
    let actors = [
        Actor::start("panic-actor", || {
            let _ = panic::catch_unwind(|| panic::resume_unwind(Box::new(chew(50))));
        }),
        Actor::start("trace-actor", || drop(hint::black_box(Backtrace::force_capture()))),
        Actor::start("alloc-actor", || {
            let texts: Vec<String> = (0..100).map(|n| format!("{n:>100}")).collect();
            drop(hint::black_box(texts));
        }),
        Actor::start("spawn-actor", || {
            let _ = thread::spawn(|| chew(10)).join();
        }),
    ];
    let mut answers = 0;
    for _ in 0..300 {
        let threads = os_threads();
        let captured = stacks.take(&threads);
        assert_eq!(captured.trouble, None);
        answers += captured.stacks.len();
    }
    drop(actors);
    assert!(answers > 300, "{answers}");
}

#[test]
#[ignore = "run in a process of its own by the test above"]
fn a_profile_shows_who_uses_the_processor_and_is_made_one_at_a_time() {
    let stacks = Arc::new(stacks());
    let _busy = Actor::start("profiled-actor", || {
        chew(10_000);
    });
    let (go, gone) = mpsc::channel();
    let cancelled = Arc::new(AtomicBool::new(false));
    let other = {
        let (stacks, cancelled) = (Arc::clone(&stacks), Arc::clone(&cancelled));
        thread::spawn(move || {
            let request = ProfileRequest {
                duration: Duration::from_mins(1),
                frequency: 500,
                format: ProfileFormat::Folded,
            };
            go.send(()).unwrap();
            stacks.profile(request, "shop", &Sanitizer::default(), &cancelled)
        })
    };
    gone.recv().unwrap();
    let short = ProfileRequest {
        duration: Duration::from_millis(300),
        frequency: 500,
        format: ProfileFormat::Folded,
    };
    let never = AtomicBool::new(false);
    let ask = || stacks.profile(short, "shop", &Sanitizer::default(), &never);
    while !stacks.is_profiling.load(Ordering::Acquire) {
        thread::yield_now();
    }
    assert_eq!(ask(), Err(ProfileFailure::Busy));
    // Who has gone away stops it.
    cancelled.store(true, Ordering::Release);
    assert_eq!(other.join().unwrap(), Ok(Vec::new()));
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let folded = String::from_utf8(ask().unwrap()).unwrap();
        let line = folded.lines().find(|line| line.starts_with("profiled-actor;"));
        if line.is_some_and(|line| line.contains("stacks::tests::chew")) {
            return;
        }
        assert!(Instant::now() < until, "{folded}");
    }
}

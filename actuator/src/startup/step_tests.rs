//! How steps stand to each other, whoever runs them.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use super::*;

/// `parent/name` of all steps that have ended, in that order.
fn shown(steps: &StartupSteps) -> Vec<String> {
    let events = steps.snapshot().events;
    let parent = |id| events.iter().find(|event| Some(event.id) == id).map_or("", |e| &e.name);
    events.iter().map(|event| format!("{}/{}", parent(event.parent), event.name)).collect()
}

fn tags(steps: &StartupSteps) -> Vec<(String, String)> {
    steps.snapshot().events.into_iter().flat_map(|event| event.tags).collect()
}

#[test]
fn ids_count_from_one_and_durations_are_those_of_the_clock() {
    let clock = Clock::manual(SystemTime::UNIX_EPOCH + Duration::from_secs(100));
    let steps = StartupSteps::begin(clock.clone());
    let outer = steps.step("outer");
    clock.advance(Duration::from_secs(2));
    let inner = outer.step("inner");
    clock.advance(Duration::from_millis(500));
    inner.end();
    outer.end();
    let events = steps.snapshot().events;
    let facts: Vec<_> = events.iter().map(|e| (e.id, e.parent, e.started, e.took)).collect();
    let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    assert_eq!(
        facts,
        [
            (2, Some(1), at(102), Duration::from_millis(500)),
            (1, None, at(100), Duration::from_millis(2_500))
        ]
    );
}

#[test]
fn a_step_is_within_the_one_whose_code_runs_only_in_its_scope() {
    let steps = StartupSteps::default();
    let outer = steps.step("outer");
    steps.step("beside").end();
    outer.in_scope(|| {
        let inner = steps.step("inner");
        inner.in_scope(|| steps.step("innermost").end());
    });
    steps.step("after").end();
    outer.end();
    assert_eq!(shown(&steps), ["/beside", "inner/innermost", "outer/inner", "/after", "/outer"],);
}

#[test]
fn another_thread_is_within_a_step_if_it_is_given_the_handle() {
    let steps = StartupSteps::default();
    let outer = steps.step("outer");
    let (within, alone) = (outer.steps(), steps.clone());
    outer.in_scope(|| {
        std::thread::spawn(move || {
            within.step("given").end();
            within.in_scope(|| alone.step("in its scope").end());
            alone.step("alone").end();
        })
        .join()
        .unwrap();
    });
    outer.end();
    assert_eq!(shown(&steps), ["outer/given", "outer/in its scope", "/alone", "/outer"]);
}

#[tokio::test]
async fn a_future_is_within_its_step_whenever_it_is_polled_and_no_other_task_is() {
    let steps = StartupSteps::default();
    let outer = steps.step("outer");
    let (mine, theirs) = (steps.clone(), steps.clone());
    let instrumented = outer.instrument(async move {
        tokio::task::yield_now().await;
        mine.step("after a pause").end();
        let here = StartupSteps::current().unwrap();
        tokio::spawn(here.instrument(async move { mine.step("spawned").end() })).await.unwrap();
    });
    let beside = async move {
        tokio::task::yield_now().await;
        theirs.step("beside").end();
    };
    tokio::join!(instrumented, beside);
    outer.end();
    let mut shown = shown(&steps);
    shown.sort();
    assert_eq!(shown, ["/beside", "/outer", "outer/after a pause", "outer/spawned"]);
    assert!(StartupSteps::current().is_none());
}

#[test]
fn steps_of_one_service_are_not_within_those_of_another() {
    let (one, other) = (StartupSteps::default(), StartupSteps::default());
    let outer = one.step("outer");
    outer.in_scope(|| other.step("of the other").end());
    assert_eq!(other.snapshot().events[0].parent, None);
}

#[test]
fn a_panic_and_a_failure_are_tags() {
    let steps = StartupSteps::default();
    catch_unwind(AssertUnwindSafe(|| {
        let _step = steps.step("panics");
        panic!("for the test");
    }))
    .unwrap_err();
    steps.step("fails").fail("no disk");
    steps.step("goes well").with_tag("rows", 7).end();
    let tag = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(
        tags(&steps),
        [tag("exception", "panic"), tag("exception", "no disk"), tag("rows", "7")]
    );
    assert_eq!(StartupSteps::current().map(|steps| steps.parent), None);
}

#[test]
fn what_code_says_of_a_step_is_bounded() {
    let steps = StartupSteps::default();
    let step = steps.step("n".repeat(1_000));
    for _ in 0..1_000 {
        step.tag(&"k".repeat(1_000), "v".repeat(1_000));
    }
    step.end();
    let event = &steps.snapshot().events[0];
    assert_eq!((event.name.len(), event.tags.len()), (MAX_NAME + BEYOND, MAX_TAGS));
    let (key, value) = &event.tags[0];
    assert_eq!((key.len(), value.len()), (MAX_TAG.0, MAX_TAG.1 + BEYOND));
}

//! Tasks from when they are spawned until they end.

use tokio::sync::oneshot;

use super::{registry::TaskState, *};

fn info(name: &str) -> Option<TaskInfo> {
    Tasks::of_process().list().into_iter().find(|task| task.name == name)
}

#[tokio::test]
async fn a_task_is_listed_until_it_ends_with_the_place_where_it_was_spawned() {
    let (go, gone) = oneshot::channel::<()>();
    let line = line!() + 1;
    let task = spawn("waits-for-word", gone);
    while info("waits-for-word").is_none_or(|task| task.polls == 0) {
        tokio::task::yield_now().await;
    }
    let seen = info("waits-for-word").unwrap();
    assert_eq!((seen.state, seen.polls), (TaskState::Idle, 1));
    assert!(seen.spawned_at.ends_with(&format!("task/tests.rs:{line}")), "{}", seen.spawned_at);
    go.send(()).unwrap();
    task.await.unwrap().unwrap();
    assert_eq!(info("waits-for-word"), None);
}

#[tokio::test]
async fn a_task_that_is_polled_says_so_and_one_that_is_aborted_or_panics_leaves_the_list() {
    let polled = named("looks-at-itself", async { info("looks-at-itself").unwrap() }).await;
    assert!(matches!(polled.state, TaskState::Running(_)), "{polled:?}");
    let aborted = spawn("aborted", std::future::pending::<()>());
    assert!(info("aborted").is_some());
    aborted.abort();
    assert!(aborted.await.unwrap_err().is_cancelled());
    assert_eq!(info("aborted"), None);
    let panics = spawn("panics", async { std::panic::resume_unwind(Box::new(())) });
    assert!(panics.await.unwrap_err().is_panic());
    assert_eq!(info("panics"), None);
}

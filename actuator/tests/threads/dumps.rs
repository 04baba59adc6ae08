//! Dumps with stacks: threads of one stack told together, tasks behind the threads.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Instant,
};

use serde_json::{Value, json};
use testkit::Request;

use crate::app::{Service, app};

const NAMES: [&str; 3] = ["porter-1", "porter-2", "porter-3"];

/// Threads that wait at one place until this goes.
struct Porters {
    is_open: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

#[inline(never)]
fn wait_at_the_gate(is_open: &AtomicBool) {
    while !is_open.load(Ordering::Acquire) {
        thread::park();
    }
}

impl Porters {
    fn start() -> Self {
        let is_open = Arc::new(AtomicBool::new(false));
        let start = |name: &str| {
            let is_open = Arc::clone(&is_open);
            let thread = thread::Builder::new().name(name.to_owned());
            thread.spawn(move || wait_at_the_gate(&is_open)).unwrap()
        };
        Self { threads: NAMES.map(start).into(), is_open }
    }
}

impl Drop for Porters {
    fn drop(&mut self) {
        self.is_open.store(true, Ordering::Release);
        for thread in self.threads.drain(..) {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

fn text(service: &Service, target: &str) -> String {
    let request = Request::get(target).header("accept", "text/plain");
    service.send(request).assert_status(200).text()
}

/// What `look` finds in a dump, once it does: a thread may be about to wait in the first ones.
fn seen<T>(ask: impl Fn() -> String, look: impl Fn(&str) -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        let dump = ask();
        if let Some(found) = look(&dump) {
            return found;
        }
        assert!(began.elapsed() < testkit::PATIENCE, "{dump}");
    }
}

/// The group that the first porter is in, if all of them are.
fn group_of_porters(dump: &str) -> Option<Value> {
    let dump: Value = serde_json::from_str(dump).unwrap();
    let groups = dump["groups"].as_array().unwrap();
    assert!(groups.windows(2).all(|two| two[0]["count"].as_u64() >= two[1]["count"].as_u64()));
    let porters = |group: &&Value| {
        let threads = group["threads"].as_array().unwrap().iter();
        threads.map(|thread| thread["threadName"].as_str().unwrap()).eq(NAMES)
    };
    groups.iter().find(porters).cloned()
}

#[test]
fn threads_of_one_stack_are_one_group_with_their_number_as_json_and_as_text() {
    let _porters = Porters::start();
    let service = app().start();
    let asked = "/actuator/threaddump?group=true";
    let group = seen(|| service.get(asked).assert_status(200).text(), group_of_porters);
    assert_eq!((&group["count"], &group["threadState"]), (&json!(3), &json!("WAITING")));
    let frames = group["stackTrace"].as_array().unwrap();
    let gate = frames.iter().find(|frame| frame["methodName"] == "wait_at_the_gate");
    let gate = gate.unwrap_or_else(|| panic!("{group}"));
    assert_eq!(gate["className"], "threads::dumps");
    let (file, line) = (gate["fileName"].as_str().unwrap(), gate["lineNumber"].as_u64().unwrap());
    assert!(file.ends_with("dumps.rs") && (20..50).contains(&line), "{gate}");

    let [first, second, third] =
        [0, 1, 2].map(|at| group["threads"][at]["threadId"].as_u64().unwrap());
    let head = format!(
        "3 threads: \"porter-1\" t@{first}, \"porter-2\" t@{second}, \"porter-3\" t@{third}\n   \
         java.lang.Thread.State: WAITING\n\tat "
    );
    let told = seen(
        || text(&service, asked),
        |dump| {
            let (_, group) = dump.split_once(&head)?;
            Some(group.split("\n\n").next()?.to_owned())
        },
    );
    let frame = format!("\tat threads::dumps::wait_at_the_gate({file}:{line})\n");
    assert!(told.contains(&frame), "{told}");

    // Without groups each of them has its frames.
    for name in NAMES {
        let head = format!("\"{name}\" - Thread t@");
        let told = seen(
            || text(&service, "/actuator/threaddump"),
            |dump| {
                let (_, thread) = dump.split_once(&head)?;
                let (told, _) = thread.split_once("\n\n   Locked ownable synchronizers")?;
                told.contains(&frame).then(|| told.to_owned())
            },
        );
        assert!(told.contains("\n   java.lang.Thread.State: WAITING\n\tat "), "{told}");
    }
}

#[test]
fn a_task_with_a_name_is_listed_with_its_age_and_stands_below_the_threads() {
    let service = app().start();
    let poller = {
        let _runtime = service.enter();
        actuator::task::spawn("orders-poller", std::future::pending::<()>())
    };
    let tasks = || service.get("/actuator/tasks?name=orders-poller").assert_status(200).json();
    // Until it has been polled once.
    let task = seen(
        || tasks().to_string(),
        |tasks| {
            let tasks: Value = serde_json::from_str(tasks).unwrap();
            assert_eq!(tasks["tasks"].as_array().unwrap().len(), 1, "{tasks}");
            let task = tasks["tasks"][0].clone();
            (task["polls"] == 1 && task["state"] == "idle").then_some(task)
        },
    );
    assert_eq!(task["name"], "orders-poller");
    let age = task["age"].as_str().unwrap();
    assert!(age.starts_with("PT") && age.ends_with('S'), "{task}");
    let place = task["spawnedAt"].as_str().unwrap();
    assert!(place.contains("tests/threads/dumps.rs:"), "{task}");
    assert_eq!(
        service.get("/actuator/tasks?name=nobody").assert_status(200).json(),
        json!({"tasks": [], "unlisted": 0})
    );

    for target in ["/actuator/threaddump", "/actuator/threaddump?group=true"] {
        let dump = text(&service, target);
        let (_, section) =
            dump.split_once("Asynchronous tasks (").unwrap_or_else(|| panic!("{dump}"));
        let head = format!("\"orders-poller\" - Task #{}\n   idle, ", task["id"]);
        let (_, told) = section.split_once(&head).unwrap_or_else(|| panic!("{section}"));
        let (age, rest) = told.split_once(" s old, polled 1 times\n").unwrap();
        assert!(age.parse::<f64>().unwrap() < 60.0, "{told}");
        assert!(rest.starts_with(&format!("\tspawned at {place}\n")), "{told}");
    }

    poller.abort();
    seen(|| tasks().to_string(), |tasks| tasks.contains("\"tasks\":[]").then_some(()));
    assert!(!text(&service, "/actuator/threaddump").contains("orders-poller"));
}

//! `/threaddump` as JSON and as text, and its alias `/dump` of Spring Boot 1.

use std::{fmt::Write as _, sync::Arc};

use serde::{Serialize, Serializer};

use crate::{
    model::{
        answer::Answer,
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Produces},
        problem::Problem,
        reply::Reply,
        schema::{Member, Schema},
    },
    support::time::iso_instant,
    thread::{ThreadDump, ThreadInfo, ThreadRepository},
};

const OPERATIONS: &[Operation] = &[
    Operation::read(&[]).doing("All threads.").answering(&[Answer::of(DUMP)]),
    Operation::read(&[]).producing(Produces::Text).answering(&[Answer::of(Schema::Text)]),
];
const LIST: &[Operation] =
    &[Operation::read(&[]).doing("All threads.").answering(&[Answer::of(THREADS)])];
const DUMP: Schema =
    Schema::Named("ThreadDump", &Schema::Object(&[Member::new("threads", THREADS)]));
const THREADS: Schema = Schema::List(&Schema::Named(
    "Thread",
    &Schema::Object(&[
        Member::new("threadName", Schema::Text),
        Member::new("threadId", Schema::Integer),
        Member::new("threadState", Schema::Text),
        Member::new("blockedCount", Schema::Integer),
        Member::new("blockedTime", Schema::Integer),
        Member::new("daemon", Schema::Boolean),
        Member::new("inNative", Schema::Boolean),
        Member::new("lockOwnerId", Schema::Integer),
        Member::new("lockedMonitors", Schema::List(&Schema::Any)),
        Member::new("lockedSynchronizers", Schema::List(&Schema::Any)),
        Member::new("priority", Schema::Integer),
        Member::new("stackTrace", Schema::List(&Schema::Map(&Schema::Any))),
        Member::new("suspended", Schema::Boolean),
        Member::new("waitedCount", Schema::Integer),
        Member::new("waitedTime", Schema::Integer),
    ]),
));

/// Serves thread dumps.
#[derive(Debug)]
pub(crate) struct ThreaddumpEndpoint {
    threads: Arc<ThreadRepository>,
    /// What stands where Java names its virtual machine: `orders (0.1.0 linux x86_64)`.
    title: String,
    form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Threaddump,
    Dump,
}

impl ThreaddumpEndpoint {
    /// `/threaddump`. Name and version are the application's, for the head of the text form.
    pub(crate) fn new(threads: Arc<ThreadRepository>, name: &str, version: &str) -> Self {
        let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
        Self { threads, title: format!("{name} ({version} {os} {arch})"), form: Form::Threaddump }
    }

    /// `/dump`: the bare list.
    pub(crate) fn dump(threads: Arc<ThreadRepository>) -> Self {
        Self { threads, title: String::new(), form: Form::Dump }
    }

    async fn answer(&self, operation: usize) -> EndpointResult {
        let threads = Arc::clone(&self.threads);
        let dump = tokio::task::spawn_blocking(move || threads.dump())
            .await
            .map_err(|error| Problem::internal(format!("no thread dump: {error}")))?;
        match (self.form, operation) {
            (Form::Dump, _) => Reply::json(&Threads(&dump.threads)),
            (Form::Threaddump, 0) => {
                Reply::json(&ThreadDumpDescriptor { threads: Threads(&dump.threads) })
            }
            (Form::Threaddump, _) => Ok(Reply::Text(text(&self.title, &dump).into())),
        }
    }
}

impl Endpoint for ThreaddumpEndpoint {
    fn id(&self) -> &'static str {
        match self.form {
            Form::Threaddump => "threaddump",
            Form::Dump => "dump",
        }
    }

    fn operations(&self) -> &[Operation] {
        match self.form {
            Form::Threaddump => OPERATIONS,
            Form::Dump => LIST,
        }
    }

    fn description(&self) -> &'static str {
        "What the threads of the process do."
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(self.answer(call.operation))
    }
}

/// The text form. Java's first line has no time zone; a `Z` says that it is UTC.
fn text(title: &str, dump: &ThreadDump) -> String {
    let taken = iso_instant(dump.taken_at);
    let date = taken.get(..19).unwrap_or(&taken).replace('T', " ");
    let mut text = format!("{date}Z\nFull thread dump {title}:\n\n");
    for thread in &dump.threads {
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "\"{}\" - Thread t@{}\n   java.lang.Thread.State: {}\n\n   \
             Locked ownable synchronizers:\n\t- None\n\n",
            thread.name,
            thread.id,
            thread.state.name(),
        );
    }
    text
}

#[derive(Serialize)]
struct ThreadDumpDescriptor<'d> {
    threads: Threads<'d>,
}

struct Threads<'d>(&'d [ThreadInfo]);

impl Serialize for Threads<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(ThreadDescriptor::from))
    }
}

/// One thread. What the kernel does not count is 0, or -1 for times, as in Java when it is off.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ThreadDescriptor<'d> {
    blocked_count: u64,
    blocked_time: i64,
    daemon: bool,
    in_native: bool,
    lock_owner_id: i64,
    locked_monitors: [(); 0],
    locked_synchronizers: [(); 0],
    priority: u8,
    stack_trace: [(); 0],
    suspended: bool,
    thread_id: u64,
    thread_name: &'d str,
    thread_state: &'static str,
    waited_count: u64,
    waited_time: i64,
}

impl<'d> From<&'d ThreadInfo> for ThreadDescriptor<'d> {
    fn from(thread: &'d ThreadInfo) -> Self {
        Self {
            blocked_count: 0,
            blocked_time: -1,
            daemon: thread.is_daemon,
            in_native: false,
            lock_owner_id: -1,
            locked_monitors: [],
            locked_synchronizers: [],
            priority: thread.priority,
            stack_trace: [],
            suspended: thread.is_suspended,
            thread_id: thread.id,
            thread_name: &thread.name,
            thread_state: thread.state.name(),
            waited_count: 0,
            waited_time: -1,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use serde_json::Value;

    use super::*;
    use crate::{support::clock::Clock, thread::ThreadState};

    fn repository() -> Arc<ThreadRepository> {
        Arc::new(ThreadRepository::new(
            Clock::system(),
            crate::model::sanitizer::Sanitizer::default(),
        ))
    }

    async fn json(endpoint: ThreaddumpEndpoint) -> Value {
        match endpoint.invoke(Call::new(0)).await {
            Ok(Reply::Json { status: 200, body }) => serde_json::from_slice(&body).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn every_thread_has_the_members_that_java_gives() {
        let golden = include_str!("../../tests/golden/boot-4.1.0/threaddump/get.http");
        let golden: Value = serde_json::from_str(&golden[golden.find('{').unwrap()..]).unwrap();
        let expected: Vec<_> = golden["threads"][0].as_object().unwrap().keys().collect();
        let body = json(ThreaddumpEndpoint::new(repository(), "orders", "0.1.0")).await;
        let threads = body["threads"].as_array().unwrap();
        assert!(!threads.is_empty());
        for thread in threads {
            assert_eq!(thread.as_object().unwrap().keys().collect::<Vec<_>>(), expected);
            assert!(thread["stackTrace"].is_array() && thread["threadId"].as_u64() > Some(0));
        }
    }

    #[tokio::test]
    async fn the_old_dump_is_the_bare_list() {
        let endpoint = ThreaddumpEndpoint::dump(repository());
        assert_eq!((endpoint.id(), endpoint.operations().len()), ("dump", 1));
        assert!(json(endpoint).await[0]["threadName"].is_string());
    }

    #[test]
    fn trap_seed_22_the_text_form_is_javas_with_a_time_zone() {
        let thread = ThreadInfo {
            id: 7,
            name: "orders-poller".to_owned(),
            state: ThreadState::Waiting,
            is_daemon: true,
            is_suspended: false,
            priority: 5,
        };
        let taken_at = SystemTime::UNIX_EPOCH + Duration::from_millis(1_795_252_939_222);
        let dump = ThreadDump { taken_at, threads: vec![thread] };
        assert_eq!(
            text("orders (0.1.0 linux x86_64)", &dump),
            "2026-11-21 09:22:19Z\nFull thread dump orders (0.1.0 linux x86_64):\n\n\
             \"orders-poller\" - Thread t@7\n   java.lang.Thread.State: WAITING\n\n   \
             Locked ownable synchronizers:\n\t- None\n\n"
        );
    }
}

//! `/threaddump` as JSON and as text, and its alias `/dump` of Spring Boot 1.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde::{Serialize, Serializer};

use super::thread_text::{self, ShownTasks};
use crate::{
    model::{
        answer::Answer,
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Produces},
        parameter::{Parameter, Shape},
        problem::Problem,
        reply::Reply,
        schema::{Member, Schema},
        stack_frame::StackFrame,
    },
    settings::FromSetting as _,
    task::Tasks,
    thread::{ThreadDump, ThreadGroup, ThreadInfo, ThreadRepository, ThreadStack},
};

const GROUP: &str = "group";
const PARAMETERS: &[Parameter] =
    &[Parameter::query(GROUP, Shape::Boolean, "Threads with the same stack are told together.")];
const OPERATIONS: &[Operation] = &[
    Operation::read(&[])
        .doing("What each thread is doing.")
        .taking(PARAMETERS)
        .answering(&[Answer::of(DUMP)]),
    Operation::read(&[])
        .doing("The same as text.")
        .taking(PARAMETERS)
        .producing(Produces::Text)
        .answering(&[Answer::of(Schema::Text)]),
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
/// Files with debug information are kept open for so long after the last dump.
const IDLE: Duration = Duration::from_mins(1);

/// Serves thread dumps.
#[derive(Debug)]
pub(crate) struct ThreaddumpEndpoint {
    threads: Arc<ThreadRepository>,
    /// What stands where Java names its virtual machine: `orders (0.1.0 linux x86_64)`.
    title: String,
    tasks: Tasks,
    form: Form,
    /// Whether somebody waits for the dumps to end.
    is_tidied: Arc<AtomicBool>,
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
        Self::with(threads, format!("{name} ({version} {os} {arch})"), Form::Threaddump)
    }

    /// `/dump`: the bare list.
    pub(crate) fn dump(threads: Arc<ThreadRepository>) -> Self {
        Self::with(threads, String::new(), Form::Dump)
    }

    fn with(threads: Arc<ThreadRepository>, title: String, form: Form) -> Self {
        Self { threads, title, tasks: Tasks::of_process(), form, is_tidied: Arc::default() }
    }

    async fn answer(&self, call: Call<'_>) -> EndpointResult {
        let is_grouped = match call.text(GROUP) {
            Some(text) => bool::from_setting(&text).map_err(|_| {
                Problem::bad_request(format!("{GROUP} is {text}; true or false is"))
            })?,
            None => false,
        };
        let threads = Arc::clone(&self.threads);
        let dump = tokio::task::spawn_blocking(move || threads.dump())
            .await
            .map_err(|error| Problem::internal(format!("no thread dump: {error}")))?;
        self.tidy_later();
        match (self.form, call.operation, is_grouped) {
            (Form::Dump, ..) => Reply::json(&Threads(&dump.threads)),
            (Form::Threaddump, 0, false) => {
                Reply::json(&ThreadDumpDescriptor { threads: Threads(&dump.threads) })
            }
            (Form::Threaddump, 0, true) => Reply::json(&GroupsDescriptor { groups: groups(&dump) }),
            (Form::Threaddump, ..) => {
                let tasks = ShownTasks { tasks: &self.tasks, sanitizer: self.threads.sanitizer() };
                let text = thread_text::text(&self.title, &dump, is_grouped, &tasks);
                Ok(Reply::Text(text.into()))
            }
        }
    }

    /// Lets go of what dumps need once nobody asks for one any more.
    fn tidy_later(&self) {
        if self.is_tidied.swap(true, Ordering::AcqRel) {
            return;
        }
        let (threads, is_tidied) = (Arc::downgrade(&self.threads), Arc::clone(&self.is_tidied));
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(IDLE).await;
                if threads.upgrade().is_none_or(|threads| threads.rest(IDLE)) {
                    break;
                }
            }
            is_tidied.store(false, Ordering::Release);
        });
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
        Box::pin(self.answer(call))
    }
}

#[derive(Serialize)]
struct ThreadDumpDescriptor<'d> {
    threads: Threads<'d>,
}

#[derive(Serialize)]
struct GroupsDescriptor<'d> {
    groups: Vec<GroupDescriptor<'d>>,
}

/// Threads with one stack.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupDescriptor<'d> {
    count: usize,
    stack_trace: Stack<'d>,
    thread_state: &'static str,
    threads: Vec<NameDescriptor<'d>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NameDescriptor<'d> {
    thread_id: u64,
    thread_name: &'d str,
}

fn groups(dump: &ThreadDump) -> Vec<GroupDescriptor<'_>> {
    dump.groups().iter().filter_map(GroupDescriptor::of).collect()
}

impl<'d> GroupDescriptor<'d> {
    fn of(group: &ThreadGroup<'d>) -> Option<Self> {
        let first: &'d ThreadInfo = group.threads.first()?;
        let names = group.threads.iter();
        let names = names.map(|one| NameDescriptor { thread_id: one.id, thread_name: &one.name });
        Some(Self {
            count: group.threads.len(),
            stack_trace: Stack(&first.stack),
            thread_state: first.state.name(),
            threads: names.collect(),
        })
    }
}

struct Threads<'d>(&'d [ThreadInfo]);

impl Serialize for Threads<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(ThreadDescriptor::from))
    }
}

struct Stack<'d>(&'d ThreadStack);

impl Serialize for Stack<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.frames().map(FrameDescriptor::from))
    }
}

/// One frame. As in Java the line is -2 for what is none of the language's own, and -1 if unknown.
/// The admin server's view writes `undefined` where there is no file: an unknown one is what Java's
/// own text says of it, and in place of that of a native function stands its library.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FrameDescriptor<'d> {
    class_name: &'d str,
    file_name: &'d str,
    line_number: i64,
    method_name: &'d str,
    native_method: bool,
}

impl<'d> From<&'d StackFrame> for FrameDescriptor<'d> {
    fn from(frame: &'d StackFrame) -> Self {
        let (nowhere, unknown) =
            if frame.is_native { (&*frame.scope, -2) } else { ("Unknown Source", -1) };
        Self {
            class_name: &frame.scope,
            file_name: frame.file.as_deref().unwrap_or(nowhere),
            line_number: frame.line.map_or(unknown, i64::from),
            method_name: &frame.function,
            native_method: frame.is_native,
        }
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
    stack_trace: Stack<'d>,
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
            in_native: thread.stack.frames().next().is_some_and(|frame| frame.is_native),
            lock_owner_id: -1,
            locked_monitors: [],
            locked_synchronizers: [],
            priority: thread.priority,
            stack_trace: Stack(&thread.stack),
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
    use serde_json::Value;

    use super::*;
    use crate::{support::clock::Clock, thread::ThreadSettings};

    fn repository() -> Arc<ThreadRepository> {
        Arc::new(ThreadRepository::new(
            Clock::system(),
            crate::model::sanitizer::Sanitizer::default(),
            ThreadSettings::default(),
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

    #[test]
    fn no_frame_is_without_a_file() {
        let told = |file: Option<&str>, is_native| {
            let (scope, function) = ("libc.so.6".into(), "open".into());
            let file = file.map(Into::into);
            let frame = StackFrame { scope, function, file, line: None, is_native };
            let told = serde_json::to_value(FrameDescriptor::from(&frame)).unwrap();
            (told["fileName"].clone(), told["lineNumber"].clone())
        };
        assert_eq!(told(Some("src/till.rs"), false), ("src/till.rs".into(), (-1).into()));
        assert_eq!(told(None, false), ("Unknown Source".into(), (-1).into()));
        assert_eq!(told(None, true), ("libc.so.6".into(), (-2).into()));
    }

    #[tokio::test]
    async fn threads_with_one_stack_are_told_together_where_that_is_asked() {
        let endpoint = ThreaddumpEndpoint::new(repository(), "orders", "0.1.0");
        let mut call = Call::new(0);
        call.query.push((GROUP.into(), "true".into()));
        let Ok(Reply::Json { body, .. }) = endpoint.invoke(call).await else { panic!() };
        let body: Value = serde_json::from_slice(&body).unwrap();
        let groups = body["groups"].as_array().unwrap();
        assert!(!groups.is_empty());
        for group in groups {
            let threads = group["threads"].as_array().unwrap();
            assert_eq!(group["count"].as_u64(), Some(threads.len() as u64));
            assert!(group["stackTrace"].is_array() && group["threadState"].is_string());
            assert!(threads[0]["threadName"].is_string());
        }
        let mut call = Call::new(0);
        call.query.push((GROUP.into(), "perhaps".into()));
        assert_eq!(endpoint.invoke(call).await.unwrap_err().status(), 400);
    }

    #[tokio::test]
    async fn the_old_dump_is_the_bare_list() {
        let endpoint = ThreaddumpEndpoint::dump(repository());
        assert_eq!((endpoint.id(), endpoint.operations().len()), ("dump", 1));
        assert!(json(endpoint).await[0]["threadName"].is_string());
    }
}

//! A thread dump as text, as `jstack` and Spring write it, with Rust's names.

use std::fmt::{self, Write as _};

use crate::{
    model::{sanitizer::Sanitizer, stack_frame::StackFrame},
    support::{text::shortened, time::iso_instant},
    task::{MAX_NAME, Tasks},
    thread::{ThreadDump, ThreadStack},
};

/// At most so many tasks are listed.
const MAX_TASKS: usize = 1_000;

/// The tasks of the process, and how their names are shown.
#[derive(Debug)]
pub(super) struct ShownTasks<'t> {
    pub(super) tasks: &'t Tasks,
    pub(super) sanitizer: &'t Sanitizer,
}

/// The text. Java's first line has no time zone; a `Z` says that it is UTC.
pub(super) fn text(
    title: &str,
    dump: &ThreadDump,
    is_grouped: bool,
    tasks: &ShownTasks<'_>,
) -> String {
    let taken = iso_instant(dump.taken_at);
    let date = taken.get(..19).unwrap_or(&taken).replace('T', " ");
    let mut text = format!("{date}Z\nFull thread dump {title}:\n\n");
    // Writing to a String cannot fail.
    let _ = if is_grouped { groups(&mut text, dump) } else { threads(&mut text, dump) };
    let _ = self::tasks(&mut text, tasks);
    if let Some(trouble) = &dump.trouble {
        let _ = writeln!(text, "No stacks: {trouble}.");
    }
    text
}

fn threads(text: &mut String, dump: &ThreadDump) -> fmt::Result {
    for thread in &dump.threads {
        write!(
            text,
            "\"{}\" - Thread t@{}\n   java.lang.Thread.State: {}\n{}\n   \
             Locked ownable synchronizers:\n\t- None\n\n",
            thread.name,
            thread.id,
            thread.state.name(),
            Stack(&thread.stack),
        )?;
    }
    Ok(())
}

fn groups(text: &mut String, dump: &ThreadDump) -> fmt::Result {
    for group in dump.groups() {
        let Some(first) = group.threads.first() else { continue };
        let names: Vec<String> =
            group.threads.iter().map(|one| format!("\"{}\" t@{}", one.name, one.id)).collect();
        let s = if names.len() == 1 { "" } else { "s" };
        writeln!(text, "{} thread{s}: {}", names.len(), names.join(", "))?;
        write!(
            text,
            "   java.lang.Thread.State: {}\n{}\n",
            first.state.name(),
            Stack(&first.stack)
        )?;
    }
    Ok(())
}

fn tasks(text: &mut String, shown: &ShownTasks<'_>) -> fmt::Result {
    let listed = shown.tasks.list();
    if listed.is_empty() {
        return Ok(());
    }
    writeln!(text, "Asynchronous tasks ({}):\n", listed.len())?;
    for task in listed.iter().take(MAX_TASKS) {
        let age = task.age.as_secs_f64();
        let name = shown.sanitizer.sanitize_text(&task.name);
        let name = shortened(&name, MAX_NAME);
        write!(text, "\"{name}\" - Task #{}\n   {}, {age:.1} s old", task.id, task.state)?;
        writeln!(text, ", polled {} times\n\tspawned at {}\n", task.polls, task.spawned_at)?;
    }
    Ok(())
}

struct Stack<'d>(&'d ThreadStack);

impl fmt::Display for Stack<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for frame in self.0.frames() {
            writeln!(f, "\tat {frame}({})", Place(frame))?;
        }
        if !self.0.is_empty() && !self.0.is_complete {
            f.write_str("\t... (the rest could not be read)\n")?;
        }
        Ok(())
    }
}

struct Place<'d>(&'d StackFrame);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.0.file, self.0.line) {
            (Some(file), Some(line)) => write!(f, "{file}:{line}"),
            (Some(file), None) => f.write_str(file),
            (None, _) if self.0.is_native => write!(f, "Native Method, {}", self.0.scope),
            (None, _) => f.write_str("Unknown Source"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::LazyLock,
        time::{Duration, SystemTime},
    };

    use super::*;
    use crate::thread::{ThreadInfo, ThreadState};

    fn no_tasks() -> ShownTasks<'static> {
        static NONE: LazyLock<(Tasks, Sanitizer)> = LazyLock::new(Default::default);
        ShownTasks { tasks: &NONE.0, sanitizer: &NONE.1 }
    }

    fn dump(stack: ThreadStack, trouble: Option<&str>) -> ThreadDump {
        let thread = ThreadInfo {
            id: 7,
            name: "orders-poller".to_owned(),
            state: ThreadState::Waiting,
            is_daemon: true,
            is_suspended: false,
            priority: 5,
            stack,
        };
        let taken_at = SystemTime::UNIX_EPOCH + Duration::from_millis(1_795_252_939_222);
        ThreadDump { taken_at, threads: vec![thread], trouble: trouble.map(str::to_owned) }
    }

    #[test]
    fn trap_seed_22_the_text_form_is_javas_with_a_time_zone() {
        assert_eq!(
            text(
                "orders (0.1.0 linux x86_64)",
                &dump(ThreadStack::default(), None),
                false,
                &no_tasks()
            ),
            "2026-11-21 09:22:19Z\nFull thread dump orders (0.1.0 linux x86_64):\n\n\
             \"orders-poller\" - Thread t@7\n   java.lang.Thread.State: WAITING\n\n   \
             Locked ownable synchronizers:\n\t- None\n\n"
        );
    }

    #[test]
    fn frames_stand_below_their_thread_with_the_places_that_are_known() {
        let frame = |scope: &str, function: &str, file: Option<&str>, line, is_native| StackFrame {
            scope: scope.into(),
            function: function.into(),
            file: file.map(Into::into),
            line,
            is_native,
        };
        let stack = ThreadStack::new(
            vec![
                [frame("libc.so.6", "epoll_wait", None, None, true)].into(),
                [
                    frame("shop::till", "open", Some("shop/src/till.rs"), Some(7), false),
                    frame("shop", "main", None, None, false),
                ]
                .into(),
            ],
            false,
        );
        let frames = "\tat epoll_wait(Native Method, libc.so.6)\n\
                      \tat shop::till::open(shop/src/till.rs:7)\n\
                      \tat shop::main(Unknown Source)\n\t... (the rest could not be read)\n";
        let dump = dump(stack, Some("they are off"));
        let plain = text("orders", &dump, false, &no_tasks());
        assert!(plain.contains(&format!("State: WAITING\n{frames}\n   Locked")), "{plain}");
        assert!(plain.ends_with("No stacks: they are off.\n"), "{plain}");
        let grouped = text("orders", &dump, true, &no_tasks());
        let expected = format!(
            "1 thread: \"orders-poller\" t@7\n   java.lang.Thread.State: WAITING\n{frames}\n"
        );
        assert!(grouped.contains(&expected), "{grouped}");
        let mut two = dump;
        let other = ThreadInfo { id: 9, name: "orders-other".to_owned(), ..two.threads[0].clone() };
        two.threads.push(other);
        let grouped = text("orders", &two, true, &no_tasks());
        let expected = expected.replace(
            "1 thread: \"orders-poller\" t@7\n",
            "2 threads: \"orders-poller\" t@7, \"orders-other\" t@9\n",
        );
        assert!(grouped.contains(&expected), "{grouped}");
    }

    #[tokio::test]
    async fn tasks_stand_below_the_threads_with_name_state_age_and_place() {
        let task = crate::task::spawn("thread-text", std::future::pending::<()>());
        tokio::task::yield_now().await;
        let (tasks, sanitizer) = (Tasks::of_process(), Sanitizer::default());
        let shown = ShownTasks { tasks: &tasks, sanitizer: &sanitizer };
        let text = text("orders", &dump(ThreadStack::default(), None), false, &shown);
        let (head, told) = text.split_once("\"thread-text\" - Task #").unwrap();
        assert!(head.contains("- None\n\nAsynchronous tasks ("), "{text}");
        let (_, told) = told.split_once("\n   idle, ").unwrap();
        let (age, place) = told.split_once(" s old, polled 1 times\n\tspawned at ").unwrap();
        assert!(age.parse::<f64>().is_ok() && place.contains("endpoint/thread_text.rs:"), "{told}");
        task.abort();
    }
}

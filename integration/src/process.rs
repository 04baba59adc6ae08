//! One child process: its output, line by line, and its certain end.

use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::wait;

/// A started program. Dropping it kills it, and shows the end of its output if the test failed.
pub struct Process {
    name: String,
    child: Child,
    output: Arc<Mutex<Vec<String>>>,
}

impl Process {
    /// Starts the program; `remedy` is the line that helps when it is not there.
    #[track_caller]
    pub fn start(name: &str, command: &mut Command, remedy: &str) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{name} did not start: {error}. Try: {remedy}"));
        let output = Arc::new(Mutex::new(Vec::new()));
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        collect(stdout.expect("piped"), Arc::clone(&output));
        collect(stderr.expect("piped"), Arc::clone(&output));
        Self { name: name.to_owned(), child, output }
    }

    /// Waits for a line of output in which `find` finds something. Panics if the program ends before.
    #[track_caller]
    pub fn wait_for<T>(&mut self, what: &str, find: impl Fn(&str) -> Option<T>) -> T {
        let name = self.name.clone();
        wait::until(&format!("{name} says {what}"), || {
            // The order matters: a program that has ended writes nothing after this look at it.
            let ended = self.child.try_wait().expect("the state of a child");
            let found = self.lines().iter().find_map(|line| find(line));
            assert!(
                found.is_some() || ended.is_none(),
                "{name} ended before it said {what}: {self:?}"
            );
            found
        })
    }

    /// Everything it has written so far, both streams.
    pub fn lines(&self) -> Vec<String> {
        self.output.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Its number on this machine.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end, as an operator or an orchestrator does: SIGTERM.
    pub fn terminate(&self) {
        let pid = self.child.id().to_string();
        let sent = Command::new("sh").args(["-c", "kill -TERM \"$0\"", &pid]).status();
        assert!(sent.expect("sh runs").success(), "SIGTERM did not reach {}", self.name);
    }

    /// Waits for its end.
    #[track_caller]
    pub fn wait(&mut self) -> ExitStatus {
        let what = format!("{} ends", self.name);
        wait::until(&what, || self.child.try_wait().expect("the state of a child"))
    }

    /// Ends it without a chance to say goodbye: SIGKILL.
    pub fn kill(&mut self) {
        // An error means that it had ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = self.lines();
        let end = lines.get(lines.len().saturating_sub(40)..).unwrap_or_default();
        write!(f, "--- the last output of {} ---\n{}\n---", self.name, end.join("\n"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        if thread::panicking() {
            eprintln!("{self:?}");
        }
    }
}

fn collect(stream: impl Read + Send + 'static, into: Arc<Mutex<Vec<String>>>) {
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            into.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    });
}

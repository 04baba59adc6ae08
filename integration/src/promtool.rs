//! `promtool`, which comes with Prometheus: what it thinks of an exposition, of rules and of configurations.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;

/// What its linter has to say of an exposition in the text format 0.0.4: one line for each complaint. Panics if it
/// cannot be read at all.
#[track_caller]
pub fn lint(exposition: &str) -> Vec<String> {
    let mut command = Command::new("promtool");
    command.args(["check", "metrics"]);
    let output = fed(&mut command, exposition);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    // 3 stands for complaints about what was read well.
    assert!(matches!(output.status.code(), Some(0 | 3)), "promtool does not read it: {said}");
    said.lines().map(str::to_owned).filter(|line| !line.is_empty()).collect()
}

/// Runs it with these arguments in this folder, which has to end well; what it said.
#[track_caller]
pub fn run(arguments: &[&str], folder: &Path) -> String {
    let mut command = Command::new("promtool");
    command.args(arguments).current_dir(folder);
    let output =
        command.output().unwrap_or_else(|error| panic!("promtool: {error}. Try: make setup"));
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "promtool {arguments:?}: {said}");
    said.into_owned()
}

/// Runs a program to its end with this as its standard input.
#[track_caller]
pub(crate) fn fed(command: &mut Command, input: &str) -> Output {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program} did not start: {error}. Try: make setup"));
    let (mut stdin, input) = (child.stdin.take().expect("piped"), input.to_owned());
    // By a thread of its own: it may say much before it has read everything. One that gives up early is seen by
    // what it says.
    let feeder = thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
    let output = child.wait_with_output().expect("its output");
    feeder.join().expect("the feeder does not panic");
    output
}

//! A test in a process of its own, for what a process has only one of: its subscriber, its
//! recorder, its panic hook.

use std::process::{Command, Output};

/// Runs an ignored test of this very binary alone, with these variables, and gives what it wrote.
/// `test` is its whole path (`levels::process_that_sets`). Fails where that test fails, or where
/// there is no such test.
#[track_caller]
#[must_use]
pub fn in_own_process(test: &str, variables: &[(&str, &str)]) -> Output {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let written = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && written.contains("1 passed"), "{written}{errors}");
    output
}

//! The reader of profiles that most people use: `go tool pprof`.

use std::path::Path;
use std::process::Command;

/// What it says of a file.
#[track_caller]
pub fn read(arguments: &[&str], file: &Path) -> String {
    let output = Command::new("go").args(["tool", "pprof"]).args(arguments).arg(file).output();
    let output = output.expect("go is missing: scripts/setup installs it");
    let [said, complaints] =
        [output.stdout, output.stderr].map(|text| String::from_utf8(text).expect("text"));
    assert!(output.status.success(), "{complaints}");
    said
}

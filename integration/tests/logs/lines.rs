//! What the wordy service said, found in files again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use actuator_integration::{Service, wait};

/// The numbers of all whole lines of a text that the service said, in order. A torn line is a failed test.
#[track_caller]
pub(crate) fn numbers(text: &str) -> Vec<u64> {
    let said = text.lines().filter(|line| line.contains("wordy::voice"));
    said.map(|line| {
        assert!(line.starts_with("20") && line.contains("text="), "a torn line: {line:?}");
        let (_, rest) =
            line.split_once(" said ").unwrap_or_else(|| panic!("a torn line: {line:?}"));
        rest.split(' ').next().and_then(|number| number.parse().ok()).expect("a number")
    })
    .collect()
}

/// The same where a line may be torn: at the end of what was copied, or where a disk became full.
#[track_caller]
pub(crate) fn whole_numbers(text: &str) -> Vec<u64> {
    let is_whole = |line: &&str| line.contains(" said ") && line.ends_with('"');
    let lines = || text.lines().filter(|line| line.contains("wordy::voice"));
    let torn = lines().filter(|line| !is_whole(line)).count();
    assert!(torn <= 1, "{torn} torn lines");
    numbers(&lines().filter(is_whole).collect::<Vec<_>>().join("\n"))
}

/// The text of a file, which may be compressed, or gone.
pub(crate) fn read(path: &Path) -> String {
    if path.extension().is_some_and(|extension| extension == "gz") {
        let output = Command::new("gzip").arg("-dc").arg(path).output().expect("gzip runs");
        assert!(output.status.success(), "{}: {output:?}", path.display());
        return String::from_utf8(output.stdout).expect("text");
    }
    fs::read_to_string(path).unwrap_or_default()
}

/// All files of a folder whose names begin like this, sorted.
pub(crate) fn files(folder: &Path, start: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").filter_map(Result::ok);
    let paths = entries.map(|entry| entry.path());
    let name = |path: &PathBuf| path.file_name().and_then(|name| name.to_str()).map(str::to_owned);
    let mut files: Vec<_> =
        paths.filter(|path| name(path).is_some_and(|name| name.starts_with(start))).collect();
    files.sort();
    files
}

/// Waits until a file holds the line of this number.
#[track_caller]
pub(crate) fn await_line(path: &Path, number: u64) {
    wait::until(&format!("{} holds line {number}", path.display()), || {
        numbers(&read(path)).contains(&number).then_some(())
    });
}

/// Has the service log all the time while `work` is done, numbered from 0, and gives how many lines it were.
#[track_caller]
pub(crate) fn while_logging(service: &Service, work: impl FnOnce()) -> u64 {
    let (ended, next) = (AtomicBool::new(false), AtomicU64::new(0));
    thread::scope(|scope| {
        scope.spawn(|| {
            while !ended.load(Ordering::Relaxed) {
                service.log_lines(next.fetch_add(50, Ordering::Relaxed), 50);
                // A pace that a slow machine keeps up with.
                thread::sleep(Duration::from_millis(2));
            }
        });
        // However it goes, the other thread has to end.
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        ended.store(true, Ordering::Relaxed);
        if let Err(panic) = outcome {
            std::panic::resume_unwind(panic);
        }
    });
    next.into_inner()
}

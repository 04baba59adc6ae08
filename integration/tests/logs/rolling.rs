//! The service rolls its log file itself, alone and beside another process.

use std::path::Path;

use actuator_integration::service::ServiceBuilder;
use actuator_integration::{Folder, Service, wait};

use crate::lines::{await_line, files, numbers, read};

fn service(log: &Path) -> ServiceBuilder {
    Service::wordy()
        .setting("logging.file.name", &log.display().to_string())
        .setting("logging.logback.rollingpolicy.max-file-size", "16KB")
}

/// All numbers in all files, sorted.
fn numbers_of(folder: &Folder) -> Vec<u64> {
    let files = files(folder.path(), "app.log");
    let mut all: Vec<u64> = files.iter().flat_map(|path| numbers(&read(path))).collect();
    all.sort_unstable();
    all
}

/// All numbers in all files, sorted, once everything is compressed.
fn all_numbers(folder: &Folder) -> Vec<u64> {
    wait::until("all archives are compressed", || {
        let archives = files(folder.path(), "app.log.20");
        let all = archives.iter().all(|path| path.extension().is_some_and(|end| end == "gz"));
        all.then_some(())
    });
    numbers_of(folder)
}

#[test]
fn a_full_file_becomes_a_compressed_archive_and_numbers_go_on_after_a_restart() {
    let folder = Folder::new("rolling");
    let log = folder.path().join("app.log");
    let mut counts = Vec::new();
    for round in 0..2 {
        let service = service(&log).start();
        service.log_lines(round * 1_000, 1_000);
        await_line(&log, round * 1_000 + 999);
        service.stop();
        counts.push(files(folder.path(), "app.log.").len());
    }
    // What the first left uncompressed when it ended, the second compresses.
    let service = service(&log).start();
    assert_eq!(all_numbers(&folder), (0..2_000).collect::<Vec<_>>());
    assert!(counts[0] > 5 && counts[1] > 2 * counts[0] - 3, "{counts:?}");
    for path in files(folder.path(), "app.log") {
        assert!(read(&path).len() <= 16 * 1024, "{}", path.display());
    }
    service.stop();
}

/// Archives of days that are long over, not compressed yet, and a file that the pattern does not name.
fn put_old_archives(folder: &Folder) {
    for name in ["app.log.2020-02-29.0", "app.log.2020-02-29.1", "app.log.2020-03-01.0"] {
        std::fs::write(folder.path().join(name), "old").expect("a file");
    }
    std::fs::write(folder.path().join("app.log.of-somebody-else"), "old").expect("a file");
}

fn old_archives(folder: &Folder) -> usize {
    files(folder.path(), "app.log.2020-").len()
}

#[test]
fn archives_of_days_before_the_history_go_when_the_file_is_rolled_or_at_the_start_if_that_is_set() {
    for (history, cleans_at_start) in [("2", false), ("2", true), ("0", false)] {
        let folder = Folder::new(&format!("rolling-history-{history}-{cleans_at_start}"));
        let log = folder.path().join("app.log");
        put_old_archives(&folder);
        let service = service(&log)
            .setting("logging.logback.rollingpolicy.max-history", history)
            .setting(
                "logging.logback.rollingpolicy.clean-history-on-start",
                &cleans_at_start.to_string(),
            )
            .start();
        if cleans_at_start {
            wait::until("old archives go at the start", || {
                (old_archives(&folder) == 0).then_some(())
            });
        } else {
            // The start has looked at them, then.
            assert_eq!(all_numbers(&folder), [0; 0]);
            assert_eq!(old_archives(&folder), 3, "nothing was rolled yet");
        }
        service.log_lines(0, 1_000);
        await_line(&log, 999);
        let left = if history == "0" { 3 } else { 0 };
        wait::until("the history is as long as it may be", || {
            (old_archives(&folder) == left).then_some(())
        });
        // Today's are within any history.
        assert_eq!(all_numbers(&folder), (0..1_000).collect::<Vec<_>>());
        assert!(folder.path().join("app.log.of-somebody-else").exists());
        service.stop();
    }
}

#[test]
fn the_oldest_archives_go_when_all_together_are_larger_than_the_cap() {
    const CAP: u64 = 64 * 1024;
    let folder = Folder::new("rolling-cap");
    let log = folder.path().join("app.log");
    let pattern = "${LOG_FILE}.%d{yyyy-MM-dd}.%i";
    let service = service(&log)
        .setting("logging.logback.rollingpolicy.file-name-pattern", pattern)
        .setting("logging.logback.rollingpolicy.total-size-cap", "64KB")
        .start();
    service.log_lines(0, 2_000);
    await_line(&log, 1_999);
    let sizes = || -> Vec<u64> {
        let archives = files(folder.path(), "app.log.");
        archives.iter().filter_map(|path| Some(path.metadata().ok()?.len())).collect()
    };
    wait::until("the archives are within the cap", || {
        (sizes().iter().sum::<u64>() <= CAP).then_some(())
    });
    assert!(
        sizes().iter().sum::<u64>() > CAP - 2 * 16 * 1024,
        "no more than needed: {:?}",
        sizes()
    );
    let left = numbers_of(&folder);
    // What is left is the newest, without a gap.
    let first = left[0];
    assert!(first > 0, "{} lines are left", left.len());
    assert_eq!(left, (first..2_000).collect::<Vec<_>>());
    service.stop();
}

#[test]
fn two_processes_that_share_a_file_keep_each_other_s_archives() {
    let folder = Folder::new("rolling-shared");
    let log = folder.path().join("app.log");
    let services = [service(&log).start(), service(&log).start()];
    std::thread::scope(|scope| {
        for (first, service) in (0..).step_by(10_000).zip(&services) {
            scope.spawn(move || {
                for round in 0..20 {
                    service.log_lines(first + round * 100, 100);
                }
            });
        }
    });
    let wanted: Vec<u64> = (0..2_000).chain(10_000..12_000).collect();
    wait::until("everything is written", || {
        (all_numbers(&folder).len() >= wanted.len()).then_some(())
    });
    assert_eq!(all_numbers(&folder), wanted);
    for service in services {
        service.stop();
    }
}

#[test]
fn what_an_archive_may_be_called_is_said_where_it_is_refused() {
    let folder = Folder::new("rolling-refused");
    let log = folder.path().join("app.log").display().to_string();
    let output = std::process::Command::new(actuator_integration::build_directory().join("wordy"))
        .arg(format!("--logging.file.name={log}"))
        .arg("--logging.logback.rollingpolicy.file-name-pattern=app.%d{MM}.%i")
        .output()
        .expect("the service is built");
    assert!(!output.status.success());
    let text = String::from_utf8_lossy(&output.stderr).into_owned()
        + &String::from_utf8_lossy(&output.stdout);
    for part in ["rollingpolicy.file-name-pattern", "%d{yyyy-MM-dd_HH}", "%i"] {
        assert!(text.contains(part), "{text}");
    }
}

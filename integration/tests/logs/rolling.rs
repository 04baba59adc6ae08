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

/// All numbers in all files, sorted, once everything is compressed.
fn all_numbers(folder: &Folder) -> Vec<u64> {
    wait::until("all archives are compressed", || {
        let archives = files(folder.path(), "app.log.");
        let all = archives.iter().all(|path| path.extension().is_some_and(|end| end == "gz"));
        all.then_some(())
    });
    let mut all: Vec<u64> =
        files(folder.path(), "app.log").iter().flat_map(|path| numbers(&read(path))).collect();
    all.sort_unstable();
    all
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

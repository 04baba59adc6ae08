//! The real logrotate takes the file away, or copies and truncates it, while the service writes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use actuator_integration::{Folder, Service, http};

use crate::lines::{await_line, files, numbers, read, while_logging, whole_numbers};

/// Rotates one log file, as cron does every night.
struct Logrotate {
    folder: Folder,
}

impl Logrotate {
    fn new(options: &str) -> Self {
        let folder = Folder::new("logrotate");
        let log = folder.path().join("logs/app.log");
        fs::create_dir(folder.path().join("logs")).expect("a new folder");
        folder.write(
            "logrotate.conf",
            &format!("{} {{\n  rotate 99\n  missingok\n  {options}\n}}\n", log.display()),
        );
        Self { folder }
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("logs/app.log")
    }

    /// A service that writes the file and leaves it to logrotate.
    #[track_caller]
    fn service(&self) -> Service {
        Service::wordy()
            .setting("logging.file.name", &self.log().display().to_string())
            .setting("actuator.logging.file.rolling.enabled", "false")
            .setting("logging.console.enabled", "true")
            .start()
    }

    #[track_caller]
    fn run(&self) {
        let state = self.folder.path().join("state");
        let output = Command::new("/usr/sbin/logrotate")
            .arg("--force")
            .arg("--state")
            .arg(state)
            .arg(self.folder.path().join("logrotate.conf"))
            .output()
            .unwrap_or_else(|error| panic!("logrotate: {error}. Try: apt-get install logrotate"));
        assert!(output.status.success(), "{output:?}");
    }

    /// The numbers in all files together, from the oldest: that of the greatest number.
    fn numbers(&self) -> Vec<u64> {
        let mut all = files(&self.folder.path().join("logs"), "app.log");
        all.sort_by_key(|path| std::cmp::Reverse(age(path)));
        all.iter().flat_map(|path| whole_numbers(&read(path))).collect()
    }
}

/// 12 of `app.log.12.gz`, 0 of `app.log`.
fn age(path: &Path) -> u32 {
    let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
    let number = name.trim_end_matches(".gz").trim_start_matches("app.log.");
    number.parse().unwrap_or(0)
}

/// The last part of what the endpoint serves.
#[track_caller]
fn tail(service: &Service) -> String {
    let url = format!("{}/actuator/logfile", service.url());
    let answer = http::get(&url, &[("Range", "bytes=-20000"), ("Accept", "text/plain")]);
    assert!(matches!(answer.status, 200 | 206), "{answer:?}");
    answer.body
}

/// Rotates `times` while the service logs, and waits each time until the new file is in use.
#[track_caller]
fn rotate_while_logging(logrotate: &Logrotate, service: &Service, times: u32) -> u64 {
    while_logging(service, || {
        for _ in 0..times {
            let written = || !whole_numbers(&read(&logrotate.log())).is_empty();
            actuator_integration::wait::until("the file is in use", || written().then_some(()));
            logrotate.run();
        }
    })
}

#[test]
fn a_file_that_logrotate_moves_away_loses_and_doubles_no_line() {
    for options in ["create", "create\n  compress\n  delaycompress", "nocreate"] {
        let logrotate = Logrotate::new(options);
        let service = logrotate.service();
        let count = rotate_while_logging(&logrotate, &service, 5);
        await_line(&logrotate.log(), count - 1);
        let wanted: Vec<u64> = (0..count).collect();
        assert!(logrotate.numbers() == wanted, "{options}: {:?}", logrotate.numbers());
        // Moved while all is quiet: the next line begins a new file, which is the one that is served.
        logrotate.run();
        service.log_lines(count, 1);
        await_line(&logrotate.log(), count);
        assert_eq!(numbers(&tail(&service)), [count], "{options}");
        assert_eq!(
            age(files(&logrotate.folder.path().join("logs"), "app.log.").last().unwrap()),
            6
        );
        service.stop();
    }
}

#[test]
fn a_file_that_logrotate_copies_and_truncates_goes_on_at_its_beginning() {
    let logrotate = Logrotate::new("copytruncate");
    let service = logrotate.service();
    // Quiet: nothing is lost.
    for round in 0..3 {
        service.log_lines(round * 100, 100);
        await_line(&logrotate.log(), round * 100 + 99);
        logrotate.run();
    }
    assert_eq!(logrotate.numbers(), (0..300).collect::<Vec<_>>());
    service.log_lines(300, 1);
    await_line(&logrotate.log(), 300);
    assert_eq!(numbers(&tail(&service)), [300]);
    // No hole at the beginning, as a file without O_APPEND has it.
    assert!(fs::read(logrotate.log()).unwrap().starts_with(b"20"));
    service.stop();
}

#[test]
fn copying_and_truncating_while_the_service_writes_loses_only_what_logrotate_says_it_may() {
    let logrotate = Logrotate::new("copytruncate");
    let service = logrotate.service();
    let count = rotate_while_logging(&logrotate, &service, 5);
    service.log_lines(count, 1);
    await_line(&logrotate.log(), count);
    let numbers = logrotate.numbers();
    // Lines between its copy and its truncation are gone; none is there twice, none out of order, none torn but the
    // one that its copy ends in.
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    assert!(numbers.len() as u64 > count / 2, "{} of {count}", numbers.len());
    service.stop();
}

//! The file system of the log is full: a small tmpfs of the service's own.

use std::fs;
use std::path::PathBuf;

use actuator_integration::{Folder, Service, wait};

use crate::lines::{read, whole_numbers};

/// Becomes the service, in a space of mounts of its own with a small file system at the folder. Needs no rights where
/// user namespaces are allowed, as they are in Debian.
const STARTER: &str = "mount -t tmpfs -o size=256k,mode=0755 tmpfs \"$0\" && exec \"$@\"";

#[test]
fn a_service_whose_disk_is_full_goes_on_says_so_and_writes_again_when_there_is_room() {
    let folder = Folder::new("full-disk");
    let path = folder.path().display().to_string();
    let service = Service::wordy()
        .started_by(&["unshare", "--map-root-user", "--mount", "sh", "-c", STARTER, &path])
        .setting("logging.file.name", &format!("{path}/app.log"))
        .setting("actuator.logging.file.rolling.enabled", "false")
        .start();
    // The folder as the service sees it.
    let inside = PathBuf::from(format!("/proc/{}/root{path}", service.id()));
    let filler = inside.join("filler");
    fs::write(&filler, vec![0; 128 * 1024]).expect("room for a file");
    service.log_lines(0, 3_000);
    let says = |word: &str| {
        wait::until(&format!("the console says {word:?}"), || {
            service.log().iter().any(|line| line.contains(word)).then_some(())
        });
    };
    says("no lines can be written to the file");
    assert_eq!(service.get("/actuator/health/liveness").status, 200);
    let dropped = || {
        let answer = service.get("/actuator/metrics/logging.dropped?tag=sink:file");
        answer.json()["measurements"][0]["value"].as_f64().unwrap_or_default()
    };
    wait::until("lines are counted as dropped", || (dropped() > 0.0).then_some(()));
    // All that was logged is on the console nevertheless.
    wait::until("the console has the last line", || {
        service.log().iter().any(|line| line.contains("said 2999 times")).then_some(())
    });
    fs::remove_file(&filler).expect("the filler goes");
    service.log_lines(10_000, 1);
    says("lines can be written to the file");
    service.log_lines(10_001, 10);
    let log = inside.join("app.log");
    wait::until("the file goes on", || whole_numbers(&read(&log)).contains(&10_010).then_some(()));
    let text = read(&log);
    let numbers = whole_numbers(&text);
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    assert!(numbers.first() == Some(&0) && numbers.contains(&10_001), "{numbers:?}");
    let written = u32::try_from(numbers.len()).expect("not many");
    assert!(dropped() + f64::from(written) >= 3_011.0, "what is not there was counted");
    service.stop();
}

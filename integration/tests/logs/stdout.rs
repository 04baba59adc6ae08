//! A standard output that nobody reads, or that is closed.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use actuator_integration::{Folder, build_directory, http, wait};

use crate::lines::read;

/// A service whose standard output is a pipe that nobody reads from. It is killed with its value.
struct Unread {
    child: Child,
    url: String,
}

impl Unread {
    #[track_caller]
    fn start(log: &Path) -> Self {
        let child = Command::new(build_directory().join("wordy"))
            .env_clear()
            .current_dir(std::env::temp_dir())
            .args(["--server.port=0", "--server.address=127.0.0.1"])
            .arg(format!("--logging.file.name={}", log.display()))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("make build");
        let url = wait::until("the file says where the service listens", || {
            let text = read(log);
            let (_, rest) = text.split_once("listening on ")?;
            rest.split(' ').next().map(str::to_owned)
        });
        Self { child, url }
    }

    #[track_caller]
    fn log(&self, first: u64, count: u64) {
        let url = format!("{}/say/{first}/{count}/100", self.url);
        let answer = http::send("POST", &url, &[], None);
        assert_eq!(answer.map(|answer| answer.status), Some(204));
    }

    /// Ends it as an operator does; it has to end by itself.
    #[track_caller]
    fn stop(&mut self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").arg(id).status().expect("kill runs").success());
        let status = wait::until("the service ends", || self.child.try_wait().expect("a child"));
        assert!(status.success(), "{status}");
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn an_output_that_nobody_reads_holds_up_neither_the_service_nor_the_file_nor_the_end() {
    let folder = Folder::new("stdout-full");
    let log = folder.path().join("app.log");
    let mut service = Unread::start(&log);
    // A pipe holds 64 KiB, the queue one MiB.
    for round in 0..20 {
        service.log(round * 1_000, 1_000);
    }
    let metric = format!("{}/actuator/metrics/logging.dropped?tag=sink:console", service.url);
    wait::until("lines for the console are dropped", || {
        let value = http::get(&metric, &[]).json()["measurements"][0]["value"].as_f64();
        value.filter(|count| *count > 0.0)
    });
    wait::until("the file has the last line", || {
        read(&log).contains("said 19999 times").then_some(())
    });
    service.stop();
}

#[test]
fn an_output_that_is_closed_is_nothing_to_the_service() {
    let folder = Folder::new("stdout-closed");
    let log = folder.path().join("app.log");
    let mut service = Unread::start(&log);
    drop(service.child.stdout.take());
    service.log(0, 10);
    wait::until("the file tells of it", || {
        read(&log).contains("no lines can be written to the standard output").then_some(())
    });
    service.log(10, 10);
    wait::until("the file goes on", || read(&log).contains("said 19 times").then_some(()));
    service.stop();
}

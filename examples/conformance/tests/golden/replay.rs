//! Replays what a real Spring Boot application answered. A difference has to stand in
//! `docs/differences.md`; what stands there has to be true.

use std::collections::BTreeMap;

use crate::support::{
    application::Application,
    comparison::{self, Mismatch},
    differences::Differences,
    plan,
    recording::{self, Recording},
    rules,
    runs::{ABSENT, CHANGED_SINCE_2_7, NOT_FOLLOWED, RUNS, RUNS_2_7, Run},
    wire,
};

/// What became of the recordings of one endpoint and version.
#[derive(Default)]
struct Count {
    total: usize,
    alike: usize,
    listed: usize,
    absent: usize,
}

struct Replay {
    differences: Differences,
    counts: BTreeMap<(&'static str, String), Count>,
    unlisted: Vec<String>,
}

#[test]
fn every_recorded_answer_is_given_alike_or_its_difference_is_listed() {
    let mut replay =
        Replay { differences: Differences::read(), counts: BTreeMap::new(), unlisted: Vec::new() };
    for (version, runs) in [("4.1.0", RUNS), ("3.5.14", RUNS), ("2.7.18", RUNS_2_7)] {
        for run in runs {
            replay.run(version, run);
        }
    }
    replay.report();
    let stale = replay.differences.stale();
    assert!(
        replay.unlisted.is_empty() && stale.is_empty(),
        "{} differences are not listed:\n{}\n{}",
        replay.unlisted.len(),
        replay.unlisted.join("\n"),
        stale.join("\n")
    );
}

#[test]
fn every_folder_of_recordings_is_replayed_or_named_with_the_reason_why_not() {
    let left_out = [NOT_FOLLOWED, &["startup-failures"]].concat();
    let changed = [NOT_FOLLOWED, CHANGED_SINCE_2_7].concat();
    for (version, runs, left_out) in
        [("4.1.0", RUNS, &left_out), ("3.5.14", RUNS, &left_out), ("2.7.18", RUNS_2_7, &changed)]
    {
        let folders = recording::folder().join(format!("boot-{version}"));
        let folders = std::fs::read_dir(folders).unwrap().map(|entry| entry.unwrap().file_name());
        let mut folders: Vec<String> =
            folders.map(|folder| folder.into_string().unwrap()).collect();
        folders.sort();
        for folder in folders {
            let replayed = runs.iter().any(|run| run.folders.contains(&folder.as_str()));
            assert!(
                replayed != left_out.contains(&folder.as_str()),
                "boot-{version}/{folder} has to be in a run, or in a list of those that are not \
                 replayed, and in one of them only"
            );
        }
    }
}

#[test]
fn what_is_named_as_absent_does_not_exist() {
    let application = Application::start("absent", true, &[]);
    for id in ABSENT {
        let request = recording::Request::get(&format!("/actuator/{id}"));
        let answer = wire::send(application.address, &request).unwrap();
        assert_eq!(answer.status, 404, "{id} exists: take it out of ABSENT and replay it");
    }
}

impl Replay {
    fn run(&mut self, version: &'static str, run: &Run) {
        let recordings = run.recordings(version);
        if recordings.is_empty() {
            return;
        }
        let name = format!("{version}-{}-{}", run.folders.join("-"), run.only.join(""));
        let application = Application::start_with(&name, run.with_file, run.settings, run.files);
        for target in run.first {
            wire::send(application.address, &recording::Request::get(target)).unwrap();
        }
        for recording in recordings {
            self.replay(version, &application, &recording);
        }
    }

    fn replay(&mut self, version: &'static str, application: &Application, recording: &Recording) {
        let endpoint = rules::endpoint(&recording.request.target);
        let count = self.counts.entry((version, heading(recording))).or_default();
        count.total += 1;
        if ABSENT.contains(&endpoint) {
            count.absent += 1;
            return;
        }
        plan::prepare(application, recording);
        let address = if recording.is_for_management_port() {
            application.management
        } else {
            application.address
        };
        let mismatches = match wire::send(address, &recording.request) {
            Ok(answer) => comparison::compare(recording, &answer),
            Err(error) => {
                vec![Mismatch { aspect: "connection".to_owned(), what: error.to_string() }]
            }
        };
        let case = recording.short_id();
        let unlisted: Vec<String> = mismatches
            .iter()
            .filter(|mismatch| !self.differences.has(case, mismatch))
            .map(|mismatch| format!("{case}: {}: {}", mismatch.aspect, mismatch.what))
            .collect();
        match (mismatches.is_empty(), unlisted.is_empty()) {
            (true, _) => count.alike += 1,
            (false, true) => count.listed += 1,
            (false, false) => self.unlisted.extend(unlisted),
        }
    }

    fn report(&self) {
        println!(
            "{:<8} {:<16} {:>11} {:>7} {:>6}",
            "version", "endpoint", "alike/total", "listed", "absent"
        );
        let mut sum = Count::default();
        for ((version, endpoint), count) in &self.counts {
            line(version, endpoint, count);
            sum.total += count.total;
            sum.alike += count.alike;
            sum.listed += count.listed;
            sum.absent += count.absent;
        }
        line("all", "", &sum);
    }
}

/// Under which name a recording is counted: its folder, or in a run with settings of its own the
/// endpoint that it asks.
fn heading(recording: &Recording) -> String {
    match recording.id.split('/').nth(1) {
        Some(folder) if !folder.starts_with("run-") => folder.to_owned(),
        _ => match rules::endpoint(&recording.request.target) {
            "nosuch" => "index".to_owned(),
            endpoint => endpoint.to_owned(),
        },
    }
}

fn line(version: &str, endpoint: &str, count: &Count) {
    let ratio = format!("{}/{}", count.alike, count.total - count.absent);
    println!("{version:<8} {endpoint:<16} {ratio:>11} {:>7} {:>6}", count.listed, count.absent);
}

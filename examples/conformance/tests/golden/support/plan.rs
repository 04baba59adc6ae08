//! In which order recordings are replayed, and what comes before each.

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use super::{
    application::{Application, DEADLINE},
    recording::{Recording, Request, read_folder},
    runs::Run,
    wire,
};

/// Changes of levels in an order in which each starts from the level that it was recorded at; the
/// `…-then-get` of each follows it.
const LOGGERS: &[&str] = &[
    "post-debug",
    "post-info",
    "post-lower",
    "post-mixed",
    "post-fatal",
    "post-false",
    "post-boolean-false",
    "post-off",
    "post-number",
    "post-trace",
    "post-bad-level",
    "post-null",
    "post-empty-level",
    "post-empty-object",
    "post-unknown-key",
    "post-extra-key",
    "post-nested",
    "post-list",
    "post-array-body",
    "post-string-body",
    "post-empty-body",
    "post-no-content-length",
    "post-null-body",
    "post-malformed",
    "post-single-quotes",
    "post-comment",
    "post-trailing-garbage",
    "post-duplicate-key",
    "post-no-content-type",
    "post-no-content-type-no-body",
    "post-no-content-type-zero-length",
    "post-text-plain",
    "post-form",
    "post-v2",
    "post-v3",
    "post-json-charset",
    "post-vendor-json",
    "post-bad-content-type",
    "post-query-level",
    "post-query-over-body",
    "post-unknown-logger",
    "post-group",
    "post-group-member",
    "post-group-reset",
    "post-group-reset-member",
    "get-after-group",
    "post-group-web",
    "post-group-web-reset",
    "post-root-warn",
    "child-after-root-warn",
    "post-root-null",
    "post-root-info",
];

/// Changes of features, in the order in which they were recorded: what comes later finds them.
const FEATURES: &[&str] = &[
    "write-number",
    "write-by-query",
    "write-selector-in-body",
    "write-selector-in-query",
    "delete-ok",
    "delete-again",
    "delete-query",
];

/// Standard battery: its order matters where answers show the requests before them.
const BATTERY: &[&str] = &[
    "get",
    "get-accept-any",
    "get-accept-json",
    "get-accept-v3",
    "get-accept-v2",
    "get-accept-v1",
    "get-accept-html",
    "get-accept-text",
    "get-accept-octet",
    "get-accept-browser",
    "get-accept-q",
    "get-accept-bad",
    "head",
    "options",
    "method-post",
    "method-put",
    "method-patch",
    "method-delete",
    "trailing-slash",
    "unknown-query",
];

impl Run {
    /// The recordings of one version, in the order of their replay.
    pub fn recordings(&self, version: &str) -> Vec<Recording> {
        let mut all: Vec<Recording> = self
            .folders
            .iter()
            .map(|folder| format!("boot-{version}/{folder}"))
            .filter(|folder| super::recording::folder().join(folder).is_dir())
            .flat_map(|folder| read_folder(&folder))
            .filter(|recording| {
                let case = recording.case();
                self.only.is_empty() || self.only.iter().any(|start| case.starts_with(start))
            })
            .collect();
        all.sort_by_cached_key(order);
        all
    }
}

/// Battery first, then by name, then what changes the state of the whole application, and what shows
/// who was turned away before.
fn order(recording: &Recording) -> (usize, usize, String) {
    let case = recording.case();
    if ["auditevents-user", "auditevents-admin", "httpexchanges-user", "httpexchanges-admin"]
        .contains(&case)
    {
        return (3, 0, case.to_owned());
    }
    // Sessions that are shown have to be there.
    if ["delete", "one-after-delete"].contains(&case) {
        return (2, 0, case.to_owned());
    }
    if let Some(at) = BATTERY.iter().position(|battery| *battery == case) {
        return (0, at, String::new());
    }
    // The steps of the start are there until somebody takes them away.
    if recording.id.contains("/startup/") && ["get-again", "post"].contains(&case) {
        return (0, BATTERY.len(), case.to_owned());
    }
    let change = case.strip_suffix("-then-get").unwrap_or(case);
    match LOGGERS.iter().chain(FEATURES).position(|post| *post == change) {
        Some(at) => (2, at, case.to_owned()),
        None => (1, 0, case.to_owned()),
    }
}

/// Brings the application into the state in which the recording was made.
pub fn prepare(application: &Application, recording: &Recording) {
    let folder = recording.id.split('/').nth(1).unwrap_or_default();
    match folder {
        "health" => prepare_health(application, recording.case()),
        "logfile" => prepare_file(application, recording),
        "scheduledtasks" => await_tasks(application),
        "sessions" if recording.case() == "one-after-delete" => {
            let mut delete = Request::get(&recording.request.target);
            "DELETE".clone_into(&mut delete.method);
            wire::send(application.address, &delete).unwrap();
        }
        "run-cache" => {
            if recording.case() == "health-cached" {
                switch(application, "/ctl/health?mode=up");
                switch(application, "/actuator/health");
            }
            switch(application, "/ctl/health?mode=down");
        }
        "run-defaults" | "run-error-messages" => {
            let mode = match recording.case() {
                "health-down" => "down",
                "health-throws" => "throw",
                _ => "up",
            };
            switch(application, &format!("/ctl/health?mode={mode}"));
        }
        "run-security-basic" => {
            // What was recorded just before, which the answer shows.
            let before: &[&str] = match recording.case() {
                "cors-user" => &["loggers-post-admin"],
                "httpexchanges-admin" => &["loggers-post-admin", "cors-user", "app-user"],
                _ => &[],
            };
            for case in before {
                let before = Recording::read(&format!("boot-4.1.0/{folder}/{case}"));
                wire::send(application.address, &before.request).unwrap();
            }
        }
        "httpexchanges" if recording.case() == "seq-2-post" => {
            let first = Request::get("/hello?name=a%20b&x=1")
                .with_header("Accept", "application/json")
                .with_header("User-Agent", "probe/1")
                .with_header("X-Many", "1")
                .with_header("X-Many", "2")
                .with_header("X-Forwarded-For", "10.1.2.3");
            wire::send(application.address, &first).unwrap();
        }
        _ => {}
    }
}

fn prepare_health(application: &Application, case: &str) {
    let mode = match case.strip_prefix("mode-") {
        Some(rest) => {
            let modes = [
                "bare",
                "down",
                "exception",
                "fatal",
                "null",
                "out-of-service",
                "out_of_service",
                "throw",
                "unknown",
                "up",
            ];
            modes.into_iter().find(|mode| rest.starts_with(mode)).expect("a known mode")
        }
        None if case.starts_with("description-") => "description",
        None => "up",
    };
    switch(application, &format!("/ctl/health?mode={mode}"));
    let ready = if case.starts_with("refusing-") { "refusing" } else { "accepting" };
    switch(application, &format!("/ctl/ready?state={ready}"));
    let live = if case.starts_with("broken-") { "broken" } else { "correct" };
    switch(application, &format!("/ctl/live?state={live}"));
}

fn prepare_file(application: &Application, recording: &Recording) {
    let file = application.file("external.log");
    // Whatever the case before left there.
    let _ = fs::remove_file(&file);
    let _ = fs::remove_dir(&file);
    match recording.case().split('-').next().unwrap_or_default() {
        "f26" => fs::write(&file, "abcdefghijklmnopqrstuvwxyz").unwrap(),
        "f0" => fs::write(&file, "").unwrap(),
        "fbin" => fs::write(&file, b"gr\xc3\xbc\xc3\x9f\n\xff\xfe bad\n").unwrap(),
        "directory" => fs::create_dir(&file).unwrap(),
        _ => {}
    }
}

/// Tasks begin once the service is ready, which is a moment after it listens.
fn await_tasks(application: &Application) {
    let tasks = Request::get("/actuator/scheduledtasks");
    let start = Instant::now();
    loop {
        let body = wire::send(application.address, &tasks).unwrap().body;
        if String::from_utf8_lossy(&body).contains("nextExecution") {
            return;
        }
        assert!(start.elapsed() < DEADLINE, "no task is due: {}", String::from_utf8_lossy(&body));
        thread::sleep(Duration::from_millis(5));
    }
}

fn switch(application: &Application, target: &str) {
    wire::send(application.address, &Request::get(target)).unwrap();
}

//! Which recordings are replayed, with which settings, in which order, and what comes before.

use std::fs;

use super::{
    application::Application,
    recording::{Recording, Request, read_folder},
    wire,
};

/// One start of the application, and the folders that are replayed against it.
pub struct Run {
    /// Folders below `boot-<version>/`; several are replayed one after the other.
    pub folders: &'static [&'static str],
    /// Only cases that start with one of these; all of them if empty.
    pub only: &'static [&'static str],
    pub settings: &'static [&'static str],
    /// Whether `actuator.toml` counts.
    pub with_file: bool,
    /// Requests that come first.
    pub first: &'static [&'static str],
}

const RUN: Run = Run { folders: &[], only: &[], settings: &[], with_file: true, first: &[] };
const LOG: &str = "logging.file.name={folder}/app.log";

/// What the meters of the recordings had seen.
const TRAFFIC: &[&str] = &[
    "/hello",
    "/hello",
    "/hello",
    "/hello",
    "/hello",
    "/users/1",
    "/boom",
    "/nowhere",
    "/moved",
    "/ctl/health?mode=up",
];

/// The runs; those of Spring Boot 4.1 with the settings that the recordings name.
pub const RUNS: &[Run] = &[
    Run { folders: &["index"], settings: &[LOG], ..RUN },
    Run { folders: &["health"], ..RUN },
    Run { folders: &["info"], ..RUN },
    Run { folders: &["env"], ..RUN },
    Run { folders: &["metrics"], first: TRAFFIC, ..RUN },
    Run { folders: &["loggers"], ..RUN },
    Run {
        folders: &["logfile"],
        only: &["get", "head", "method-", "options", "range-", "trailing-", "unknown-"],
        settings: &[LOG],
        ..RUN
    },
    Run {
        folders: &["logfile"],
        only: &["directory-", "f0-", "f26-", "fbin-", "missing-"],
        settings: &[LOG, "management.endpoint.logfile.external-file={folder}/external.log"],
        ..RUN
    },
    Run { folders: &["logfile"], only: &["unconfigured-"], ..RUN },
    Run { folders: &["threaddump"], ..RUN },
    Run { folders: &["httpexchanges"], ..RUN },
    Run { folders: &["beans"], ..RUN },
    Run { folders: &["shutdown"], ..RUN },
    Run {
        folders: &["run-access"],
        settings: &[
            LOG,
            "management.endpoint.loggers.access=read-only",
            "management.endpoint.shutdown.access=read-only",
            "management.endpoint.env.access=none",
        ],
        ..RUN
    },
    Run {
        folders: &["run-access-max-permitted"],
        settings: &[
            LOG,
            "management.endpoints.access.max-permitted=read-only",
            "management.endpoint.loggers.access=unrestricted",
        ],
        ..RUN
    },
    Run {
        folders: &["run-access-default-none"],
        settings: &[
            "management.endpoints.access.default=none",
            "management.endpoint.info.access=read-only",
            "management.endpoint.loggers.access=unrestricted",
            "management.endpoint.shutdown.access=none",
        ],
        ..RUN
    },
    Run {
        folders: &["run-exposure"],
        settings: &[
            "management.endpoints.web.exposure.include=health,info,http-exchanges,loggers,nosuch",
            "management.endpoints.web.exposure.exclude=info",
        ],
        ..RUN
    },
    Run {
        folders: &["run-discovery-off"],
        settings: &["management.endpoints.web.discovery.enabled=false"],
        ..RUN
    },
    Run { folders: &["run-defaults"], with_file: false, ..RUN },
    Run {
        folders: &["run-cache"],
        settings: &[
            "management.endpoint.health.cache.time-to-live=10s",
            "management.endpoint.health.show-details=never",
            "management.endpoint.health.show-components=always",
        ],
        ..RUN
    },
    Run {
        folders: &["run-show-values-never"],
        settings: &[
            LOG,
            "management.endpoint.env.show-values=never",
            "management.endpoint.health.show-details=never",
            "management.endpoint.health.show-components=always",
            "management.info.git.mode=full",
            "management.info.env.enabled=false",
            "management.info.os.enabled=false",
            "management.info.process.enabled=false",
        ],
        ..RUN
    },
    Run {
        folders: &["run-management-port"],
        settings: &[
            LOG,
            "management.server.port=0",
            "management.endpoint.health.group.shallow.additional-path=management:/healthz",
        ],
        first: &["/ctl/health?mode=up"],
        ..RUN
    },
    Run {
        folders: &["run-management-port-base-path"],
        settings: &[
            "management.server.port=0",
            "management.server.base-path=/manage",
            "management.endpoints.web.base-path=/",
            "server.servlet.context-path=/shop",
        ],
        ..RUN
    },
    Run {
        folders: &["run-base-path-manage"],
        settings: &[
            LOG,
            "management.endpoints.web.base-path=/manage/",
            "management.endpoints.web.path-mapping.health=healthcheck",
        ],
        ..RUN
    },
    Run {
        folders: &["run-base-path-root"],
        settings: &[
            "management.endpoints.web.base-path=/",
            "management.endpoints.web.path-mapping.health=healthcheck",
            "management.endpoints.web.path-mapping.metrics=a/b",
        ],
        ..RUN
    },
    Run {
        folders: &["run-base-path-root-management-port"],
        settings: &[
            LOG,
            "management.server.port=0",
            "management.endpoints.web.base-path=/",
            "management.endpoints.web.path-mapping.health=healthcheck",
            "management.endpoints.web.path-mapping.metrics=a/b",
        ],
        ..RUN
    },
    Run {
        folders: &["run-context-path"],
        settings: &["server.servlet.context-path=/shop"],
        first: &["/shop/actuator/nosuch", "/shop/livez", "/shop/actuator/health"],
        ..RUN
    },
    Run {
        folders: &["run-error-messages"],
        settings: &["spring.web.error.include-message=always"],
        ..RUN
    },
    Run {
        folders: &["run-httpexchanges-all"],
        settings: &["management.httpexchanges.recording.include=cookie-headers,\
            authorization-header,time-taken,request-headers,response-headers,remote-address,\
            principal,session-id"],
        ..RUN
    },
    Run {
        folders: &["run-httpexchanges-none"],
        settings: &["management.httpexchanges.recording.include="],
        first: &["/actuator/health"],
        ..RUN
    },
    Run {
        folders: &["run-httpexchanges-request-only"],
        settings: &["management.httpexchanges.recording.include=request-headers,time-taken"],
        first: &["/actuator/health"],
        ..RUN
    },
];

/// The one run of Spring Boot 2.7, for what later versions lack.
pub const RUNS_2_7: &[Run] =
    &[Run { folders: &["httptrace"], settings: &["actuator.compat.httptrace=true"], ..RUN }];

/// Ids of endpoints that do not exist here yet; their recordings are counted and not replayed.
pub const LATER: &[&str] = &[
    "auditevents",
    "caches",
    "conditions",
    "configprops",
    "download",
    "features",
    "flyway",
    "heapdump",
    "integrationgraph",
    "liquibase",
    "locked",
    "mappings",
    "plain",
    "prometheus",
    "quartz",
    "sbom",
    "scheduledtasks",
    "sessions",
    "startup",
    "texty",
    "tree",
    "typed",
];

/// Folders of capabilities that do not exist here yet.
pub const LATER_FOLDERS: &[&str] = &[
    "auditevents",
    "caches",
    "conditions",
    "configprops",
    "custom-download",
    "custom-endpoint",
    "custom-plain",
    "custom-texty",
    "custom-tree",
    "custom-typed",
    "flyway",
    "heapdump",
    "integrationgraph",
    "liquibase",
    "mappings",
    "prometheus",
    "quartz",
    "run-cors",
    "run-cors-any",
    "run-cors-pattern",
    "run-forward-headers",
    "run-sbom-types",
    "run-security-basic",
    "run-security-default",
    "run-ssl-bundles",
    "run-webflux",
    "sbom",
    "scheduledtasks",
    "sessions",
    "startup",
];

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
        all.sort_by_cached_key(|recording| order(recording.case()));
        all
    }
}

/// Battery first, then by name, then what changes the state of the whole application.
fn order(case: &str) -> (usize, usize, String) {
    if let Some(at) = BATTERY.iter().position(|battery| *battery == case) {
        return (0, at, String::new());
    }
    let change = case.strip_suffix("-then-get").unwrap_or(case);
    match LOGGERS.iter().position(|post| *post == change) {
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

fn switch(application: &Application, target: &str) {
    wire::send(application.address, &Request::get(target)).unwrap();
}

//! What changes from run to run, per endpoint; everything else is compared exactly.

use regex_lite::Regex;
use serde_json::Value;

use super::{
    recording::Recording,
    shape::{Rule, Rule::*, Rules},
};

const INSTANT: Rule = Pattern(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.(\d{3}|\d{6}|\d{9}))?Z");
const DURATION: Rule = Pattern(r"PT(\d+H)?(\d+M)?(\d+(\.\d{1,9})?S)?");

/// `timestamp` always has three fraction digits here.
const ERROR: &Rules = &[("timestamp", Pattern(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"))];

const HEALTH: &Rules = &[
    ("**.diskSpace.details.total", Type),
    ("**.diskSpace.details.free", Type),
    ("**.diskSpace.details.path", Type),
    ("details.total", Type),
    ("details.free", Type),
    ("details.path", Type),
];
/// For recordings that kept the first components only.
const HEALTH_TRIMMED: &Rules = &[("components", Keys { need: &["brokers"] })];

/// Of certificates that are made for the replay: all but when they begin and end is as recorded, and
/// of the one that has ended that too.
const HEALTH_OF_BUNDLES: &Rules = &[
    ("**.diskSpace.details.total", Type),
    ("**.diskSpace.details.free", Type),
    ("**.diskSpace.details.path", Type),
    ("**.expiringChains.**.validityStarts", INSTANT),
    ("**.expiringChains.**.validityEnds", INSTANT),
    ("**.validChains.**.validityStarts", INSTANT),
    ("**.validChains.**.validityEnds", INSTANT),
];
const METRICS_OF_BUNDLES: &Rules = &[
    ("measurements.*.value", Type),
    ("availableTags", EachBy("tag")),
    ("availableTags.*.tag", Type),
    ("availableTags.*.values", Set),
];

const INDEX: &Rules = &[("_links", Subset { need: LINKS })];
const INDEX_TRIMMED: &Rules = &[("_links", Map { need: &["self"] })];
/// The links of the endpoints that exist here.
const LINKS: &[&str] = &[
    "self",
    "auditevents",
    "beans",
    "caches",
    "caches-cache",
    "configprops",
    "configprops-prefix",
    "download",
    "download-name",
    "env",
    "env-toMatch",
    "features",
    "features-name",
    "flyway",
    "health",
    "health-path",
    "heapdump",
    "httpexchanges",
    "info",
    "logfile",
    "loggers",
    "loggers-name",
    "metrics",
    "metrics-requiredMetricName",
    "plain",
    "plain-kind",
    "prometheus",
    "sbom",
    "sbom-id",
    "scheduledtasks",
    "sessions",
    "sessions-sessionId",
    "shutdown",
    "startup",
    "texty",
    "threaddump",
    "tree",
    "tree-path",
    "typed",
    "typed-id-colour",
];

const INFO: &Rules = &[
    ("git.branch", Type),
    ("git.commit.id", Type),
    ("git.commit.time", INSTANT),
    ("git", Map { need: &["branch", "commit"] }),
    ("build", Map { need: &["artifact", "name", "version"] }),
    ("build.*", Type),
    ("os.*", Type),
    ("process.startTime", INSTANT),
    ("process.currentTime", INSTANT),
    ("process.uptime", DURATION),
    ("process.*", Type),
    // As above.
    ("ssl.bundles.0.**.validityStarts", INSTANT),
    ("ssl.bundles.0.**.validityEnds", INSTANT),
    ("ssl.bundles.1.certificateChains.0.**.validityStarts", INSTANT),
    ("ssl.bundles.1.certificateChains.0.**.validityEnds", INSTANT),
    ("ssl.bundles.1.certificateChains.2.**.validityStarts", INSTANT),
    ("ssl.bundles.1.certificateChains.2.**.validityEnds", INSTANT),
];

const ENV: &Rules = &[
    ("propertySources", EachWith { key: "name", need: &["commandLineArgs", "systemEnvironment"] }),
    ("propertySources.*.name", Type),
    ("propertySources.*.properties", Map { need: &[] }),
    ("propertySources.*.properties.*", Map { need: &["value"] }),
    ("propertySources.*.properties.*.value", Any),
    ("propertySources.*.property", Map { need: &["value"] }),
    ("propertySources.*.property.origin", Type),
    ("property.source", Type),
];

/// The replay listens on another port than the recorded application.
const ENV_PORT: &Rules = &[("property", Keys { need: &["source"] }), ("propertySources", Any)];

const METRICS: &Rules = &[
    ("names", EachWith { key: "", need: METERS }),
    ("description", Any),
    ("measurements.*.value", Type),
    ("availableTags", EachBy("tag")),
    ("availableTags.*.tag", Type),
    ("availableTags.*.values", Each),
];
/// Meters that both applications have.
const METERS: &[&str] = &[
    "application.ready.time",
    "application.started.time",
    "disk.free",
    "disk.total",
    "http.server.requests",
    "process.cpu.time",
    "process.cpu.usage",
    "process.files.max",
    "process.files.open",
    "process.start.time",
    "process.uptime",
    "system.cpu.count",
    "system.cpu.usage",
    "system.load.average.1m",
];

const LOGGERS: &Rules = &[
    ("loggers", Map { need: &["ROOT", "com.example.demo", "com.example.shop"] }),
    ("groups", Map { need: &["shop"] }),
];

const THREADS: &Rules = &[("threads", Each)];

const EXCHANGES: &Rules = &[
    ("exchanges", Each),
    ("traces", Each),
    ("**.timestamp", INSTANT),
    ("exchanges.*.timeTaken", DURATION),
    ("traces.*.timeTaken", Type),
    ("**.headers", Map { need: &[] }),
];

/// Of requests that the replay itself sent: the newest, in their order.
const NEWEST_EXCHANGES: &Rules = &[
    ("exchanges", First),
    ("**.timestamp", INSTANT),
    ("**.timeTaken", DURATION),
    ("**.response.headers", Map { need: &[] }),
];
/// Where the second newest is the recorder's own look whether the application had started.
const NEWEST_EXCHANGE: &Rules = &[
    ("exchanges", First),
    ("**.timestamp", INSTANT),
    ("**.timeTaken", DURATION),
    ("**.response.headers", Map { need: &[] }),
    ("exchanges.1.request.uri", Type),
    ("exchanges.1.request.headers", Map { need: &[] }),
];

/// Where the fourth newest is about an endpoint that does not exist here.
const NEWEST_OF_CALLERS: &Rules = &[
    ("exchanges", First),
    ("exchanges.3", Any),
    ("**.timestamp", INSTANT),
    ("**.timeTaken", DURATION),
    ("**.response.headers", Map { need: &[] }),
];

/// Who came in and who did not: what each of them did has the form of what was recorded.
const EVENTS_OF_DEFAULT: &Rules = &[
    ("events", EachWith { key: "principal", need: &["alice", "bob", "user", "anonymousUser"] }),
    ("events.*.timestamp", INSTANT),
];
const EVENTS_OF_BASIC: &Rules = &[
    (
        "events",
        EachWith { key: "type", need: &["AUTHENTICATION_FAILURE", "AUTHORIZATION_FAILURE"] },
    ),
    ("events.*.timestamp", INSTANT),
];

/// Which of them have run already depends on when it is asked.
const TASKS: &Rules = &[
    ("cron.*", Map { need: &["expression", "nextExecution", "runnable"] }),
    ("fixedDelay.*", Map { need: &["initialDelay", "interval", "runnable"] }),
    ("fixedRate.*", Map { need: &["initialDelay", "interval", "runnable"] }),
    ("custom.*.runnable.target", Type),
    ("**.nextExecution.time", INSTANT),
    ("**.lastExecution.time", INSTANT),
    ("**.lastExecution.exception.type", Type),
];

const BEANS: &Rules = &[
    ("contexts", Map { need: &["demo"] }),
    ("contexts.*.beans", Map { need: &[] }),
    ("contexts.*.beans.*.dependencies", Each),
];

/// Which steps a start has is the matter of each implementation.
const STARTUP: &Rules = &[
    ("timeline.startTime", INSTANT),
    ("timeline.events", Each),
    ("timeline.events.*.startTime", INSTANT),
    ("timeline.events.*.endTime", INSTANT),
    ("timeline.events.*.duration", DURATION),
    ("timeline.events.*.startupStep.tags", Each),
];

/// Which settings there are is the matter of each implementation; the form of a group is not.
const CONFIGPROPS: &Rules = &[
    ("contexts.demo.beans", Map { need: &[] }),
    ("contexts.demo.beans.*.properties", Type),
    ("contexts.demo.beans.*.inputs", Type),
];
/// The struct that both applications have: its names, the types of its values, what came from where.
const CONFIGPROPS_OF_DEMO: &Rules = &[
    ("contexts.demo.beans", Map { need: &[] }),
    // A default of that application's own; a map has none here.
    ("contexts.demo.beans.*.inputs.limits.x", Any),
];

/// What kind of thing a cache is, each library says for itself.
const CACHES: &Rules = &[("target", Type), ("cacheManagers.*.caches.*.target", Type)];

const FLYWAY: &Rules = &[("**.installedOn", INSTANT), ("**.executionTime", Type)];

/// The sessions of two recordings are there.
const SESSIONS: &Rules = &[
    ("sessions", EachWith { key: "id", need: &[] }),
    ("**.creationTime", INSTANT),
    ("**.lastAccessedTime", INSTANT),
];

/// The rules for the body of a recording.
pub fn of(recording: &Recording, recorded: &Value) -> &'static Rules {
    if recorded.get("_links").is_some() {
        return if recording.is_trimmed() { INDEX_TRIMMED } else { INDEX };
    }
    match recording.case() {
        "metrics-ssl" => return METRICS_OF_BUNDLES,
        "2-list" => return NEWEST_EXCHANGE,
        "httpexchanges-admin" => return NEWEST_OF_CALLERS,
        "auditevents-user" => return EVENTS_OF_DEFAULT,
        "auditevents-admin" => return EVENTS_OF_BASIC,
        "seq-7-list" | "3-list" => return NEWEST_EXCHANGES,
        _ => {}
    }
    if recording.request.target.ends_with("/env/server.port") {
        return ENV_PORT;
    }
    if recording.id.contains("/run-ssl-bundles/health") {
        return HEALTH_OF_BUNDLES;
    }
    if recorded.get("timestamp").is_some() && recorded.get("error").is_some() {
        return ERROR;
    }
    if recording.request.target.contains("/configprops/demo") {
        return CONFIGPROPS_OF_DEMO;
    }
    match (endpoint(&recording.request.target), recording.is_trimmed()) {
        ("configprops", _) => CONFIGPROPS,
        ("health", true) => HEALTH_TRIMMED,
        ("health", false) => HEALTH,
        ("info", _) => INFO,
        ("env", _) => ENV,
        ("metrics", _) => METRICS,
        ("loggers", _) => LOGGERS,
        ("threaddump", _) => THREADS,
        ("httpexchanges" | "httptrace", _) => EXCHANGES,
        ("beans", _) => BEANS,
        ("scheduledtasks", _) => TASKS,
        ("caches", _) => CACHES,
        ("flyway", _) => FLYWAY,
        ("sessions", _) => SESSIONS,
        ("startup", _) => STARTUP,
        _ => &[],
    }
}

/// Gives the parts of a text that are not as they have to be, and what they are like.
pub type TextForm = fn(&str) -> Vec<(String, String)>;

/// What a text that changes has to look like; `None` for one that does not change.
pub fn text_form(recording: &Recording) -> Option<TextForm> {
    match endpoint(&recording.request.target) {
        "logfile" if recording.shows_own_log() => Some(log_lines),
        "threaddump" => Some(thread_dump),
        _ if recording.request.target.starts_with("/ctl/session") => Some(|_| Vec::new()),
        _ => None,
    }
}

/// The endpoint that a path is meant for: `app` for the application's own routes.
pub fn endpoint(target: &str) -> &str {
    let path = target.split(['?', ';']).next().unwrap_or_default();
    let path = ["/shop", "/manage", "/actuator"].iter().fold(path, |path, prefix| {
        match path.strip_prefix(prefix) {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => rest,
            _ => path,
        }
    });
    match path.trim_start_matches('/').split('/').next().unwrap_or_default() {
        "" if target == "/" => "app",
        "" => "index",
        "livez" | "readyz" | "healthz" | "healthcheck" | "he%61lth" => "health",
        "a" => "metrics",
        "hello" | "users" | "boom" | "nowhere" | "cookie" | "moved" | "ctl" | "error" => "app",
        other => other,
    }
}

/// Spring's line: `time LEVEL pid --- [application] [thread] logger : message`.
fn log_lines(text: &str) -> Vec<(String, String)> {
    let line = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d) +(ERROR|WARN|INFO|DEBUG|TRACE) \d+ --- \[demo\] \[.*\] [^ ]+ +: .*";
    let line = Regex::new(line).expect("a fixed pattern");
    // A range may start inside a line.
    let odd = text.lines().skip(1).find(|given| !line.is_match(given));
    odd.map(|odd| ("line".to_owned(), format!("is not like Spring's: {odd}"))).into_iter().collect()
}

/// As the JDK prints it: a time, a title, and a block per thread.
fn thread_dump(text: &str) -> Vec<(String, String)> {
    let forms = [
        ("date", r"\A\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\n"),
        ("title", r"(?m)^Full thread dump .*:\n\n"),
        ("thread", r#"(?m)^"[^"]+" - Thread t@\d+\n   java.lang.Thread.State: [A-Z_]+$"#),
        ("locks", r"(?m)^   Locked ownable synchronizers:\n\t- None$"),
    ];
    forms
        .into_iter()
        .filter(|(_, form)| !Regex::new(form).expect("a fixed pattern").is_match(text))
        .map(|(part, form)| (part.to_owned(), format!("nothing is like {form}")))
        .collect()
}

#[test]
fn paths_are_told_apart_by_their_endpoint() {
    for (target, id) in [
        ("/actuator", "index"),
        ("/actuator/?a=b", "index"),
        ("/", "app"),
        ("/hello?name=x", "app"),
        ("/shop/actuator/metrics/http.server.requests", "metrics"),
        ("/manage/healthcheck/ping", "health"),
        ("/actuator/health;a=b", "health"),
        ("/livez", "health"),
        ("/actuator/caches/cities", "caches"),
    ] {
        assert_eq!(endpoint(target), id, "{target}");
    }
}

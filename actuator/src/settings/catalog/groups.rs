//! In which table a setting stands, in the documentation and in `--help-settings`.

use super::Entry;

/// A table's title, and how the names in it begin. The longest beginning of all tables decides.
pub type Group = (&'static str, &'static [&'static str]);

/// All names.
pub const GROUPS: &[Group] = &[
    ("The server", &["server.", "spring.web.", "actuator.server."]),
    (
        "The life of a service",
        &[
            "server.shutdown",
            "spring.lifecycle.",
            "spring.pid.",
            "portfile",
            "actuator.env.",
            "actuator.refresh.",
            "actuator.restart.",
            "actuator.shutdown.",
            "actuator.startup.",
            "actuator.systemd.",
        ],
    ),
    ("Scheduled tasks", &["spring.task.scheduling.", "actuator.scheduling."]),
    ("TLS", &["server.ssl.", "management.server.ssl.", "spring.ssl."]),
    ("Errors", &["server.error.", "spring.web.error.", "spring.mvc.", "actuator.errors."]),
    ("The application", &["spring."]),
    (
        "Settings and profiles",
        &["spring.application.json", "spring.config.", "spring.profiles.", "actuator.settings."],
    ),
    ("The management API", &["management.", "actuator.management.", "actuator.threaddump."]),
    ("Health", &["management.endpoint.health.", "management.health.", "actuator.health."]),
    ("Info", &["management.info.", "info."]),
    (
        "Metrics",
        &[
            "management.metrics.",
            "management.observations.",
            "management.opentelemetry.",
            "management.otlp.",
            "management.prometheus.",
            "management.statsd.",
            "otel.",
            "statsd.",
            "actuator.metrics.",
            "actuator.prometheus.",
            "actuator.server-timing.",
        ],
    ),
    (
        "HTTP exchanges",
        &["management.httpexchanges.", "management.trace.", "actuator.httpexchanges."],
    ),
    (
        "Requests",
        &["actuator.request-id.", "actuator.request-log.", "actuator.trace-context.", "c2c."],
    ),
    ("Security", &["spring.security.", "actuator.security."]),
    (
        "Secrets and proxies",
        &[
            "actuator.env.drop",
            "actuator.forwarded.",
            "actuator.sanitize.",
            "management.endpoint.configprops.additional-keys-to-sanitize",
            "management.endpoint.configprops.keys-to-sanitize",
            "management.endpoint.env.additional-keys-to-sanitize",
            "management.endpoint.env.keys-to-sanitize",
            "server.forward-headers-strategy",
            "server.tomcat.remoteip.",
        ],
    ),
    ("Audit", &["management.auditevents.", "actuator.audit.", "actuator.auditevents."]),
    (
        "The log",
        &[
            "management.endpoint.logfile.",
            "logging.",
            "spring.output.",
            "actuator.logfile.",
            "actuator.loggers.",
            "actuator.logging.",
            "actuator.logstream.",
        ],
    ),
    (
        "Caches, sessions and migrations",
        &[
            "actuator.caches.",
            "actuator.compat.flyway",
            "actuator.migrations.",
            "actuator.sessions.",
        ],
    ),
    ("Trying things out", &["actuator.debug."]),
    ("Sentry", &["actuator.sentry.", "sentry."]),
    ("Spring Boot Admin", &["spring.boot.admin."]),
    ("Older clients", &["actuator.compat."]),
];

/// The index of the group that an entry belongs to.
pub fn group_of(entry: &Entry, groups: &[Group]) -> Option<usize> {
    let longest = |(index, (_, beginnings)): (usize, &Group)| {
        let fitting = beginnings.iter().filter(|start| entry.name.starts_with(**start));
        fitting.map(|start| (start.len(), index)).max()
    };
    groups.iter().enumerate().filter_map(longest).max().map(|(_, index)| index)
}

//! The runs: which recordings are replayed against which settings.

use std::path::Path;

use super::{application::LOG, bundles};

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
    /// Writes what settings name into the application's folder, before it starts.
    pub files: fn(&Path),
}

const RUN: Run =
    Run { folders: &[], only: &[], settings: &[], with_file: true, first: &[], files: |_| {} };
/// Where Spring Security was there, its headers were too.
const HEADERS: &str = "actuator.security.headers.enabled=true";

/// The bill of materials of the recorded application, in place of the build's own.
const SBOM: &str = "management.endpoint.sbom.application.location=file:sbom/application.cdx.json";

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

/// The cases of `run-error-messages` with `include-message=always`.
const ALL_BUT_ON_PARAM: &[&str] = &[
    "after", "array", "bad-", "health-", "illegal", "live", "m", "n", "pattern", "q", "r", "s",
    "t", "u", "v1", "wrong-",
];

/// The runs; those of Spring Boot 4.1 with the settings that the recordings name.
pub const RUNS: &[Run] = &[
    Run { folders: &["index"], settings: &[LOG], ..RUN },
    Run { folders: &["health"], ..RUN },
    Run { folders: &["info"], ..RUN },
    Run { folders: &["env"], ..RUN },
    Run { folders: &["configprops"], ..RUN },
    Run { folders: &["metrics"], first: TRAFFIC, ..RUN },
    Run { folders: &["prometheus"], first: TRAFFIC, ..RUN },
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
    Run { folders: &["heapdump"], ..RUN },
    Run { folders: &["httpexchanges"], ..RUN },
    Run { folders: &["auditevents"], ..RUN },
    Run { folders: &["beans"], ..RUN },
    Run { folders: &["scheduledtasks"], ..RUN },
    Run { folders: &["caches"], ..RUN },
    Run { folders: &["flyway"], ..RUN },
    Run { folders: &["sessions"], ..RUN },
    Run { folders: &["mappings"], ..RUN },
    Run { folders: &["shutdown"], ..RUN },
    Run { folders: &["startup"], ..RUN },
    Run { folders: &["sbom"], settings: &[SBOM], ..RUN },
    Run {
        folders: &["run-sbom-types"],
        settings: &[
            SBOM,
            "management.endpoint.sbom.additional.spdx.location=file:sbom/spdx",
            "management.endpoint.sbom.additional.syft.location=file:sbom/syft",
            "management.endpoint.sbom.additional.other.location=file:sbom/other.json",
            "management.endpoint.sbom.additional.text.location=file:sbom/text.txt",
            "management.endpoint.sbom.additional.typed.location=file:sbom/typed.json",
            "management.endpoint.sbom.additional.typed.media-type=application/x-mine",
            "management.endpoint.sbom.additional.gone.location=optional:file:sbom/gone.json",
        ],
        ..RUN
    },
    Run {
        folders: &["run-access"],
        settings: &[
            LOG,
            "management.endpoint.caches.access=read-only",
            "management.endpoint.loggers.access=read-only",
            "management.endpoint.shutdown.access=read-only",
            "management.endpoint.startup.access=read-only",
            "management.endpoint.env.access=none",
            "management.endpoint.features.access=read-only",
            "management.endpoint.locked.access=unrestricted",
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
    Run {
        folders: &["run-defaults"],
        with_file: false,
        settings: &[
            "actuator.security.allowed-hosts=*.example",
            "actuator.security.headers.enabled=false",
        ],
        ..RUN
    },
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
        folders: &["run-forward-headers"],
        settings: &[LOG, "server.forward-headers-strategy=framework"],
        ..RUN
    },
    Run {
        folders: &["run-show-values-never"],
        settings: &[
            LOG,
            "management.endpoint.env.show-values=never",
            "management.endpoint.configprops.show-values=never",
            "management.prometheus.metrics.export.descriptions=false",
            "management.endpoint.health.show-details=never",
            "management.endpoint.health.show-components=always",
            "management.info.git.mode=full",
            "management.info.env.enabled=false",
            "management.info.os.enabled=false",
            "management.info.process.enabled=false",
            "management.info.ssl.enabled=false",
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
        only: &["on-param"],
        settings: &["spring.web.error.include-message=on-param"],
        ..RUN
    },
    Run {
        folders: &["run-error-messages"],
        only: ALL_BUT_ON_PARAM,
        settings: &["spring.web.error.include-message=always"],
        ..RUN
    },
    Run {
        folders: &["run-cors"],
        settings: &[
            "management.endpoints.web.cors.allowed-origins=http://good.example",
            "management.endpoints.web.cors.allowed-methods=GET,POST",
            "management.endpoints.web.cors.allowed-headers=Content-Type,X-Custom",
            "management.endpoints.web.cors.exposed-headers=X-Exposed",
            "management.endpoints.web.cors.allow-credentials=true",
            "management.endpoints.web.cors.max-age=20m",
        ],
        ..RUN
    },
    Run {
        folders: &["run-cors-any"],
        settings: &["management.endpoints.web.cors.allowed-origins=*"],
        ..RUN
    },
    Run {
        folders: &["run-cors-pattern"],
        settings: &["management.endpoints.web.cors.allowed-origin-patterns=http://*.good.example"],
        ..RUN
    },
    Run {
        folders: &["run-security-default"],
        settings: &[
            LOG,
            HEADERS,
            "spring.security.user.name=user",
            "spring.security.user.password=secret",
        ],
        ..RUN
    },
    Run {
        folders: &["run-security-basic"],
        settings: &[
            LOG,
            HEADERS,
            "spring.profiles.active=basic",
            "actuator.security.users.user.password=secret",
            "actuator.security.users.user.roles=USER",
            "actuator.security.users.admin.password=secret",
            "actuator.security.users.admin.roles=ADMIN",
            // Its filter chain: `env` needs the role, everything else a caller.
            "actuator.security.write-roles=",
            "management.endpoint.env.read-roles=ADMIN",
            "management.endpoint.env.show-values=when-authorized",
            "management.endpoint.env.roles=ADMIN",
            "management.endpoint.configprops.show-values=when-authorized",
            "management.endpoint.configprops.roles=ADMIN",
            "management.endpoint.health.show-components=always",
            "management.endpoint.health.show-details=when-authorized",
            "management.endpoint.health.roles=ADMIN",
            "management.endpoints.web.cors.allowed-origins=http://good.example",
            "management.httpexchanges.recording.include=request-headers,response-headers,\
                authorization-header,principal,time-taken",
        ],
        ..RUN
    },
    Run {
        folders: &["run-ssl-bundles"],
        settings: &[
            "spring.ssl.bundle.pem.good.keystore.certificate={folder}/good.pem",
            "spring.ssl.bundle.pem.good.key.alias=valid",
            "spring.ssl.bundle.pem.good.truststore.certificate={folder}/good.pem",
            "spring.ssl.bundle.pem.mixed.keystore.certificate={folder}/mixed.pem",
        ],
        files: bundles::write,
        ..RUN
    },
    Run { folders: &["conditions"], ..RUN },
    Run { folders: &["custom-endpoint"], ..RUN },
    Run {
        folders: &[
            "custom-download",
            "custom-plain",
            "custom-texty",
            "custom-tree",
            "custom-typed",
        ],
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

/// The runs of Spring Boot 2.7.
pub const RUNS_2_7: &[Run] = &[
    Run { folders: &["httptrace"], settings: &["actuator.compat.httptrace=true"], ..RUN },
    Run { folders: &["configprops"], ..RUN },
    Run { folders: &["caches"], ..RUN },
    Run { folders: &["startup"], ..RUN },
    Run { folders: &["scheduledtasks"], ..RUN },
    Run { folders: &["mappings"], ..RUN },
    Run { folders: &["threaddump"], ..RUN },
    Run { folders: &["custom-plain"], ..RUN },
];

/// Folders of Spring Boot 2.7 whose endpoints later versions changed: those are followed, and their
/// recordings are replayed.
pub const CHANGED_SINCE_2_7: &[&str] = &[
    "auditevents",
    "env",
    "health",
    "index",
    "info",
    "logfile",
    "loggers",
    "metrics",
    "prometheus",
    "shutdown",
];

/// Ids of endpoints that are not to exist here, as `NOT_FOLLOWED` says; where other folders ask them,
/// the recordings are counted and not replayed.
pub const ABSENT: &[&str] = &["integrationgraph", "liquibase", "quartz"];

/// Folders whose recordings nothing here follows.
pub const NOT_FOLLOWED: &[&str] = &[
    // Spring Integration's own view of its channels.
    "integrationgraph",
    // Jobs and triggers of Quartz, in groups and with what it keeps in its database: the scheduler here
    // is none, and has no such things.
    "quartz",
    // Change sets of Liquibase, with authors, contexts and labels: no tool for Rust has any. What
    // they have is shown as flyway.
    "liquibase",
    // Another application on Spring's other server: where the two differ, the servlet one is followed.
    "run-webflux",
];

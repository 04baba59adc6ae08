//! Every name that a setting can have: one line each.

use super::name::{self, Spelling};

/// A known name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The canonical name; a `*` stands for a key that somebody chooses.
    pub name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// The default, as text; empty if there is none.
    pub default: &'static str,
    /// What it is for, in one line.
    pub description: &'static str,
}

/// What the value of a setting is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text, or one of a few words.
    Text,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Bool,
    /// A duration: `10s`, `500ms`, `PT10S`; a bare number is milliseconds.
    Duration,
    /// A size in bytes: `10MB`.
    Size,
    /// Texts, separated by commas or with an index each.
    List,
}

/// All known names, those of a special thing before those of any.
pub fn entries() -> &'static [Entry] {
    ENTRIES
}

/// Whether this is a name of Spring's that is accepted, but does nothing here.
pub(super) fn has_no_effect(entry: &Entry) -> bool {
    WITHOUT_EFFECT.contains(&entry.name)
}

/// The canonical spelling of a name and what is known about it.
pub(super) fn canonical(name: &str, spelling: Spelling) -> Option<(String, &'static Entry)> {
    ENTRIES.iter().find_map(|entry| {
        let first = entry.name.split('.').next()?;
        // Most environment variables are none of ours: do not take them apart.
        name.get(..first.len()).filter(|start| start.eq_ignore_ascii_case(first))?;
        let indexed = entry.kind == Kind::List;
        Some((name::canonical(name, spelling, entry.name, indexed)?, entry))
    })
}

/// Whether this dotted name is that of a known list.
pub(super) fn is_list(name: &str) -> bool {
    canonical(name, Spelling::Dotted).is_some_and(|(_, entry)| entry.kind == Kind::List)
}

macro_rules! catalog {
    ($($name:literal $kind:ident $default:literal $description:literal;)*) => {
        &[$(Entry {
            name: $name,
            kind: Kind::$kind,
            default: $default,
            description: $description,
        }),*]
    };
}

#[rustfmt::skip]
const ENTRIES: &[Entry] = catalog! {
    "server.port" Number "8080" "Port of the application; 0 for any free one.";
    "server.address" Text "" "Address of the application; loopback unless a cloud platform is detected, then all interfaces.";
    "server.servlet.context-path" Text "" "Path in front of everything on the application's port.";
    "server.error.include-message" Text "never" "Whether error bodies hold the message: never, always, on-param.";
    "spring.web.error.include-message" Text "never" "Newer name of server.error.include-message.";
    "server.shutdown" Text "graceful" "Whether requests are finished at shutdown: graceful or immediate.";
    "actuator.shutdown.delay" Duration "0ms" "How long the service goes on serving, unready, after it was told to stop.";
    "server.forward-headers-strategy" Text "" "Whether Forwarded headers are believed: native, framework, none.";
    "spring.lifecycle.timeout-per-shutdown-phase" Duration "30s" "How long a graceful shutdown may take.";
    "spring.application.name" Text "" "Name of the application; the package name by default.";
    "spring.profiles.active" List "" "Active profiles; the last one wins.";
    "spring.config.location" List "" "Directory or .toml file with the settings.";
    "spring.main.cloud-platform" Text "" "Forces a cloud platform: kubernetes, cloud-foundry, heroku, sap, nomad, azure-app-service, aws-ecs, none.";
    "spring.main.banner-mode" Text "console" "Whether the start is announced: console, log, off.";

    "management.endpoints.web.base-path" Text "/actuator" "Path of the management API.";
    "management.endpoints.web.exposure.include" List "" "Ids of the endpoints that are served; * for all. All on loopback, else health.";
    "management.endpoints.web.exposure.exclude" List "" "Ids of the endpoints that are not served; wins over include.";
    "management.endpoints.web.path-mapping.*" Text "" "Path of an endpoint instead of its id.";
    "management.endpoints.web.discovery.enabled" Bool "true" "Whether the base path lists the endpoints.";
    "management.endpoints.web.cors.allowed-origins" List "" "Origins that browsers may call from; * for all. Nothing set: no CORS.";
    "management.endpoints.web.cors.allowed-origin-patterns" List "" "Patterns of such origins.";
    "management.endpoints.web.cors.allowed-methods" List "GET" "Methods that browsers may use.";
    "management.endpoints.web.cors.allowed-headers" List "" "Headers that browsers may send.";
    "management.endpoints.web.cors.exposed-headers" List "" "Headers that browsers may read.";
    "management.endpoints.web.cors.allow-credentials" Bool "" "Whether browsers may send credentials.";
    "management.endpoints.web.cors.max-age" Duration "1800s" "How long browsers may remember the answer to a preflight.";
    "management.endpoints.access.default" Text "" "Access to every endpoint: none, read-only, unrestricted.";
    "management.endpoints.access.max-permitted" Text "unrestricted" "Upper limit of the access to every endpoint.";
    "management.endpoints.enabled-by-default" Bool "" "Older form of management.endpoints.access.default.";

    "management.endpoint.health.show-details" Text "" "Who sees details of health: never, when-authorized, always; always on loopback, else never.";
    "management.endpoint.health.show-components" Text "" "Who sees components of health; as show-details by default.";
    "management.endpoint.health.roles" List "" "Roles that are authorized to see details.";
    "management.endpoint.health.status.order" List "DOWN,OUT_OF_SERVICE,RESTRICTED,UP,UNKNOWN" "Order of the status, the worst first.";
    "management.endpoint.health.status.http-mapping.*" Number "" "HTTP status of a health status.";
    "management.endpoint.health.validate-group-membership" Bool "true" "Whether a group with unknown members refuses the start.";
    "management.endpoint.health.probes.enabled" Bool "true" "Whether the groups liveness and readiness exist.";
    "management.endpoint.health.probes.add-additional-paths" Bool "false" "Whether /livez and /readyz, and /startupz with the group startup, are served on the application's port.";
    "management.endpoint.health.probes.startup" Bool "" "Whether the group startup and the check startupState exist; by default if the application has start-up tasks.";
    "management.endpoint.health.logging.slow-indicator-threshold" Duration "10s" "A slower check is logged.";
    "management.endpoint.health.group.*.status.http-mapping.*" Number "" "HTTP status of a health status in this group.";
    "management.endpoint.health.group.*.status.order" List "" "Order of the status in this group.";
    "management.endpoint.health.group.*.include" List "" "Members of the group; * for all.";
    "management.endpoint.health.group.*.exclude" List "" "What is no member of the group.";
    "management.endpoint.health.group.*.show-details" Text "" "Who sees details of the group.";
    "management.endpoint.health.group.*.show-components" Text "" "Who sees components of the group.";
    "management.endpoint.health.group.*.roles" List "" "Roles that are authorized for the group.";
    "management.endpoint.health.group.*.additional-path" Text "" "One more path of the group: server:/healthz.";
    "management.endpoint.logfile.external-file" Text "" "File that the logfile endpoint serves.";
    "management.endpoint.*.cache.time-to-live" Duration "0ms" "How long an answer of the endpoint is reused.";
    "management.endpoint.*.access" Text "" "Access to the endpoint: none, read-only, unrestricted.";
    "management.endpoint.*.enabled" Bool "" "Older form of access: true is unrestricted, false is none.";
    "management.endpoint.*.show-values" Text "" "Who sees values of env: never, when-authorized, always; always on loopback, else never.";
    "management.endpoint.*.roles" List "" "Roles that are authorized to see values.";

    "management.health.defaults.enabled" Bool "true" "Whether the built-in checks exist.";
    "management.health.diskspace.path" Text "." "Path whose file system is watched.";
    "management.health.diskspace.threshold" Size "10MB" "Free space below which the disk is DOWN.";
    "management.health.filedescriptors.enabled" Bool "false" "Whether the check of open files exists.";
    "management.health.filedescriptors.degraded-above" Number "80" "Percentage of open files above which it is degraded.";
    "management.health.filedescriptors.down-above" Number "95" "Percentage of open files above which it is DOWN.";
    "management.health.processmemory.enabled" Bool "false" "Whether the check of the memory of the process exists.";
    "management.health.processmemory.degraded-above" Number "90" "Percentage of the limit of memory above which it is degraded.";
    "management.health.processmemory.down-above" Number "98" "Percentage of the limit of memory above which it is DOWN.";
    "management.health.runtime.enabled" Bool "false" "Whether the check of the application's runtime exists.";
    "management.health.runtime.degraded-above" Duration "250ms" "Wait of a task, now or in the last minute, above which it is degraded.";
    "management.health.runtime.down-above" Duration "1s" "Wait of a task above which it is DOWN.";
    "management.health.*.enabled" Bool "true" "Whether the check exists.";

    "management.info.defaults.enabled" Bool "true" "Whether the built-in parts of info exist.";
    "management.info.git.mode" Text "simple" "How much of git is shown: simple or full.";
    "management.info.*.enabled" Bool "" "Whether this part of info exists.";

    "management.server.port" Number "" "Port of the management API, if not the application's; negative for none.";
    "management.server.address" Text "" "Address of the management API, if it has its own port.";
    "management.server.base-path" Text "" "Path in front of the management API, if it has its own port.";

    "management.httpexchanges.recording.enabled" Bool "true" "Whether HTTP exchanges are recorded.";
    "management.httpexchanges.recording.include" List "request-headers,response-headers,time-taken" "What is recorded.";
    "management.trace.http.enabled" Bool "true" "Older name of management.httpexchanges.recording.enabled.";
    "management.trace.http.include" List "" "Older name of management.httpexchanges.recording.include.";
    "management.auditevents.enabled" Bool "true" "Whether audit events are recorded.";
    "management.observations.*" Text "" "Settings of observations.";
    "management.metrics.enable.*" Bool "true" "Whether meters below this name exist.";
    "management.metrics.tags.*" Text "" "A tag of every meter.";
    "management.metrics.system.diskspace.paths" List "." "Paths whose file systems are measured.";
    "management.metrics.web.server.max-uri-tags" Number "100" "How many URIs http.server.requests tells apart.";
    "management.metrics.export.prometheus.pushgateway.*" Text "" "Older names of management.prometheus.metrics.export.pushgateway.*, with base-url.";
    "management.metrics.*" Text "" "Settings of metrics.";
    "management.prometheus.metrics.export.pushgateway.enabled" Bool "false" "Whether metrics are pushed to a Pushgateway.";
    "management.prometheus.metrics.export.pushgateway.address" Text "localhost:9091" "Host and port of the Pushgateway.";
    "management.prometheus.metrics.export.pushgateway.scheme" Text "http" "How the Pushgateway is called: http or https.";
    "management.prometheus.metrics.export.pushgateway.base-url" Text "" "Address of the Pushgateway as a URL, with a path if it has one; wins over address and scheme.";
    "management.prometheus.metrics.export.pushgateway.username" Text "" "User name for the Pushgateway.";
    "management.prometheus.metrics.export.pushgateway.password" Text "" "Password for the Pushgateway.";
    "management.prometheus.metrics.export.pushgateway.token" Text "" "Token for the Pushgateway, in place of user name and password.";
    "management.prometheus.metrics.export.pushgateway.push-rate" Duration "1m" "Time from one push to the next.";
    "management.prometheus.metrics.export.pushgateway.job" Text "" "Job of the group; the application's name by default.";
    "management.prometheus.metrics.export.pushgateway.grouping-key.*" Text "" "A label of the group; one such as instance keeps the instances of a service apart.";
    "management.prometheus.metrics.export.pushgateway.shutdown-operation" Text "none" "What is done at the end: none, post (one more push), put (the same, in place of the whole group) or delete (the group).";
    "management.prometheus.metrics.export.pushgateway.format" Text "text" "Format of a push: text or protobuf.";
    "management.prometheus.metrics.export.pushgateway.ca-certificate" Text "" "PEM file of the authorities to trust instead of the system's.";
    "management.prometheus.metrics.export.pushgateway.client-certificate" Text "" "PEM file of the client certificate.";
    "management.prometheus.metrics.export.pushgateway.client-key" Text "" "PEM file of its private key.";
    "management.otlp.metrics.export.enabled" Bool "" "Whether metrics are sent to an OTLP receiver; by default if an address is set, here or by a variable.";
    "management.otlp.metrics.export.url" Text "http://localhost:4318/v1/metrics" "Address of the OTLP receiver, its path included.";
    "management.otlp.metrics.export.step" Duration "1m" "Time from one push to the next.";
    "management.otlp.metrics.export.aggregation-temporality" Text "cumulative" "What a value counts: cumulative, all since the start, or delta, what is new.";
    "management.otlp.metrics.export.histogram-flavor" Text "explicit-bucket-histogram" "Form of histograms: explicit-bucket-histogram or base2-exponential-bucket-histogram.";
    "management.otlp.metrics.export.max-scale" Number "20" "Largest scale of exponential histograms; more than 3 is as 3.";
    "management.otlp.metrics.export.max-bucket-count" Number "160" "Most buckets of an exponential histogram.";
    "management.otlp.metrics.export.base-time-unit" Text "milliseconds" "Unit of times: nanoseconds to days; seconds with exponential histograms.";
    "management.otlp.metrics.export.batch-size" Number "10000" "Most series in one request.";
    "management.otlp.metrics.export.compression-mode" Text "none" "How requests are compressed: none or gzip.";
    "management.otlp.metrics.export.connect-timeout" Duration "1s" "How long a connection to the OTLP receiver may take.";
    "management.otlp.metrics.export.read-timeout" Duration "10s" "How long the OTLP receiver may stay silent.";
    "management.otlp.metrics.export.headers.*" Text "" "One more header of each request.";
    "management.otlp.metrics.export.ca-certificate" Text "" "PEM file of the authorities to trust instead of the system's.";
    "management.otlp.metrics.export.client-certificate" Text "" "PEM file of the client certificate.";
    "management.otlp.metrics.export.client-key" Text "" "PEM file of its private key.";
    "management.opentelemetry.resource-attributes.*" Text "" "An attribute of OpenTelemetry's resource, such as deployment.environment.name.";
    "otel.exporter.otlp.metrics.endpoint" Text "" "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: address of the OTLP receiver, its path included.";
    "otel.exporter.otlp.endpoint" Text "" "OTEL_EXPORTER_OTLP_ENDPOINT: the same without /v1/metrics.";
    "otel.exporter.otlp.metrics.headers" Text "" "OTEL_EXPORTER_OTLP_METRICS_HEADERS: headers of each request, as key1=value1,key2=value2.";
    "otel.exporter.otlp.headers" Text "" "OTEL_EXPORTER_OTLP_HEADERS: the same for all signals.";
    "otel.resource.attributes" Text "" "OTEL_RESOURCE_ATTRIBUTES: attributes of the resource, as key1=value1,key2=value2.";
    "otel.service.name" Text "" "OTEL_SERVICE_NAME: the attribute service.name.";
    "management.prometheus.*" Text "" "Settings of the Prometheus format.";

    "logging.level.*" Text "" "Level of a logger or a group: off, error, warn, info, debug, trace.";
    "logging.group.*" List "" "Loggers that belong to a group.";
    "logging.file.name" Text "" "File of the log.";
    "logging.file.path" Text "" "Directory of the log, whose file is spring.log.";
    "logging.threshold.console" Text "" "Least level that reaches the console.";
    "logging.threshold.file" Text "" "Least level that reaches the file.";
    "logging.console.enabled" Bool "true" "Whether the log is written to the console.";
    "logging.pattern.*" Text "" "Patterns of log lines.";
    "logging.structured.format.*" Text "" "Structured format of the console or the file: ecs, gelf, logstash.";
    "logging.structured.*" Text "" "Details of structured formats.";
    "logging.logback.rollingpolicy.*" Text "" "How the file is rolled.";
    "logging.buffer.size" Size "" "How much of the log is kept in memory.";

    "spring.boot.admin.client.enabled" Bool "true" "Whether the service registers.";
    "spring.boot.admin.client.url" List "" "Addresses of the admin servers; none: no registration.";
    "spring.boot.admin.client.api-path" Text "instances" "Path of the registration at the admin server.";
    "spring.boot.admin.client.period" Duration "10s" "Time between two registrations.";
    "spring.boot.admin.client.connect-timeout" Duration "5s" "Limit of connecting.";
    "spring.boot.admin.client.read-timeout" Duration "5s" "Limit of waiting for an answer.";
    "spring.boot.admin.client.username" Text "" "User name for the admin server.";
    "spring.boot.admin.client.password" Text "" "Password for the admin server.";
    "spring.boot.admin.client.auto-registration" Bool "true" "Whether it registers as soon as it listens.";
    "spring.boot.admin.client.auto-deregistration" Bool "true" "Whether it deregisters at shutdown.";
    "spring.boot.admin.client.register-once" Bool "true" "Whether one of several admin servers is enough.";
    "spring.boot.admin.client.token" Text "" "Bearer token for the admin server.";
    "spring.boot.admin.client.ca-certificate" Text "" "PEM file of the authorities to trust instead of the system's.";
    "spring.boot.admin.client.client-certificate" Text "" "PEM file of the client certificate.";
    "spring.boot.admin.client.client-key" Text "" "PEM file of its private key.";
    "spring.boot.admin.client.headers.*" Text "" "One more header of each request to the admin server.";
    "spring.boot.admin.client.instance.name" Text "" "Name at the admin server; spring.application.name by default.";
    "spring.boot.admin.client.instance.service-url" Text "" "Address of the service.";
    "spring.boot.admin.client.instance.service-base-url" Text "" "Address of the service without its path.";
    "spring.boot.admin.client.instance.service-path" Text "/" "Path of the service.";
    "spring.boot.admin.client.instance.service-host-type" Text "" "Host in addresses: ip, host-name, canonical-host-name; ip by default, host-name for https.";
    "spring.boot.admin.client.instance.prefer-ip" Bool "false" "Older form of service-host-type ip.";
    "spring.boot.admin.client.instance.management-url" Text "" "Address of the management API.";
    "spring.boot.admin.client.instance.management-base-url" Text "" "Address of the management API without its path.";
    "spring.boot.admin.client.instance.health-url" Text "" "Address of the health endpoint.";
    "spring.boot.admin.client.instance.metadata.*" Text "" "Metadata of the instance.";

    "info.*" Text "" "What /info shows of the settings.";

    "actuator.audit.capacity" Number "1000" "How many audit events are kept in memory.";
    "actuator.compat.c2c.enabled" Bool "false" "Whether health is also served as c2cwsgiutils writes it.";
    "actuator.compat.c2c.path" Text "/c2c/health_check" "Where c2cwsgiutils' document is served.";
    "actuator.compat.healthcheck.enabled" Bool "false" "Whether health is also served as py-healthcheck writes it.";
    "actuator.compat.healthcheck.environment" Bool "true" "Whether py-healthcheck's dump of the environment is served too.";
    "actuator.compat.healthcheck.environment-path" Text "/environment" "Where that dump is served.";
    "actuator.compat.healthcheck.failure-ttl" Duration "9s" "How long that document keeps a bad result.";
    "actuator.compat.healthcheck.path" Text "/healthcheck" "Where py-healthcheck's document is served.";
    "actuator.compat.healthcheck.sections" List "" "Members of /info that the document shows too.";
    "actuator.compat.healthcheck.success-ttl" Duration "27s" "How long that document keeps a good result.";
    "actuator.compat.httptrace" Bool "false" "Whether httptrace and trace are served beside httpexchanges.";
    "actuator.health.health-json.description" Text "" "What application/health+json says of the service.";
    "actuator.health.health-json.enabled" Bool "false" "Whether /health also speaks application/health+json.";
    "actuator.health.kubernetes.enabled" Bool "false" "Whether /livez, /readyz, /startupz and /healthz are served in Kubernetes' own form.";
    "actuator.health.kubernetes.failure-status" Number "503" "HTTP status of a failure in that form; Kubernetes' own components answer 500.";
    "actuator.health.microprofile.enabled" Bool "false" "Whether health is also served as MicroProfile Health writes it.";
    "actuator.health.microprofile.path" Text "/health" "Where MicroProfile's documents are served.";
    "actuator.health.plain-text.enabled" Bool "false" "Whether /health also speaks text/plain: OK or NOT OK.";
    "actuator.health.disk.*.path" Text "" "The same path, where the name is a table.";
    "actuator.health.disk.*.threshold" Size "10MB" "Free space below which that disk is DOWN.";
    "actuator.health.disk.*.must-be-mounted" Bool "false" "Whether it is DOWN when nothing is mounted at its path.";
    "actuator.health.disk.*" Text "" "Path of one more disk to watch; the check is diskSpace- and the name.";
    "actuator.health.timeout" Duration "2s" "How long a health check may take.";
    "actuator.health.success-ttl" Duration "0ms" "How long a good result of a check is kept.";
    "actuator.health.failure-ttl" Duration "0ms" "How long a bad result of a check is kept.";
    "actuator.health.interval" Duration "0ms" "Runs the checks by themselves with this pause; 0 runs them when asked.";
    "actuator.health.failure-interval" Duration "" "The pause while a check fails; as interval by default.";
    "actuator.health.failure-threshold" Number "1" "Bad results in a row until a check is reported as bad.";
    "actuator.health.success-threshold" Number "1" "Good results in a row until it is reported as good again.";
    "actuator.health.max-concurrency" Number "128" "How many checks may be under way at once.";
    "actuator.health.history" Number "50" "How many changes of status are remembered of each check.";
    "actuator.health.show-check" Bool "false" "Whether details hold a member check: description, duration, since when, how often.";
    "actuator.health.override.enabled" Bool "false" "Whether POST to a check sets its status for a while, and DELETE ends that.";
    "actuator.health.override.max-duration" Duration "24h" "The longest such while.";
    "actuator.health.url.*.address" Text "" "Address of an HTTP check, instead of the one line.";
    "actuator.health.url.*.method" Text "get" "What it sends: get or head.";
    "actuator.health.url.*.status" List "2xx" "Statuses that it expects: 200, 2xx, 200-204.";
    "actuator.health.url.*.body" Text "" "Text that it expects in the first 64 KiB of the body.";
    "actuator.health.url.*.timeout" Duration "3s" "How long the whole call may take.";
    "actuator.health.url.*.ca-certificate" Text "" "PEM file of the authorities to trust instead of the system's.";
    "actuator.health.url.*.client-certificate" Text "" "PEM file of the client certificate.";
    "actuator.health.url.*.client-key" Text "" "PEM file of its private key.";
    "actuator.health.url.*.expected-headers.*" Text "" "Value that it expects of a header; empty for any.";
    "actuator.health.url.*.headers.*" Text "" "One more header to send.";
    "actuator.health.url.*" Text "" "HTTP check by name: the address that has to answer.";
    "actuator.health.tcp.*.address" Text "" "Address of a port check, instead of the one line.";
    "actuator.health.tcp.*.timeout" Duration "3s" "How long it may take, lookup included.";
    "actuator.health.tcp.*" Text "" "Port check by name: the host and port that have to be open.";
    "actuator.health.dns.*.address" Text "" "Name of a DNS check, instead of the one line.";
    "actuator.health.dns.*.expected-addresses" List "" "Addresses that it expects among those found.";
    "actuator.health.dns.*.minimum" Number "1" "How many addresses it expects at least.";
    "actuator.health.dns.*.timeout" Duration "3s" "How long it may take.";
    "actuator.health.dns.*" Text "" "DNS check by name: the name that has to resolve.";
    "actuator.health.tls.*.address" Text "" "Server or file of a certificate check, instead of the one line.";
    "actuator.health.tls.*.warn-below-days" Number "14" "Below how many days left it is a warning.";
    "actuator.health.tls.*.require-trust" Bool "false" "Whether a server's certificate that is not trusted is DOWN.";
    "actuator.health.tls.*.server-name" Text "" "Name to ask the server for, instead of its host.";
    "actuator.health.tls.*.ca-certificate" Text "" "PEM file of the authorities to trust instead of the system's.";
    "actuator.health.tls.*.timeout" Duration "3s" "How long it may take.";
    "actuator.health.tls.*" Text "" "Certificate check by name: a server (host:port) or a PEM file.";
    "actuator.health.webhook.url" Text "" "Receiver of changes of health, by POST; none: nobody is told.";
    "actuator.health.webhook.minimum-gap" Duration "1m" "How long a check is quiet after a failure of it was told; what changes meanwhile is told then.";
    "actuator.health.webhook.recovery" Bool "true" "Whether the end of a failure that was told is told.";
    "actuator.health.webhook.checks" List "" "Paths of checks to tell of, each with what is below it; all by default.";
    "actuator.health.webhook.body" Text "" "Body with placeholders, instead of the built-in JSON.";
    "actuator.health.webhook.recovery-body" Text "" "Body at the end of a failure; as body by default.";
    "actuator.health.webhook.timeout" Duration "5s" "How long one message may take.";
    "actuator.health.webhook.ca-certificate" Text "" "PEM file of the authorities to trust instead of the system's.";
    "actuator.health.webhook.client-certificate" Text "" "PEM file of the client certificate.";
    "actuator.health.webhook.client-key" Text "" "PEM file of its private key.";
    "actuator.health.webhook.headers.*" Text "" "One more header of each message.";
    "actuator.health.check.*.timeout" Duration "" "How long this check may take.";
    "actuator.health.check.*.success-ttl" Duration "" "How long a good result of this check is kept.";
    "actuator.health.check.*.failure-ttl" Duration "" "How long a bad result of this check is kept.";
    "actuator.health.check.*.interval" Duration "" "Runs this check by itself with this pause.";
    "actuator.health.check.*.failure-interval" Duration "" "The pause while this check fails.";
    "actuator.health.check.*.failure-threshold" Number "" "Bad results in a row until this check is reported as bad.";
    "actuator.health.check.*.success-threshold" Number "" "Good results in a row until this check is reported as good again.";
    "actuator.health.check.*.initial-status" Text "" "What is reported before the thresholds are reached for the first time.";
    "actuator.health.check.*.failure-status" Text "" "What is reported instead of DOWN.";
    "actuator.health.check.*.critical" Bool "true" "Whether this check counts for the status of the whole.";
    "actuator.health.check.*.level" Number "1" "Who needs to ask it: 0 nobody, 1 load balancers, higher ones monitors.";
    "actuator.health.check.*.tags" List "" "Words by which it can be selected.";
    "actuator.health.check.*.description" Text "" "What it checks.";
    "actuator.httpexchanges.capacity" Number "100" "How many exchanges are kept.";
    "actuator.httpexchanges.management-requests" Bool "true" "Whether requests to the management API are recorded.";
    "actuator.logfile.ring-size" Size "1MB" "How much of the log is kept in memory where there is no file; 0 for none.";
    "actuator.metrics.jvm-aliases" Bool "false" "Whether facts are also given under the JVM's names, for the admin server's cards.";
    "actuator.metrics.management-requests" Bool "true" "Whether requests to the management API are measured.";
    "actuator.metrics.max-series" Number "1000" "How many series one meter may have.";
    "actuator.metrics.sample-interval" Duration "5s" "Time between two samples of the system.";
    "actuator.compat.dump" Bool "false" "Whether dump is served beside threaddump.";
};

/// Settings of Spring services that may stand in files that both read. Whoever sets one is told.
const WITHOUT_EFFECT: &[&str] = &[
    "logging.buffer.size",
    "logging.console.enabled",
    "logging.logback.rollingpolicy.*",
    "logging.pattern.*",
    "logging.structured.*",
    "logging.structured.format.*",
    "logging.threshold.console",
    "logging.threshold.file",
    "management.endpoints.web.cors.allow-credentials",
    "management.endpoints.web.cors.allowed-headers",
    "management.endpoints.web.cors.allowed-methods",
    "management.endpoints.web.cors.allowed-origin-patterns",
    "management.endpoints.web.cors.allowed-origins",
    "management.endpoints.web.cors.exposed-headers",
    "management.endpoints.web.cors.max-age",
    "management.metrics.*",
    "management.observations.*",
    "management.prometheus.*",
    "server.forward-headers-strategy",
    "spring.main.banner-mode",
];

#[cfg(test)]
#[path = "catalog_document.rs"]
mod document;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_found_by_its_own_name_and_described() {
        for entry in entries() {
            let name = entry.name.replace('*', "x");
            let (canonical, _) = canonical(&name, Spelling::Dotted).expect("known");
            assert_eq!(canonical, name);
            assert!(entry.description.ends_with('.'), "{}", entry.name);
        }
    }

    #[test]
    fn every_name_without_effect_is_a_known_one() {
        for name in WITHOUT_EFFECT {
            assert!(entries().iter().any(|entry| entry.name == *name), "{name}");
        }
    }

    #[test]
    fn a_name_appears_once() {
        let mut names: Vec<&str> = entries().iter().map(|entry| entry.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}

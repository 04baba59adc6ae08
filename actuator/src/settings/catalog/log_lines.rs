//! Names of what lines of the log look like, and which of them go where.

use super::{Entry, Kind, catalog};

#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = catalog! {
    "logging.console.enabled" Bool "true" "Whether the log is written to the console.";
    "logging.structured.format.console" Text "" "Format of the console: text, logstash, ecs, gelf or c2c; unset, text on a terminal and logstash otherwise.";
    "logging.structured.format.file" Text "text" "Format of the file: text, logstash, ecs, gelf or c2c.";
    "logging.structured.ecs.service.name" Text "" "service.name in ECS; spring.application.name by default.";
    "logging.structured.ecs.service.version" Text "" "service.version in ECS; spring.application.version by default.";
    "logging.structured.ecs.service.environment" Text "" "service.environment in ECS.";
    "logging.structured.ecs.service.node-name" Text "" "service.node.name in ECS.";
    "logging.structured.gelf.host" Text "" "host in GELF; spring.application.name by default.";
    "logging.structured.gelf.service.version" Text "" "_service_version in GELF; spring.application.version by default.";
    "logging.structured.json.include" List "" "Paths of the only members that JSON lines have.";
    "logging.structured.json.exclude" List "" "Paths of members that JSON lines do not have.";
    "logging.structured.json.rename.*" Text "" "Other name of the member with this path.";
    "logging.structured.json.add.*" Text "" "Text of a member that is added to JSON lines.";
    "logging.structured.json.context.include" Bool "true" "Whether fields of events and spans are members of JSON lines.";
    "logging.structured.json.context.prefix" Text "" "What stands before the names of such fields.";
    "logging.structured.*" Text "" "Other details of structured formats.";
    "logging.threshold.console" Text "TRACE" "Least level that reaches the console.";
    "logging.threshold.file" Text "TRACE" "Least level that reaches the file.";
    "logging.include-application-name" Bool "true" "Whether lines of text name spring.application.name.";
    "logging.include-application-group" Bool "true" "Whether lines of text name spring.application.group.";
    "logging.pattern.*" Text "" "Patterns of log lines.";
    "spring.application.group" Text "" "Group of the application, which lines of text name.";
    "spring.application.version" Text "" "Version of the application in JSON lines; that of the package by default.";
    "spring.output.ansi.enabled" Text "detect" "Colours on the console: always, never, or detect whether it is a terminal.";
    "actuator.logging.queue-size" Size "1MB" "How much of the log may wait for each destination; more is dropped and counted.";
    "actuator.logging.rate-limit" Text "" "How many lines each place in the code may log: 100/s, 20/m, 5/h.";
};

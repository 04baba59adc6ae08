//! Logstash's JSON, with the members that Spring's `LogstashStructuredLogFormatter` writes.

use super::template::{Node, Value, fixed, leaf};

/// Logback's numbers of the levels, from ERROR to TRACE.
const LEVELS: [u16; 5] = [40_000, 30_000, 20_000, 10_000, 5_000];

/// The members, in order.
pub(super) fn members() -> Vec<(String, Node)> {
    vec![
        leaf("@timestamp", Value::Time),
        ("@version".to_owned(), fixed("1")),
        leaf("message", Value::Message),
        leaf("logger_name", Value::Logger),
        leaf("thread_name", Value::Thread),
        leaf("level", Value::Level),
        leaf("level_value", Value::LevelNumber(LEVELS)),
        leaf("requestId", Value::RequestId),
        leaf("traceId", Value::TraceId),
        leaf("", Value::Fields),
        leaf("stack_trace", Value::ErrorCauses),
    ]
}

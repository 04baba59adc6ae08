//! The Graylog Extended Log Format, with the members that Spring's
//! `GraylogExtendedLogFormatStructuredLogFormatter` writes.

use super::{
    About,
    settings::ServiceSettings,
    template::{Node, Value, fixed, leaf},
};

/// Syslog's numbers of the levels (RFC 5424), from ERROR to TRACE.
const LEVELS: [u16; 5] = [3, 4, 6, 7, 7];

/// The members, in order.
pub(super) fn members(about: &About, service: &ServiceSettings) -> Vec<(String, Node)> {
    let text = |name: &str, text: &Option<String>| {
        text.as_deref().map(|text| (name.to_owned(), fixed(text)))
    };
    let mut members = vec![
        ("version".to_owned(), fixed("1.1")),
        leaf("short_message", Value::MessageOrBlank),
        leaf("timestamp", Value::EpochMillis),
        leaf("level", Value::LevelNumber(LEVELS)),
        leaf("_level_name", Value::Level),
        leaf("_process_pid", Value::Fixed(about.process.to_string())),
        leaf("_process_thread_name", Value::Thread),
    ];
    members.extend(text("host", &service.name));
    members.extend(text("_service_version", &service.version));
    members.extend([
        leaf("_log_logger", Value::Logger),
        leaf("_requestId", Value::RequestId),
        leaf("_traceId", Value::TraceId),
        leaf("", Value::Fields),
        leaf("full_message", Value::FullMessage),
        leaf("_error_stack_trace", Value::ErrorCauses),
        leaf("_error_message", Value::ErrorMessage),
    ]);
    members
}

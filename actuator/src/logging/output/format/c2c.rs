//! The fields that c2cwsgiutils writes, to the console and as CEE to syslog.

use super::{
    About,
    template::{Node, Value, fixed, leaf},
};

/// Syslog's numbers of the levels (RFC 5424), from ERROR to TRACE.
const LEVELS: [u16; 5] = [3, 4, 6, 7, 7];

/// The members, in order.
pub(super) fn members(about: &About) -> Vec<(String, Node)> {
    vec![
        ("host".to_owned(), fixed(&about.host)),
        leaf("timestamp", Value::EpochMicros),
        leaf("level", Value::LevelNumber(LEVELS)),
        leaf("source_facility", Value::Logger),
        leaf("file", Value::File),
        leaf("line", Value::LineNumber),
        leaf("msg", Value::Message),
        leaf("logger_name", Value::Logger),
        leaf("function", Value::Function),
        leaf("pid", Value::Fixed(about.process.to_string())),
        leaf("thread_name", Value::Thread),
        ("process_name".to_owned(), fixed(about.application.as_deref().unwrap_or("MainProcess"))),
        leaf("level_name", Value::Level),
        leaf("request_id", Value::RequestId),
        leaf("trace_id", Value::TraceId),
        leaf("", Value::Fields),
        leaf("full_message", Value::FullMessage),
        leaf("full_msg", Value::HasFullMessage),
    ]
}

//! One event as a line of JSON.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    audit::AuditEvent,
    support::{offset_date_time::parse_offset_date_time, time::iso_instant},
};

/// Bytes of the longest line that is an event: 8 KiB of data, whose secrets may have become longer
/// when they were masked, and two names of 256 bytes that may be escaped.
pub(super) const MAX_LINE: usize = 32 * 1024;

#[derive(Serialize, Deserialize)]
struct Line<'l> {
    timestamp: Cow<'l, str>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    principal: Cow<'l, str>,
    #[serde(rename = "type")]
    event_type: Cow<'l, str>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    data: Option<&'l RawValue>,
}

/// The line, with a line feed. Data in one line stays one: it was written by the same library.
pub(super) fn write(event: &AuditEvent, into: &mut Vec<u8>) {
    let line = Line {
        timestamp: iso_instant(event.timestamp()).into(),
        principal: event.principal().into(),
        event_type: event.event_type().into(),
        data: event.data(),
    };
    let start = into.len();
    if serde_json::to_writer(&mut *into, &line).is_err() {
        into.truncate(start);
        return;
    }
    // A line feed can only be white space between tokens: one inside a text is escaped.
    for byte in into.iter_mut().skip(start).filter(|byte| matches!(**byte, b'\n' | b'\r')) {
        *byte = b' ';
    }
    into.push(b'\n');
}

/// The event of a line; `None` if it is none.
pub(super) fn read(line: &[u8]) -> Option<AuditEvent> {
    let line: Line<'_> = serde_json::from_slice(line).ok()?;
    let timestamp = parse_offset_date_time(&line.timestamp)?;
    Some(AuditEvent::restored(timestamp, &line.principal, &line.event_type, line.data))
}

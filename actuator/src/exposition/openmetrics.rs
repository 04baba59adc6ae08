//! What only OpenMetrics 1.0 has: families without suffixes, exemplars, and an end.
//!
//! There is no `UNIT`, as Spring sends none: the unit is in the name.

use std::io::Write as _;

use super::{
    lines::Type,
    number::{write_timestamp, write_value},
    plan::Part,
    text::write_help,
};
use crate::meter::RecordedExemplar;

/// Writes what stands above the samples: `TYPE` before `HELP`, without `_total` and `_info`.
pub(super) fn write_header(into: &mut Vec<u8>, part: &Part, kind: Type, help: &str) {
    into.extend_from_slice(b"# TYPE ");
    into.extend_from_slice(part.name.as_bytes());
    into.push(b' ');
    into.extend_from_slice(kind.word());
    into.extend_from_slice(b"\n# HELP ");
    into.extend_from_slice(part.name.as_bytes());
    into.push(b' ');
    write_help(into, help, true);
    into.push(b'\n');
}

/// ` # {span_id="…",trace_id="…"} value timestamp`, behind the value of a bucket or a
/// counter.
pub(super) fn write_exemplar(into: &mut Vec<u8>, recorded: &RecordedExemplar) {
    let exemplar = recorded.exemplar;
    // Writing to a vector cannot fail.
    let _ = write!(
        into,
        " # {{span_id=\"{:016x}\",trace_id=\"{:032x}\"}} ",
        exemplar.span_id, exemplar.trace_id
    );
    write_value(into, recorded.value);
    into.push(b' ');
    write_timestamp(into, recorded.at);
}

/// Writes the last line: without it a reader has to think that something is missing.
pub(super) fn write_end(into: &mut Vec<u8>) {
    into.extend_from_slice(b"# EOF\n");
}

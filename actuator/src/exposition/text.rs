//! What only text 0.0.4 has: `HELP` before `TYPE`, both with the name of the samples.

use super::{lines::Type, plan::Part};

/// Writes what stands above the samples.
pub(super) fn write_header(into: &mut Vec<u8>, part: &Part, kind: Type, help: &str) {
    // There is no info: it is a gauge that is always 1.
    let kind = if kind == Type::Info { Type::Gauge } else { kind };
    let (name, suffix) = (part.name.as_bytes(), part.role.suffix().as_bytes());
    into.extend_from_slice(b"# HELP ");
    into.extend_from_slice(name);
    into.extend_from_slice(suffix);
    into.push(b' ');
    write_help(into, help, false);
    into.extend_from_slice(b"\n# TYPE ");
    into.extend_from_slice(name);
    into.extend_from_slice(suffix);
    into.push(b' ');
    into.extend_from_slice(kind.word());
    into.push(b'\n');
}

/// Escapes `\` and line ends, and quotes where the format wants that too.
pub(super) fn write_help(into: &mut Vec<u8>, help: &str, quotes: bool) {
    for byte in help.bytes() {
        match byte {
            b'\\' => into.extend_from_slice(b"\\\\"),
            b'\n' => into.extend_from_slice(b"\\n"),
            b'"' if quotes => into.extend_from_slice(b"\\\""),
            other => into.push(other),
        }
    }
}

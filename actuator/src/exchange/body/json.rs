//! Secrets in JSON, also in JSON of which only the beginning is there.

use crate::model::sanitizer::Sanitizer;

/// How deep a document is looked into; as deep as `serde_json` reads.
const MAX_DEPTH: usize = 127;

/// The text with the values of secret members hidden. What was cut is closed, so that it is a
/// document again whose members have names: in `{"credentials": {"user": "x", "pa` only the name
/// of the outer member tells that all of it is secret.
pub(super) fn masked(text: &str, may_be_cut: bool, sanitizer: &Sanitizer) -> String {
    if is_document(text) {
        return sanitizer.sanitize_text(text).into_owned();
    }
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    if lines.len() > 1 && lines.first().is_some_and(|line| is_document(line)) {
        return lines.iter().map(|line| masked_line(line, may_be_cut, sanitizer)).collect();
    }
    masked_line(text, may_be_cut, sanitizer)
}

fn masked_line(text: &str, may_be_cut: bool, sanitizer: &Sanitizer) -> String {
    let closed = closed(text).filter(|closed| may_be_cut && is_document(closed));
    sanitizer.sanitize_text(closed.as_deref().unwrap_or(text)).into_owned()
}

fn is_document(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// The document up to its last whole member or item, with its brackets closed. `None` if it is no
/// object or list that was cut.
fn closed(text: &str) -> Option<String> {
    let mut open = Vec::new();
    // Where it can be cut, and the brackets that are open there.
    let mut cut = None;
    let (mut in_string, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => {
                open.push(if byte == b'{' { '}' } else { ']' });
                if open.len() > MAX_DEPTH {
                    return None;
                }
                cut = Some((at + 1, open.len()));
            }
            b'}' | b']' => {
                open.pop()?;
                cut = Some((at + 1, open.len()));
            }
            b',' => cut = Some((at, open.len())),
            _ => {}
        }
    }
    let (end, depth) = cut?;
    let mut closed = text.get(..end)?.to_owned();
    closed.extend(open.get(..depth)?.iter().rev());
    Some(closed)
}

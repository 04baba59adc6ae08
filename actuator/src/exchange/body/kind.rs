//! Which bodies are text, and of what form.

use super::BodyHead;

/// The forms of text whose secrets are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextKind {
    /// JSON documents, one or one on each line.
    Json,
    /// `application/x-www-form-urlencoded`
    Form,
    /// XML and HTML.
    Xml,
    /// Other text.
    Plain,
}

impl TextKind {
    /// The form that the head of a body names; `None` if that is no text that can be read here.
    pub(super) fn of(head: &BodyHead<'_>) -> Option<Self> {
        let content_type = head.content_type.filter(|_| !head.is_encoded)?.to_ascii_lowercase();
        let (essence, parameters) = content_type.split_once(';').unwrap_or((&content_type, ""));
        if !parameters.split(';').all(is_readable) {
            return None;
        }
        let essence = essence.trim();
        let (kind, subtype) = essence.split_once('/')?;
        let suffix = subtype.rsplit_once('+').map(|(_, suffix)| suffix);
        Some(match (kind, subtype, suffix) {
            ("application", "x-www-form-urlencoded", _) => Self::Form,
            (_, "json" | "x-ndjson" | "jsonl" | "json-seq", _) | (_, _, Some("json")) => Self::Json,
            (_, "xml" | "html", _) | (_, _, Some("xml")) => Self::Xml,
            ("text", _, _)
            | ("application", "javascript" | "yaml" | "toml" | "sql" | "graphql", _)
            | (_, _, Some("yaml")) => Self::Plain,
            _ => return None,
        })
    }
}

/// Whether text can be read that has this parameter: in UTF-16 no secret would be found.
fn is_readable(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else { return true };
    name.trim() != "charset"
        || matches!(value.trim().trim_matches('"'), "utf-8" | "utf8" | "us-ascii" | "iso-8859-1")
}

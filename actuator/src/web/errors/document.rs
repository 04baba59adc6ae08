//! The error documents: Spring's, as `DefaultErrorAttributes` orders its members (recorded: golden
//! `index/unknown-*`, `run-error-messages`), problem details of RFC 9457, and the page for browsers.

use std::time::SystemTime;

use http::StatusCode;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::Value;

use crate::support::time::iso_instant;

/// What can be said of an error. What is `None` is left out.
#[derive(Clone, Copy, Debug)]
pub(in crate::web) struct ErrorDocument<'a> {
    /// The status of the answer.
    pub(in crate::web) status: StatusCode,
    /// The type of the error behind it.
    pub(in crate::web) exception: Option<&'a str>,
    /// The error with its causes.
    pub(in crate::web) trace: Option<&'a str>,
    /// What is wrong, for people.
    pub(in crate::web) message: Option<&'a str>,
    /// The path that was asked for.
    pub(in crate::web) path: Option<&'a str>,
    /// The id of the request.
    pub(in crate::web) request_id: Option<&'a str>,
}

/// What only problem details have.
#[derive(Clone, Copy, Debug)]
pub(super) struct ProblemMembers<'a> {
    /// A URI that names the kind of problem; `about:blank` for none.
    pub(super) kind: &'a str,
    /// What this kind is called; the words of the status for none.
    pub(super) title: Option<&'a str>,
    /// Further members.
    pub(super) extensions: &'a [(String, Value)],
}

impl<'a> ErrorDocument<'a> {
    /// A document of a status, a message and a path.
    pub(in crate::web) fn new(
        status: StatusCode,
        message: Option<&'a str>,
        path: Option<&'a str>,
    ) -> Self {
        Self { status, exception: None, trace: None, message, path, request_id: None }
    }

    /// Spring's document.
    pub(in crate::web) fn spring(&self) -> Vec<u8> {
        #[derive(Serialize)]
        struct Document<'a> {
            timestamp: String,
            status: u16,
            error: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            exception: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            trace: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            message: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            path: Option<&'a str>,
            #[serde(rename = "requestId", skip_serializing_if = "Option::is_none")]
            request_id: Option<&'a str>,
        }
        // Three fraction digits always, as java.util.Date prints.
        let timestamp = humantime::format_rfc3339_millis(SystemTime::now()).to_string();
        let document = Document {
            timestamp,
            status: self.status.as_u16(),
            error: words(self.status),
            exception: self.exception,
            trace: self.trace,
            message: self.message,
            path: self.path,
            request_id: self.request_id,
        };
        serde_json::to_vec(&document).unwrap_or_default()
    }

    /// Problem details: the members of RFC 9457 3.1 in its order, then extensions.
    pub(super) fn problem(&self, members: &ProblemMembers<'_>) -> Vec<u8> {
        serde_json::to_vec(&Problem { document: self, members }).unwrap_or_default()
    }
}

struct Problem<'a> {
    document: &'a ErrorDocument<'a>,
    members: &'a ProblemMembers<'a>,
}

impl Serialize for Problem<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { document, members } = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", members.kind)?;
        map.serialize_entry("title", members.title.unwrap_or(words(document.status)))?;
        map.serialize_entry("status", &document.status.as_u16())?;
        for (name, value) in [
            ("detail", document.message),
            ("instance", document.path),
            ("requestId", document.request_id),
            ("exception", document.exception),
            ("trace", document.trace),
        ] {
            if let Some(value) = value {
                map.serialize_entry(name, value)?;
            }
        }
        for (name, value) in members.extensions {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// The words of a status.
fn words(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or("Unknown")
}

/// The page for callers that read HTML.
pub(in crate::web) fn page(status: StatusCode) -> Vec<u8> {
    let (code, words, now) = (status.as_u16(), words(status), iso_instant(SystemTime::now()));
    format!("<html><body><h1>{code} {words}</h1><p>{now}</p></body></html>").into_bytes()
}

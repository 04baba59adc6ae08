//! What the instance said, as one line and as an exit code.

use std::{collections::BTreeMap, fmt, time::Duration};

use serde::Deserialize;

use super::client::Target;
use crate::support::text::shortened;

/// Bytes of the line; Docker keeps 4,096 of all that a probe says.
const MAX_LINE: usize = 1_000;
/// Status that says nothing against a component.
const FINE: [&str; 2] = ["UP", "UNKNOWN"];

/// How the running instance answered a probe. It displays as one line: `UP`, or
/// `DOWN: db, queue`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeReport {
    http_status: u16,
    status: Option<String>,
    failing: Vec<String>,
    url: String,
}

/// A health document of version 3, as far as it counts here.
#[derive(Deserialize)]
struct Document {
    status: String,
    #[serde(default)]
    components: BTreeMap<String, Document>,
}

impl ProbeReport {
    /// Asks the target. The error is a sentence about what failed.
    pub(crate) fn ask(target: &Target, timeout: Duration) -> Result<Self, String> {
        let answer = target.get(timeout)?;
        // The status of an error document is a number: that is no health document.
        let document: Option<Document> = serde_json::from_slice(&answer.body).ok();
        let mut failing = Vec::new();
        if let Some(document) = &document {
            collect(document, "", &document.status, &mut failing);
        }
        Ok(Self {
            http_status: answer.code,
            status: document.map(|document| plain(&document.status)),
            failing,
            url: target.url(),
        })
    }

    /// Whether the instance is as it should be: a status code of 200 to 399, as Kubernetes
    /// decides.
    pub fn is_success(&self) -> bool {
        (200..400).contains(&self.http_status)
    }

    /// The status code of HTTP.
    pub fn http_status(&self) -> u16 {
        self.http_status
    }

    /// The health status (`UP`); `None` if the answer was no health document.
    pub fn status(&self) -> Option<&str> {
        self.status.as_deref()
    }

    /// The paths of the components that are neither UP nor UNKNOWN, as far as the answer shows
    /// components; with their status where that is not the whole's: `db`, `cache (RESTRICTED)`.
    pub fn failing(&self) -> &[String] {
        &self.failing
    }
}

fn collect(document: &Document, path: &str, overall: &str, failing: &mut Vec<String>) {
    for (name, component) in &document.components {
        let path = if path.is_empty() { plain(name) } else { format!("{path}/{}", plain(name)) };
        if !component.components.is_empty() {
            collect(component, &path, overall, failing);
        } else if component.status == overall && !FINE.contains(&overall) {
            failing.push(path);
        } else if !FINE.contains(&component.status.as_str()) {
            failing.push(format!("{path} ({})", plain(&component.status)));
        }
    }
}

/// A word of the instance's, fit for a line of a terminal.
fn plain(text: &str) -> String {
    shortened(text, 200).replace(char::is_control, "?")
}

impl fmt::Display for ProbeReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { http_status, status, failing, url } = self;
        let line = match (status, http_status) {
            (Some(status), 200 | 503) if failing.is_empty() || status == "UP" => status.clone(),
            (Some(status), 200 | 503) => format!("{status}: {}", failing.join(", ")),
            (Some(status), code) => {
                format!("{status} (HTTP {code}): {}", failing.join(", "))
            }
            (None, 404) => format!("HTTP 404 from {url}: there is no such group or check"),
            (None, code) => format!("HTTP {code} from {url}"),
        };
        f.write_str(shortened(line.trim_end_matches([':', ' ']), MAX_LINE))
    }
}

//! What the instance said, as one line and as an exit code.

use std::{collections::BTreeMap, fmt, time::Duration};

use serde::Deserialize;

use super::{answer::Answer, client::Target};
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
        Ok(Self::of(&target.get(timeout)?, target.url()))
    }

    fn of(answer: &Answer, url: String) -> Self {
        // The status of an error document is a number: that is no health document.
        let document: Option<Document> = serde_json::from_slice(&answer.body).ok();
        let mut failing = Vec::new();
        if let Some(document) = &document {
            collect(document, "", &document.status, &mut failing);
        }
        let status = document.map(|document| plain(&document.status));
        Self { http_status: answer.code, status, failing, url }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn report(code: u16, body: &impl ToString) -> ProbeReport {
        let answer = Answer { code, body: body.to_string().into_bytes() };
        ProbeReport::of(&answer, "http://h:1/x".to_owned())
    }

    #[test]
    fn what_is_not_up_is_named_with_its_path_and_its_status_where_that_differs() {
        let report = report(
            503,
            &json!({"status": "DOWN", "groups": ["a"], "components": {
                "db": {"status": "DOWN", "details": {"status": 7}},
                "brokers": {"status": "DOWN", "components": {
                    "primary": {"status": "DOWN"}, "spare": {"status": "UP"},
                }},
                "cache": {"status": "RESTRICTED"},
                "mail": {"status": "UNKNOWN"},
            }}),
        );
        assert_eq!(report.to_string(), "DOWN: brokers/primary, cache (RESTRICTED), db");
        assert_eq!((report.is_success(), report.status()), (false, Some("DOWN")));
        assert_eq!(report.failing(), ["brokers/primary", "cache (RESTRICTED)", "db"]);
    }

    #[test]
    fn the_line_is_short_and_the_code_of_http_decides() {
        let down_but_uncritical =
            json!({"status": "UP", "components": {"mail": {"status": "DOWN"}}});
        for (code, body, line, success) in [
            (200, json!({"status": "UP"}), "UP", true),
            (200, down_but_uncritical, "UP", true),
            (200, json!({"status": "RESTRICTED"}), "RESTRICTED", true),
            (299, json!({"status": "DOWN"}), "DOWN (HTTP 299)", true),
            (503, json!({"status": "OUT_OF_SERVICE"}), "OUT_OF_SERVICE", false),
            (200, json!([1]), "HTTP 200 from http://h:1/x", true),
            (302, json!(null), "HTTP 302 from http://h:1/x", true),
            (401, json!({"status": 401}), "HTTP 401 from http://h:1/x", false),
        ] {
            let report = report(code, &body);
            assert_eq!((report.to_string().as_str(), report.is_success()), (line, success));
        }
    }

    #[test]
    fn what_a_stranger_answers_neither_breaks_the_line_nor_grows_it() {
        let odd = report(503, &json!({"status": "a\nb\u{1b}[31m"}));
        assert_eq!(odd.to_string(), "a?b?[31m");
        let many: BTreeMap<_, _> =
            (0..1_000).map(|n| (format!("check{n}"), json!({"status": "DOWN"}))).collect();
        let long = report_of_many(&many);
        assert!(long.starts_with("DOWN: check0, ") && long.len() <= MAX_LINE, "{}", long.len());
        let deep = format!(
            "{}1{}",
            "{\"status\":\"X\",\"components\":{\"a\":".repeat(9_000),
            "}}".repeat(9_000)
        );
        assert_eq!(report(503, &deep).status(), None);
    }

    fn report_of_many(many: &BTreeMap<String, serde_json::Value>) -> String {
        report(503, &json!({"status": "DOWN", "components": many})).to_string()
    }
}

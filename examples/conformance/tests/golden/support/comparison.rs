//! Compares an answer with the recorded one: status, headers, body.

use regex_lite::Regex;
use serde_json::Value;

use super::{
    prometheus,
    recording::{Answer, Recording},
    rules, shape,
};

/// One respect in which an answer differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// `status`, the name of a header in lower case, `body`, or `body:` and a path in it.
    pub aspect: String,
    /// What was and what is.
    pub what: String,
}

/// Headers that are not compared, and why.
const IGNORED: [(&str, &str); 11] = [
    ("date", "the time"),
    ("content-length", "framing; versions of Spring differ too"),
    ("transfer-encoding", "framing"),
    ("connection", "the container's: Tomcat closes after 400, 500 and 503"),
    ("keep-alive", "the container's"),
    ("content-disposition", "Spring MVC's guard for names with dots; WebFlux sends none"),
    ("content-language", "the container's, on its HTML pages"),
    ("vary", "that of CORS has a test of its own; resources of Spring 3.5 send it too"),
    ("x-application-context", "Spring's name of the application on a shared server"),
    ("server", "the container's"),
    ("last-modified", "the container's"),
];

/// Everything in which `actual` differs from the recording. An answer of another status is
/// another answer: its headers and body are not compared.
pub fn compare(recording: &Recording, actual: &Answer) -> Vec<Mismatch> {
    let recorded = &recording.response;
    if recorded.status != actual.status {
        let body = String::from_utf8_lossy(&actual.body);
        let body: String = body.chars().take(160).collect();
        let what = format!("was {} and is {} {body}", recorded.status, actual.status);
        return vec![Mismatch { aspect: "status".to_owned(), what }];
    }
    let mut found = compare_headers(recording, actual);
    found.extend(compare_bodies(recording, actual).into_iter().map(|(path, what)| {
        let aspect = if path.is_empty() { "body".to_owned() } else { format!("body:{path}") };
        Mismatch { aspect, what }
    }));
    found
}

fn compare_headers(recording: &Recording, actual: &Answer) -> Vec<Mismatch> {
    let recorded = &recording.response;
    let mut names: Vec<String> = recorded
        .headers
        .iter()
        .chain(&actual.headers)
        .map(|(name, _)| name.to_ascii_lowercase())
        .filter(|name| !IGNORED.iter().any(|(ignored, _)| ignored == name))
        .collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .filter_map(|name| {
            let (was, is) = (recorded.header(&name), actual.header(&name));
            let same = match (&was, &is) {
                (Some(was), Some(is)) => {
                    comparable(&name, was, recording) == comparable(&name, is, recording)
                }
                _ => false,
            };
            let shown = |value: Option<String>| value.unwrap_or_else(|| "absent".to_owned());
            (!same).then(|| Mismatch {
                aspect: name,
                what: format!("was {} and is {}", shown(was), shown(is)),
            })
        })
        .collect()
}

/// A header's value without what may differ.
fn comparable(name: &str, value: &str, recording: &Recording) -> String {
    match name {
        "allow" => {
            let mut methods: Vec<&str> = value.split(',').map(str::trim).collect();
            methods.sort_unstable();
            methods.join(",")
        }
        "content-type" => replace(r"boundary=[^;]+", value, "boundary=…"),
        "set-cookie" => replace("SESSION=[^;]+", value, "SESSION=…"),
        // Of a log that has grown since.
        "content-range" if recording.shows_own_log() => replace("[0-9]+", value, "…"),
        _ => value.to_owned(),
    }
}

/// Differences of the body: where, and what.
pub type Found = Vec<(String, String)>;

fn compare_bodies(recording: &Recording, actual: &Answer) -> Found {
    let recorded = &recording.response;
    if recording.has_note("body not stored") || recording.request.method == "HEAD" {
        return Vec::new();
    }
    let is_prometheus = rules::endpoint(&recording.request.target) == "prometheus";
    if recording.has_note("binary body") {
        if is_prometheus {
            return prometheus::compare_messages(&hex(&recorded.body), &actual.body);
        }
        return same_bytes(&hex(&recorded.body), &actual.body);
    }
    let content_type = recorded.header("content-type").unwrap_or_default();
    if recorded.body.is_empty() || actual.body.is_empty() {
        return same_bytes(&recorded.body, &actual.body);
    }
    if content_type.contains("json") {
        return compare_documents(recording, actual);
    }
    if content_type.starts_with("text/html") {
        return compare_pages(recorded, actual);
    }
    if content_type.starts_with("multipart/") {
        let masked = |answer: &Answer| {
            let boundary = answer.header("content-type").unwrap_or_default();
            let boundary = boundary.split("boundary=").nth(1).unwrap_or("?");
            let boundary = boundary.split(';').next().unwrap_or_default().trim_matches('"');
            let text = String::from_utf8_lossy(&answer.body).replace(boundary, "…");
            text.trim_end().as_bytes().to_vec()
        };
        return same_bytes(&masked(recorded), &masked(actual));
    }
    if is_prometheus {
        let text = |answer: &Answer| String::from_utf8_lossy(&answer.body).into_owned();
        return prometheus::compare_texts(&text(recorded), recording.is_trimmed(), &text(actual));
    }
    match rules::text_form(recording) {
        Some(form) => form(&String::from_utf8_lossy(&actual.body)),
        None => same_bytes(&recorded.body, &actual.body),
    }
}

fn compare_documents(recording: &Recording, actual: &Answer) -> Found {
    let recorded = &recording.response.body;
    let Ok(recorded) = serde_json::from_slice::<Value>(recorded) else {
        return same_bytes(recorded, &actual.body);
    };
    match serde_json::from_slice::<Value>(&actual.body) {
        Ok(actual) => {
            let (recorded, actual) = (lower_header_names(recorded), lower_header_names(actual));
            shape::differences(&recorded, &actual, rules::of(recording, &recorded))
        }
        Err(error) => vec![(String::new(), format!("is not JSON: {error}"))],
    }
}

/// Recorded exchanges have headers in them, whose names have no case.
fn lower_header_names(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| match value {
                Value::Object(headers) if name == "headers" => {
                    let headers = headers.into_iter();
                    (
                        name,
                        headers.map(|(name, value)| (name.to_ascii_lowercase(), value)).collect(),
                    )
                }
                value => (name, lower_header_names(value)),
            })
            .collect(),
        Value::Array(elements) => elements.into_iter().map(lower_header_names).collect(),
        other => other,
    }
}

/// Error pages are for people: they have to name the status and its reason.
fn compare_pages(recorded: &Answer, actual: &Answer) -> Found {
    let recorded_page = String::from_utf8_lossy(&recorded.body).into_owned();
    let page = String::from_utf8_lossy(&actual.body);
    let reason = capture(r"type=([A-Za-z ]+), status", &recorded_page)
        .or_else(|| capture(r"Status [0-9]+ – ([A-Za-z ]+)<", &recorded_page))
        .unwrap_or_default();
    [recorded.status.to_string(), reason]
        .into_iter()
        .filter(|wanted| !page.contains(wanted.as_str()))
        .map(|wanted| (String::new(), format!("the page does not say {wanted}")))
        .collect()
}

fn same_bytes(recorded: &[u8], actual: &[u8]) -> Found {
    if recorded == actual {
        return Vec::new();
    }
    let shown = |bytes: &[u8]| {
        String::from_utf8_lossy(bytes)
            .chars()
            .take(100)
            .collect::<String>()
            .escape_debug()
            .to_string()
    };
    vec![(String::new(), format!("was `{}` and is `{}`", shown(recorded), shown(actual)))]
}

fn hex(text: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(text)
        .split_whitespace()
        .map(|byte| u8::from_str_radix(byte, 16).expect("two hexadecimal digits"))
        .collect()
}

fn replace(pattern: &str, text: &str, with: &str) -> String {
    Regex::new(pattern).expect("a fixed pattern").replace_all(text, with).into_owned()
}

fn capture(pattern: &str, text: &str) -> Option<String> {
    let regex = Regex::new(pattern).expect("a fixed pattern");
    regex.captures(text).map(|found| found[1].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(headers: &[(&str, &str)], body: &str) -> Recording {
        Recording {
            id: "boot-4.1.0/health/x".to_owned(),
            notes: Vec::new(),
            request: super::super::recording::Request::get("/actuator/health"),
            response: answer(headers, body),
        }
    }

    fn answer(headers: &[(&str, &str)], body: &str) -> Answer {
        Answer {
            status: 200,
            headers: headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
            body: body.as_bytes().to_vec(),
        }
    }

    fn aspects(recording: &Recording, actual: &Answer) -> Vec<String> {
        compare(recording, actual).into_iter().map(|mismatch| mismatch.aspect).collect()
    }

    #[test]
    fn framing_is_ignored_and_allow_is_a_set() {
        let recorded = recording(&[("Allow", "GET, POST"), ("Transfer-Encoding", "chunked")], "");
        assert!(
            compare(&recorded, &answer(&[("allow", "POST,GET"), ("content-length", "0")], ""))
                .is_empty()
        );
        assert_eq!(aspects(&recorded, &answer(&[("allow", "GET")], "")), ["allow"]);
    }

    #[test]
    fn a_header_that_only_one_of_them_has_is_a_mismatch() {
        let recorded = recording(&[("Accept-Patch", "")], "");
        assert_eq!(aspects(&recorded, &answer(&[("x-mine", "1")], "")), ["accept-patch", "x-mine"]);
    }

    #[test]
    fn a_page_has_to_say_its_status_and_reason() {
        let html = ("Content-Type", "text/html;charset=UTF-8");
        let mut recorded = recording(&[html], "…(type=Not Acceptable, status=406)…");
        recorded.response.status = 406;
        let mut good = answer(&[html], "<h1>406 Not Acceptable</h1>");
        good.status = 406;
        assert!(compare(&recorded, &good).is_empty());
        let mut bad = answer(&[html], "<h1>406</h1>");
        bad.status = 406;
        assert_eq!(aspects(&recorded, &bad), ["body"]);
    }

    #[test]
    fn a_body_where_none_was_is_a_mismatch() {
        assert_eq!(aspects(&recording(&[], ""), &answer(&[], "x")), ["body"]);
    }

    #[test]
    fn another_status_is_the_only_thing_said() {
        let mut actual = answer(&[("x", "y")], "{}");
        actual.status = 503;
        assert_eq!(aspects(&recording(&[], ""), &actual), ["status"]);
    }
}

//! Where a group of metrics lives in a Pushgateway: `/metrics/job/<job>/<label>/<value>…`, as the
//! Pushgateway's README has it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stands in a path as it is: RFC 3986, unreserved.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The path of the group. Metrics of one group replace each other, and carry its labels.
pub(super) fn path(job: &str, labels: &[(String, String)]) -> String {
    let mut path = "/metrics".to_owned();
    append(&mut path, "job", job);
    for (label, value) in labels {
        append(&mut path, label, value);
    }
    path
}

/// What is wrong with a label of a grouping key; `None` if nothing is.
pub(super) fn complaint(label: &str) -> Option<&'static str> {
    let mut bytes = label.bytes();
    let starts = bytes.next().is_some_and(|c| c.is_ascii_alphabetic() || c == b'_');
    if !starts || !bytes.all(|c| c.is_ascii_alphanumeric() || c == b'_') {
        Some("expected the name of a label: letters, digits and _, no digit first")
    } else if label.starts_with("__") {
        Some("names of labels that start with __ are Prometheus' own")
    } else if label == "job" {
        Some("the job is set beside the grouping key")
    } else {
        None
    }
}

fn append(path: &mut String, label: &str, value: &str) {
    // A slash cannot be escaped, an empty segment is dropped, and dots lead elsewhere.
    let plain = !matches!(value, "" | "." | "..") && !value.contains('/');
    path.push('/');
    path.push_str(label);
    if plain {
        path.push('/');
        path.extend(utf8_percent_encode(value, ENCODED));
    } else {
        path.push_str("@base64/");
        // An empty value is its padding alone.
        path.push_str(if value.is_empty() { "=" } else { "" });
        append_base64(path, value.as_bytes());
    }
}

/// RFC 4648, section 5, without padding.
fn append_base64(text: &mut String, bytes: &[u8]) {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - group.len()));
        let digits = [18, 12, 6, 0].map(|shift| (bits >> shift & 63) as usize);
        let digits = digits.iter().take(group.len() + 1);
        text.extend(digits.filter_map(|digit| ALPHABET.get(*digit)).map(|c| char::from(*c)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(labels: &[(&str, &str)]) -> Vec<(String, String)> {
        labels.iter().map(|(label, value)| ((*label).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_group_is_a_path_of_its_job_and_its_labels() {
        let key = labels(&[("instance", "web-1:8080"), ("region", "eu west")]);
        let expected = "/metrics/job/shop/instance/web-1%3A8080/region/eu%20west";
        assert_eq!(path("shop", &key), expected);
        assert_eq!(path("Ω+%", &[]), "/metrics/job/%CE%A9%2B%25");
    }

    #[test]
    fn what_no_segment_can_hold_is_sent_in_base64() {
        // The examples of the Pushgateway's README.
        let key = labels(&[("path", "/var/tmp"), ("first_label", "")]);
        let expected =
            "/metrics/job/directory_cleaner/path@base64/L3Zhci90bXA/first_label@base64/=";
        assert_eq!(path("directory_cleaner", &key), expected);
        for (value, encoded) in [("..", "Li4"), (".", "Lg"), ("a/b", "YS9i"), ("/??>", "Lz8_Pg")] {
            assert_eq!(path(value, &[]), format!("/metrics/job@base64/{encoded}"));
        }
    }

    #[test]
    fn a_label_that_the_gateway_would_refuse_is_refused_before() {
        for good in ["instance", "_x", "a1"] {
            assert_eq!(complaint(good), None, "{good}");
        }
        for bad in ["", "1a", "a-b", "a.b", "__name__", "job", "é", "a/b", "a@base64"] {
            assert!(complaint(bad).is_some(), "{bad}");
        }
    }
}

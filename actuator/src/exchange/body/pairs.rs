//! Secrets in queries and forms: pairs of names and values, each of which may be escaped.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::model::sanitizer::Sanitizer;

/// What is escaped in a value that was changed; the mask stays as it is.
const ESCAPED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'*').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `a=b&c=d` with the secret values hidden; what is not secret stays as it was written.
pub(in crate::exchange) fn masked_pairs(pairs: &str, sanitizer: &Sanitizer) -> String {
    let mut clean = String::with_capacity(pairs.len());
    for (at, pair) in pairs.split('&').enumerate() {
        if at > 0 {
            clean.push('&');
        }
        let (name, value) = match pair.split_once('=') {
            Some((name, value)) => (Some(name), value),
            None => (None, pair),
        };
        let plain = decode(value);
        let masked = match name {
            Some(name) => sanitizer.sanitize(&decode(name), &plain),
            None => sanitizer.sanitize_text(&plain),
        };
        if *masked == plain {
            clean.push_str(pair);
            continue;
        }
        if let Some(name) = name {
            clean.push_str(name);
            clean.push('=');
        }
        clean.extend(utf8_percent_encode(&masked, ESCAPED));
    }
    clean
}

fn decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

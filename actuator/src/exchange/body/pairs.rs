//! Secrets in queries and forms: pairs of names and values, each of which may be escaped.

use std::fmt::Write as _;

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
        match pair.split_once('=') {
            Some((name, value)) => {
                let plain = decode(value);
                let masked = sanitizer.sanitize(&decode(name), &plain);
                if *masked == plain {
                    clean.push_str(pair);
                } else {
                    // Writing into a text cannot fail.
                    let _ = write!(clean, "{name}={}", utf8_percent_encode(&masked, ESCAPED));
                }
            }
            None => {
                let plain = decode(pair);
                let masked = sanitizer.sanitize_text(&plain);
                if *masked == plain {
                    clean.push_str(pair);
                } else {
                    let _ = write!(clean, "{}", utf8_percent_encode(&masked, ESCAPED));
                }
            }
        }
    }
    clean
}

fn decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

//! `"password": "x"` where the whole is no JSON document, also with escaped or single quotes.

use std::ops::Range;

use super::{Sanitizer, is_secret_key, last_bytes, value};

/// The next value of a member with a secret name.
pub fn find(sanitizer: &Sanitizer, text: &str, from: usize) -> Option<Range<usize>> {
    let mut at = from;
    loop {
        let colon = at + text.get(at..)?.find(':')?;
        at = colon + 1;
        let before = last_bytes(text, from, colon).trim_end();
        let Some(quote) = before.chars().next_back().filter(|c| matches!(c, '"' | '\'')) else {
            continue;
        };
        let before = before.strip_suffix(quote)?.trim_end_matches('\\');
        let Some((_, name)) = before.rsplit_once(quote) else {
            continue;
        };
        if !is_secret_key(sanitizer, name) {
            continue;
        }
        let rest = text.get(at..)?;
        let start = at + rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let Some(value) = value(text, start, |c| c.is_whitespace() || ",}]\\{[".contains(c)) else {
            continue;
        };
        return Some(value);
    }
}

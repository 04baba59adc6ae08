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
        let Some((before, name)) = before.rsplit_once(quote) else {
            continue;
        };
        let names = || named_before(before, quote).is_some_and(|n| is_secret_key(sanitizer, n));
        let is_secret = is_secret_key(sanitizer, name) || name == "value" && names();
        if !is_secret {
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

/// The secret's name in `"name": "DB_PASSWORD", "value": …`, of which this stands in front of the
/// second name.
fn named_before(before: &str, quote: char) -> Option<&str> {
    let skip = |text: &'_ str| text.trim_end_matches(['\\', ' ', '\t', '\n', '\r']).len();
    let cut = |text: &'_ str, end: char| Some(text.get(..skip(text))?.strip_suffix(end)?.len());
    let before = before.get(..cut(before, ',')?)?;
    let before = before.get(..cut(before, quote)?)?.trim_end_matches('\\');
    let (before, name) = before.rsplit_once(quote)?;
    let before = before.get(..cut(before, ':')?)?;
    let before = before.get(..cut(before, quote)?)?.trim_end_matches('\\');
    let (_, what) = before.rsplit_once(quote)?;
    matches!(what, "name" | "key").then_some(name)
}

//! Secrets inside of plain text: URLs, `key=value` pairs, members of JSON that is no document,
//! and tokens that are known by their shape. Every pass is linear in the length of the text.

use std::{borrow::Cow, ops::Range};

use super::{MASK, key};

mod glance;
mod shape;
mod url;

pub use glance::may_hold_secret;

/// Longest key that is looked at, in bytes.
const MAX_KEY: usize = 128;

/// A pass: the first secret at or behind an offset.
type Pass = fn(&str, usize) -> Option<Range<usize>>;

/// The text with its secrets masked.
pub fn sanitize(text: &str) -> Cow<'_, str> {
    let passes: [(&str, Pass); 6] = [
        ("-----BEGIN", shape::private_key),
        ("", shape::token),
        ("://", url::password),
        ("(", url::data_source_password),
        ("=", pair),
        (":", member),
    ];
    passes.into_iter().fold(Cow::Borrowed(text), |text, (trigger, pass)| {
        if text.contains(trigger) { replace(text, pass) } else { text }
    })
}

fn replace(text: Cow<'_, str>, pass: Pass) -> Cow<'_, str> {
    let mut clean = String::new();
    let mut done = 0;
    while let Some(secret) = pass(&text, done) {
        clean.push_str(text.get(done..secret.start).unwrap_or_default());
        clean.push_str(MASK);
        done = secret.end;
    }
    if done == 0 {
        return text;
    }
    clean.push_str(text.get(done..).unwrap_or_default());
    Cow::Owned(clean)
}

/// `token=abc` in a query, `password='a b'` in a connection string.
fn pair(text: &str, from: usize) -> Option<Range<usize>> {
    let mut at = from;
    loop {
        let equals = at + text.get(at..)?.find('=')?;
        at = equals + 1;
        let before = last_bytes(text, from, equals);
        let before = before.strip_suffix(' ').unwrap_or(before);
        let name = before.rsplit(|c: char| !is_key_char(c)).next().unwrap_or_default();
        if name.is_empty() || !is_secret_key(name) {
            continue;
        }
        let rest = text.get(at..)?;
        let start = at + usize::from(rest.starts_with(' '));
        let Some(value) = value(text, start, |c| c.is_whitespace() || "&;,#\"'`<>)}]".contains(c))
        else {
            continue;
        };
        return Some(value);
    }
}

/// `"password": "x"` where the whole is no JSON document, also with escaped or single quotes.
fn member(text: &str, from: usize) -> Option<Range<usize>> {
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
        if !is_secret_key(name) {
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

/// A value that starts here: what is between quotes, or else up to an `end`. None if empty.
fn value(text: &str, start: usize, end: impl Fn(char) -> bool) -> Option<Range<usize>> {
    let rest = text.get(start..)?;
    let unescaped = rest.trim_start_matches('\\');
    let escapes = rest.len() - unescaped.len();
    let range = match unescaped.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        Some(quote) => {
            let start = start + escapes + 1;
            start..closing_quote(text, start, quote, escapes)
        }
        None => start..start + rest.find(end).unwrap_or(rest.len()),
    };
    (!range.is_empty()).then_some(range)
}

/// Where the quoted text ends: at a quote with no more backslashes than the opening one had; at
/// the end of the text if there is none.
fn closing_quote(text: &str, start: usize, quote: char, escapes: usize) -> usize {
    let mut backslashes = 0;
    for (at, c) in text.get(start..).unwrap_or_default().char_indices() {
        if c == '\\' {
            backslashes += 1;
            continue;
        }
        if c == quote && (backslashes <= escapes || backslashes.is_multiple_of(2) && escapes == 0) {
            return start + at - backslashes.min(escapes);
        }
        backslashes = 0;
    }
    text.len()
}

/// What stands before `end`, as much as a key can be.
fn last_bytes(text: &str, from: usize, end: usize) -> &str {
    let start = text.floor_char_boundary(end.saturating_sub(MAX_KEY)).max(from);
    text.get(start..end).unwrap_or_default()
}

fn is_key_char(c: char) -> bool {
    c.is_alphanumeric() || "_-.%[]".contains(c)
}

fn is_secret_key(name: &str) -> bool {
    key::is_secret(&percent_encoding::percent_decode_str(name).decode_utf8_lossy())
}

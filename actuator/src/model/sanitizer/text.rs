//! Secrets inside of plain text: URLs, `key=value` pairs, `name: value`, members of JSON that is no
//! document, command lines, and tokens that are known by their shape. Every pass is linear in the
//! length of the text.

use std::{borrow::Cow, ops::Range};

use super::{MASK, Sanitizer};

mod element;
mod glance;
mod labelled;
mod member;
mod option;
mod pair;
mod shape;
mod url;

pub use glance::may_hold_secret;

/// Longest key that is looked at, in bytes.
const MAX_KEY: usize = 128;

/// A pass: the first secret at or behind an offset.
type Pass = fn(&Sanitizer, &str, usize) -> Option<Range<usize>>;

/// The text with its secrets masked.
pub fn sanitize<'t>(sanitizer: &Sanitizer, text: &'t str) -> Cow<'t, str> {
    run(sanitizer, Cow::Borrowed(text), pair::find)
}

/// The same for what had escapes, which is not looked into for further ones.
fn sanitize_once<'t>(sanitizer: &Sanitizer, text: &'t str) -> Cow<'t, str> {
    match super::json::sanitize(sanitizer, text, 0) {
        Some(clean) => clean,
        None => run(sanitizer, Cow::Borrowed(text), pair::find_named),
    }
}

fn run<'t>(sanitizer: &Sanitizer, text: Cow<'t, str>, pairs: Pass) -> Cow<'t, str> {
    let passes: [(&str, Pass); 10] = [
        ("-----BEGIN", |_, text, from| shape::private_key(text, from)),
        ("", |_, text, from| shape::token(text, from)),
        ("://", |_, text, from| url::password(text, from)),
        ("@", |_, text, from| url::bare_password(text, from)),
        ("(", |_, text, from| url::data_source_password(text, from)),
        ("=", pairs),
        (":", member::find),
        (":", labelled::find),
        ("-", option::find),
        ("</", element::find),
    ];
    passes.into_iter().fold(text, |text, (trigger, pass)| {
        if text.contains(trigger) { replace(sanitizer, text, pass) } else { text }
    })
}

fn replace<'t>(sanitizer: &Sanitizer, text: Cow<'t, str>, pass: Pass) -> Cow<'t, str> {
    let mut clean = String::new();
    let mut done = 0;
    while let Some(secret) = pass(sanitizer, &text, done) {
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

/// A value that starts here: what is between quotes, or else up to an `end`. None if empty.
fn value(text: &str, start: usize, end: impl Fn(char) -> bool) -> Option<Range<usize>> {
    let rest = text.get(start..)?;
    let range =
        quoted(text, start).unwrap_or_else(|| start..start + rest.find(end).unwrap_or(rest.len()));
    (!range.is_empty()).then_some(range)
}

/// What is between the quotes that open here, which may be escaped; `None` if none do.
fn quoted(text: &str, start: usize) -> Option<Range<usize>> {
    let rest = text.get(start..)?;
    let unescaped = rest.trim_start_matches('\\');
    let escapes = rest.len() - unescaped.len();
    let quote = unescaped.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let start = start + escapes + 1;
    Some(start..closing_quote(text, start, quote, escapes))
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

/// As [`is_key_char`], without what only queries have in a name.
fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

fn is_secret_key(sanitizer: &Sanitizer, name: &str) -> bool {
    sanitizer.is_secret_key(&percent_encoding::percent_decode_str(name).decode_utf8_lossy())
}

/// Whether a word looks like no word: it has digits among letters, capitals within, or signs.
fn looks_random(word: &str) -> bool {
    let has = |is: fn(&u8) -> bool| word.bytes().any(|byte| is(&byte));
    let has_lower = has(u8::is_ascii_lowercase);
    word.len() >= 4
        && (has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
            || has_lower && word.bytes().skip(1).any(|byte| byte.is_ascii_uppercase())
            || has(|byte| b"=+!@#$%^&*~".contains(byte)))
}

//! `token=abc` in a query, `password='a b'` or `Password=a;` in a connection string.

use std::{borrow::Cow, ops::Range};

use percent_encoding::percent_decode_str;

use super::{MAX_KEY, Sanitizer, is_key_char, is_secret_key, last_bytes, quoted};

/// How much of a value with escapes is looked into, in bytes.
const MAX_ESCAPED: usize = 4096;
/// The longest value in braces, in bytes.
const MAX_BRACED: usize = 1024;

/// The next value of a pair with a secret name, or one with an escaped secret in it:
/// `?q=%7B%22password%22%3A%22x%22%7D`.
pub fn find(sanitizer: &Sanitizer, text: &str, from: usize) -> Option<Range<usize>> {
    next(text, from, |name, value| {
        is_secret_key(sanitizer, name)
            || value().is_some_and(|value| hides_secret(sanitizer, value))
    })
}

/// The next value of a pair with a secret name.
pub fn find_named(sanitizer: &Sanitizer, text: &str, from: usize) -> Option<Range<usize>> {
    next(text, from, |name, _| is_secret_key(sanitizer, name))
}

/// Whether there is a secret in a value once its escapes are gone.
fn hides_secret(sanitizer: &Sanitizer, value: &str) -> bool {
    let near = value.get(..value.floor_char_boundary(MAX_ESCAPED)).unwrap_or_default();
    let plain = percent_decode_str(near).decode_utf8_lossy();
    matches!(super::sanitize_once(sanitizer, &plain), Cow::Owned(_))
}

/// The next value of a pair that is a secret, told by its name and, where that has escapes, its
/// value.
fn next<'t>(
    text: &'t str,
    from: usize,
    is_secret: impl Fn(&str, &dyn Fn() -> Option<&'t str>) -> bool,
) -> Option<Range<usize>> {
    let mut at = from;
    loop {
        let equals = at + text.get(at..)?.find('=')?;
        at = equals + 1;
        let before = last_bytes(text, from, equals);
        let before = before.strip_suffix(' ').unwrap_or(before);
        let name = before.rsplit(|c: char| !is_key_char(c)).next().unwrap_or_default();
        let value = || {
            let rest = text.get(at..)?;
            let near = rest.get(..rest.floor_char_boundary(MAX_ESCAPED))?;
            let value = near.split(|c: char| c.is_whitespace() || "&\"'<>=".contains(c)).next()?;
            Some(value).filter(|value| value.contains('%'))
        };
        if name.is_empty() || !is_secret(name, &value) {
            continue;
        }
        let start = at + usize::from(text.get(at..)?.starts_with(' '));
        let is_query = before.strip_suffix(name).is_some_and(|b| b.ends_with(['?', '&']));
        let range =
            quoted(text, start).unwrap_or_else(|| start..unquoted_end(text, start, is_query));
        if !range.is_empty() {
            return Some(range);
        }
    }
}

/// Where a value without quotes ends: passwords may hold any of the signs that end others, so one
/// ends it only if what follows looks like something else.
fn unquoted_end(text: &str, start: usize, is_query: bool) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    // ODBC: PWD={a;b}.
    let near = rest.get(..rest.floor_char_boundary(MAX_BRACED)).unwrap_or_default();
    if rest.starts_with('{')
        && let Some(end) = near.find('}')
    {
        return start + end + 1;
    }
    let has_blanks = is_in_connection_string(rest);
    for (at, c) in rest.char_indices() {
        let behind = rest.get(at + c.len_utf8()..).unwrap_or_default();
        let ends = match c {
            '\n' | '\r' | '<' | '`' => true,
            c if c.is_whitespace() => !has_blanks,
            '#' => is_query,
            '&' | ';' | ',' => begins_another(behind),
            '"' | '\'' | '>' | ')' | '}' | ']' => is_closed(behind),
            _ => false,
        };
        if ends {
            return start + at;
        }
    }
    text.len()
}

/// Whether a semicolon with another name behind it follows in the same line, past blanks but no
/// other pair: `Password=my secret;Server=x`.
fn is_in_connection_string(rest: &str) -> bool {
    let near = rest.get(..rest.floor_char_boundary(MAX_KEY)).unwrap_or_default();
    let end = near.find(['=', '\n']).unwrap_or(near.len());
    near.get(..end)
        .and_then(|value| value.rfind(';'))
        .is_some_and(|semicolon| begins_another(near.get(semicolon + 1..).unwrap_or_default()))
}

/// Whether another pair, a blank or nothing follows a separator.
fn begins_another(behind: &str) -> bool {
    let Some(first) = behind.chars().next() else { return true };
    if first.is_whitespace() || matches!(first, '"' | '\'' | '\\') {
        return true;
    }
    let near = behind.get(..behind.floor_char_boundary(MAX_KEY)).unwrap_or_default();
    let name = near.split(|c| !(is_key_char(c) || c == ' ')).next().unwrap_or_default();
    !name.is_empty() && near.get(name.len()..).is_some_and(|r| r.starts_with(['=', ':']))
}

/// Whether what follows a quote or bracket says that it was the end.
fn is_closed(behind: &str) -> bool {
    behind.chars().next().is_none_or(|c| c.is_whitespace() || ",;.:)]}>&\"'\\<".contains(c))
}

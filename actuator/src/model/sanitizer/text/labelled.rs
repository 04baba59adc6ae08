//! `name: value` without quotes around the name: what `Debug` writes of a struct, headers, YAML.
//!
//! A colon stands in sentences, too ("invalid token: unexpected end"). So it depends on where the
//! name stands and on what the value looks like.

use std::ops::Range;

use super::{Sanitizer, is_word_byte, looks_random, quoted};

/// Names that are words of sentences as well.
const WEAK: &[&str] =
    &["key", "keys", "token", "tokens", "pass", "pw", "sig", "signature", "auth", "jwt"];
/// What stands in front of a value in `Debug`.
const WRAPPERS: &[&str] = &["Some(", "Ok(", "Secret(", "SecretString("];
/// Schemes that are followed by more than one word.
const SCHEMES: &[&str] = &["digest", "negotiate", "ntlm", "hawk", "token", "apikey"];

/// What ends a value in a sentence or struct, beside blanks.
const WORD_ENDS: [char; 7] = [',', ';', ')', '}', ']', '"', '\''];
const LINE_ENDS: [char; 2] = ['\n', '\r'];
/// How much of a word is looked at to tell whether it is one, in bytes.
const MAX_WORD: usize = 256;

/// Where a name stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At the start of a line.
    Line,
    /// Behind this quote, so that the value ends at the next one.
    Quote(char),
    /// Where a field of a struct stands.
    Field,
    /// In a sentence.
    Sentence,
}

/// Whether a colon, at this offset and behind a word of so many bytes, may label a secret. As in
/// [`find`], but cheaper.
pub fn may_label(sanitizer: &Sanitizer, text: &str, colon: usize, word: usize) -> bool {
    let next = text.as_bytes().get(colon + 1);
    word >= 2
        && !matches!(next, None | Some(b':' | b'/'))
        && text.get(colon - word..colon).is_some_and(|name| sanitizer.is_secret_key(name))
}

/// The next labelled secret.
pub fn find(sanitizer: &Sanitizer, text: &str, from: usize) -> Option<Range<usize>> {
    let mut at = from;
    loop {
        let colon = at + text.get(at..)?.find(':')?;
        at = colon + 1;
        let before = super::last_bytes(text, from, colon);
        let word = before.bytes().rev().take_while(|byte| is_word_byte(*byte)).count();
        if !may_label(sanitizer, text, colon, word) {
            continue;
        }
        let Some(secret) = value_of(text, colon - word..colon) else { continue };
        if !secret.is_empty() {
            return Some(secret);
        }
    }
}

/// What the name labels. Whatever is not hidden is looked at only as far as [`MAX_WORD`], so that a
/// line of nothing but names is not read again for each of them.
fn value_of(text: &str, name: Range<usize>) -> Option<Range<usize>> {
    let place = place(text.get(..name.start)?)?;
    let behind = text.get(name.end + 1..)?;
    let mut start = name.end + 1 + behind.len() - behind.trim_start_matches([' ', '\t']).len();
    let name = text.get(name)?;
    let is_weak = WEAK.iter().any(|weak| weak.eq_ignore_ascii_case(name));
    if is_weak && place == Place::Sentence {
        return None;
    }
    let rest = text.get(start..)?;
    if let Some(wrapper) = WRAPPERS.iter().find(|wrapper| rest.starts_with(**wrapper)) {
        // `{:#?}` writes each level in a line of its own.
        let inner = text.get(start + wrapper.len()..)?;
        start = text.len() - inner.trim_start().len();
    }
    if let Some(range) = quoted(text, start) {
        return Some(range);
    }
    let rest = text.get(start..)?;
    let to = |ends: &[char]| start..start + rest.find(ends).unwrap_or(rest.len());
    let near = rest.get(..rest.floor_char_boundary(MAX_WORD))?;
    let word = near.split(|c: char| c.is_whitespace() || WORD_ENDS.contains(&c)).next()?;
    let is_random = looks_random(word);
    let is_alone =
        || rest.get(word.len()..).is_none_or(|r| r.is_empty() || r.starts_with(LINE_ENDS));
    match place {
        Place::Quote(quote) => Some(to(&[quote, '\n', '\r'])),
        Place::Line if !is_weak || is_random && is_alone() => Some(to(&LINE_ENDS)),
        // More than one word of such a header is secret.
        _ if is_header(name) && (is_random || is_scheme(word)) => {
            Some(to(&['"', '\'', '\n', '\r']))
        }
        Place::Field | Place::Sentence if is_random => Some(start..to_blank(text, start)),
        _ => None,
    }
}

fn to_blank(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let end = rest.find(|c: char| c.is_whitespace() || WORD_ENDS.contains(&c));
    start + end.unwrap_or(rest.len())
}

/// Where a name stands that has this in front of it. `None` if it is no name: `shop::token: x` is a
/// path.
fn place(before: &str) -> Option<Place> {
    let trimmed = before.trim_end_matches([' ', '\t']);
    let is_apart = trimmed.len() < before.len();
    Some(match trimmed.chars().next_back() {
        Some(':') if !is_apart => return None,
        None | Some('\n' | '\r') => Place::Line,
        // A list of YAML, and what `curl -v` writes.
        Some('-' | '>' | '<') if is_apart && begins_line(trimmed) => Place::Line,
        Some(quote @ ('"' | '\'')) if !is_apart => Place::Quote(quote),
        Some('{' | '(' | '[' | ',') => Place::Field,
        Some(_) => Place::Sentence,
    })
}

fn begins_line(mark: &str) -> bool {
    let before = mark.get(..mark.len() - 1).unwrap_or_default();
    let before = before.trim_end_matches([' ', '\t']);
    before.is_empty() || before.ends_with(['\n', '\r'])
}

fn is_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with("cookie") || name.ends_with("authorization")
}

fn is_scheme(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    SCHEMES.contains(&word.as_str()) || word.starts_with("aws4-")
}

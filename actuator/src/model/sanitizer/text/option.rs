//! Command lines: `--password x`, `-u name:x`.

use std::ops::Range;

use super::{Sanitizer, is_word_byte, quoted};

/// What follows the name of an option in a sentence about it.
const WORDS: &[&str] = &[
    "and", "as", "for", "if", "in", "instead", "is", "must", "nor", "not", "of", "on", "option",
    "or", "to", "was", "with",
];
/// Options of curl and others that take a name and a password.
const USER: &[&str] = &["-u", "--user", "--proxy-user", "-U"];

/// Whether a word that stands before a blank may be such an option.
pub fn may_ask(word: &str) -> bool {
    word.len() > 2 && word.starts_with("--") || USER.contains(&word)
}

/// The next value of an option with a secret name.
pub fn find(sanitizer: &Sanitizer, text: &str, from: usize) -> Option<Range<usize>> {
    let mut at = from;
    loop {
        let start = at + text.get(at..)?.find('-')?;
        let rest = text.get(start..)?;
        let length = rest.bytes().take_while(|byte| is_word_byte(*byte)).count();
        at = start + length;
        let is_apart = text.get(..start)?.chars().next_back().is_none_or(is_break);
        let word = rest.get(..length)?;
        if !is_apart || !may_ask(word) {
            continue;
        }
        let behind = rest.get(length..)?;
        let Some(value) = separated(behind) else { continue };
        let value = text.len() - value.len();
        let name = word.trim_start_matches('-');
        let is_user = USER.contains(&word);
        if (is_user || sanitizer.is_secret_key(name))
            && let Some(found) = value_of(text, value, is_user)
        {
            return Some(found);
        }
    }
}

/// What follows an option behind a blank, or as the next text of a list: `"--pin", "x"`.
fn separated(behind: &str) -> Option<&str> {
    let value = behind.trim_start_matches([' ', '\t', '\0']);
    if value.len() < behind.len() {
        return Some(value);
    }
    let behind = behind.trim_start_matches('\\').strip_prefix(['"', '\''])?;
    let value = behind.trim_start().strip_prefix(',')?.trim_start();
    value.trim_start_matches('\\').starts_with(['"', '\'']).then_some(value)
}

/// The value that starts here; of a name and a password only the latter.
fn value_of(text: &str, start: usize, is_user: bool) -> Option<Range<usize>> {
    let rest = text.get(start..)?;
    let range = quoted(text, start).unwrap_or_else(|| {
        let end = rest.find(|c: char| is_break(c) || matches!(c, '\\' | ']' | ','));
        start..start + end.unwrap_or(rest.len())
    });
    let value = text.get(range.clone())?;
    if value.is_empty() || value.starts_with('-') || WORDS.contains(&value) {
        return None;
    }
    if is_user {
        let (name, password) = value.split_once(':')?;
        return (!password.is_empty()).then(|| range.start + name.len() + 1..range.end);
    }
    Some(range)
}

fn is_break(c: char) -> bool {
    c.is_whitespace() || c.is_control() || "\"'`<>()[{;|".contains(c)
}

//! A first look at a text: most hold nothing that could be a secret, and are told so by one pass
//! over their bytes.

use super::{Sanitizer, is_word_byte, labelled::may_label, option::may_ask};

/// The shortest token that is known by its shape is longer than this, in bytes: a prefix of three
/// and 16 characters, the 20 characters of AWS, or a JWT of two parts of eight, each with its dot.
const SHORT: usize = 17;

/// Whether the text may hold a secret. `false` is certain: each of the passes over a text asks
/// for one of these things.
pub fn may_hold_secret(sanitizer: &Sanitizer, text: &str) -> bool {
    let (mut word, mut before) = (0, b' ');
    let (mut has_at, mut has_place, mut has_quote) = (false, false, false);
    // Whether there was a colon since the last blank.
    let mut has_colon = false;
    for (at, byte) in text.bytes().enumerate() {
        if is_word_byte(byte) {
            (word, before) = (word + 1, byte);
            if word > SHORT {
                return true;
            }
            continue;
        }
        match byte {
            b'=' => return true,
            // A member of JSON; what is no ASCII may be a blank, too.
            b':' if matches!(before, b'"' | b'\'') || !before.is_ascii() => return true,
            b':' if may_label(sanitizer, text, at, word) => return true,
            b':' => {
                has_colon = true;
                has_place |= text.get(at..).is_some_and(|rest| rest.starts_with("://"));
            }
            b'(' => has_place = true,
            b'@' if has_colon => return true,
            b'@' => has_at = true,
            b'"' => has_quote = true,
            b'/' if before == b'<' => return true,
            b' ' | b'\t' | 0 if word >= 2 && is_followed(text.get(at - word..at)) => return true,
            _ => {}
        }
        word = 0;
        if byte.is_ascii_whitespace() {
            has_colon = false;
        } else {
            before = byte;
        }
    }
    // A password stands before the `@` of a host; strings of JSON may have escapes.
    has_at && has_place || has_quote && text.trim_start().starts_with(['{', '['])
}

/// Whether this word before a blank is followed by a secret: credentials, the rest of a PEM block,
/// the value of an option.
fn is_followed(word: Option<&str>) -> bool {
    word.is_some_and(|word| word.len() >= 5 && begins_secret(word) || may_ask(word))
}

/// The word before credentials, or the beginning of a PEM block.
fn begins_secret(word: &str) -> bool {
    word.eq_ignore_ascii_case("bearer")
        || word.eq_ignore_ascii_case("basic")
        || word.ends_with("-----BEGIN")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_harmless_and_what_looks_like_a_secret_is_looked_at() {
        for text in [
            "",
            "request finished in 3 ms",
            "über 1 % of [a, b] {c}",
            "a-b_c.d",
            "calling: http://h:80/x (a)",
        ] {
            assert!(!may_hold_secret(&Sanitizer::default(), text), "{text}");
        }
        for text in [
            "Bearer x",
            "the BASIC y",
            "-----BEGIN PRIVATE KEY-----",
            "a=b",
            "http://u:p@h",
            "u:p@tcp(x",
            "\"password\" : x",
            "'pw':x",
            r#"["http:\/\/u:p\u0040h"]"#,
            "sk-0123456789abcdef",
            "AKIAIOSFODNN7EXAMPLE",
            "eyJhbGci.aaaaaaaa.",
            "password: x",
            "root:x@db/shop",
            "--pin x",
            "-u a:b",
            "<a>b</a>",
        ] {
            assert!(may_hold_secret(&Sanitizer::default(), text), "{text}");
        }
    }
}

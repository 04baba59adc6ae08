//! A first look at a text: most hold nothing that could be a secret, and are told so by one pass
//! over their bytes.

/// The shortest token that is known by its shape is longer than this, in bytes: a prefix of three
/// and 16 characters, the 20 characters of AWS, or a JWT of two parts of eight, each with its dot.
const SHORT: usize = 17;

/// Whether the text may hold a secret. `false` is certain: each of the passes over a text asks
/// for one of these things.
pub fn may_hold_secret(text: &str) -> bool {
    let mut word = 0;
    for (at, byte) in text.bytes().enumerate() {
        if is_word_byte(byte) {
            word += 1;
            if word > SHORT {
                return true;
            }
            continue;
        }
        if matches!(byte, b':' | b'=' | b'(') {
            return true;
        }
        if byte == b' ' && word >= 5 && begins_secret(text.get(at - word..at).unwrap_or_default()) {
            return true;
        }
        word = 0;
    }
    false
}

/// As in [`super::shape`].
fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
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
        for text in ["", "request finished in 3 ms", "über 1 % of [a, b] {c}", "a-b_c.d"] {
            assert!(!may_hold_secret(text), "{text}");
        }
        for text in [
            "Bearer x",
            "the BASIC y",
            "-----BEGIN PRIVATE KEY-----",
            "a=b",
            "http://u",
            "u(x",
            "sk-0123456789abcdef",
            "AKIAIOSFODNN7EXAMPLE",
            "eyJhbGci.aaaaaaaa.",
        ] {
            assert!(may_hold_secret(text), "{text}");
        }
    }
}

//! Text as JSON strings and as plain text: what must not stand there as it is, is escaped.

/// How many bytes are looked at together; the compiler makes one comparison of them.
const CHUNK: usize = 16;

/// Appends a JSON string with its quotes (RFC 8259). As in Spring, control characters of both
/// blocks (U+0000 to U+001F, U+007F to U+009F) are escaped, so none reaches a terminal either; and
/// beyond Spring, what ends lines for some readers or makes text appear in another order than it
/// has (CVE-2021-42574).
pub(super) fn push_string(to: &mut String, text: &str) {
    to.push('"');
    push_escaped(to, text);
    to.push('"');
}

/// Appends what stands between the quotes of a JSON string.
pub(super) fn push_escaped(to: &mut String, text: &str) {
    push_with(to, text, needs_escape, |to, c| match c {
        '"' => to.push_str("\\\""),
        '\\' => to.push_str("\\\\"),
        '\n' => to.push_str("\\n"),
        '\r' => to.push_str("\\r"),
        '\t' => to.push_str("\\t"),
        '\u{8}' => to.push_str("\\b"),
        '\u{c}' => to.push_str("\\f"),
        c if c.is_control() || reorders(c) => push_unicode(to, c),
        c => to.push(c),
    });
}

/// Appends text for a terminal or a file: of the control characters only line feeds (of stack
/// traces) and tabs pass. All else that [`push_string`] escapes, but quotes and backslashes, is
/// written as Rust does.
pub(super) fn push_plain(to: &mut String, text: &str) {
    push_with(to, text, needs_look, |to, c| match c {
        '\n' | '\t' => to.push(c),
        c if c.is_control() || reorders(c) => to.extend(c.escape_default()),
        c => to.push(c),
    });
}

/// Line and paragraph separators, embeddings, overrides and isolates.
fn reorders(c: char) -> bool {
    matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Copies what is clean and lets `escape` decide on the rest.
fn push_with(
    to: &mut String,
    text: &str,
    needs: fn(u8) -> bool,
    escape: impl Fn(&mut String, char),
) {
    let mut rest = text;
    loop {
        let (clean, dirty) = rest.split_at_checked(clean_length(rest, needs)).unwrap_or((rest, ""));
        to.push_str(clean);
        let mut chars = dirty.chars();
        let Some(c) = chars.next() else { return };
        escape(to, c);
        rest = chars.as_str();
    }
}

/// How many bytes at the beginning need no look. The end is that of a character: bytes that need
/// one are ASCII, or the first byte of a character.
#[inline]
fn clean_length(text: &str, needs: fn(u8) -> bool) -> usize {
    let bytes = text.as_bytes();
    let mut clean = 0;
    for chunk in bytes.chunks(CHUNK) {
        if chunk.iter().fold(false, |any, byte| any | needs(*byte)) {
            return clean + chunk.iter().position(|byte| needs(*byte)).unwrap_or(chunk.len());
        }
        clean += chunk.len();
    }
    clean
}

/// 0xC2 begins U+0080 to U+00BF, of which some are control characters; 0xE2 begins U+2000 to U+2FFF.
#[inline]
#[expect(
    clippy::needless_bitwise_bool,
    reason = "a branch would keep it from being one comparison"
)]
fn needs_escape(byte: u8) -> bool {
    (byte < 0x20)
        | (byte == b'"')
        | (byte == b'\\')
        | (byte == 0x7f)
        | (byte == 0xc2)
        | (byte == 0xe2)
}

#[inline]
#[expect(
    clippy::needless_bitwise_bool,
    reason = "a branch would keep it from being one comparison"
)]
fn needs_look(byte: u8) -> bool {
    (byte < 0x20) | (byte == 0x7f) | (byte == 0xc2) | (byte == 0xe2)
}

fn push_unicode(to: &mut String, c: char) {
    let hex = |shift: u32| char::from_digit(u32::from(c) >> shift & 0xf, 16).unwrap_or('0');
    to.push_str("\\u");
    to.extend([12, 8, 4, 0].map(|shift| hex(shift).to_ascii_uppercase()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_valid_json_and_reads_back_as_it_was() {
        let all: String = (0..0x300u32).filter_map(char::from_u32).collect();
        for text in [
            "",
            "\"",
            "\\",
            "a\u{2028}b\u{2029}c",
            "\u{1b}[31mred\u{9b}31m",
            "ends with a quote after sixteen\"",
            "ä€😀",
            &all,
            &"x\n".repeat(100),
        ] {
            let mut json = String::new();
            push_string(&mut json, text);
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text, "{json}");
            assert!(!json.chars().any(char::is_control), "{json:?}");
        }
    }

    #[test]
    fn short_escapes_and_others_are_those_of_spring() {
        let mut json = String::new();
        push_string(&mut json, "\u{8}\u{c}\n\r\t\u{1}\u{9f}/\u{202e}€");
        assert_eq!(json, "\"\\b\\f\\n\\r\\t\\u0001\\u009F/\\u202E€\"");
    }

    #[test]
    fn plain_text_keeps_line_feeds_and_tabs_and_its_order() {
        let mut text = String::new();
        push_plain(&mut text, "a\n\tb\r\u{1b}[1m\u{85}é€\u{202e}x\u{2069}\u{2028}\u{200f}…");
        assert_eq!(text, "a\n\tb\\r\\u{1b}[1m\\u{85}é€\\u{202e}x\\u{2069}\\u{2028}\u{200f}…");
    }
}

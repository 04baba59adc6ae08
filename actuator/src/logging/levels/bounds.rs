//! What a name, a reason, an actor and an expiry may be: nothing that could forge a line of the
//! log, hide on a screen, or fill the memory.

use std::time::Duration;

/// How many overrides there may be, and how many names are remembered that were set and reset.
pub(super) const MAX_OVERRIDES: usize = 1_000;
/// The longest name of a logger, in bytes.
pub(super) const MAX_NAME: usize = 200;
/// The longest reason, in characters.
pub(super) const MAX_REASON: usize = 500;
/// The longest name of somebody who changes a level, in characters.
pub(super) const MAX_ACTOR: usize = 200;
/// The shortest time after which a level may revert.
pub(super) const SHORTEST: Duration = Duration::from_secs(1);
/// The longest such time.
pub(super) const LONGEST: Duration = Duration::from_hours(30 * 24);

/// Whether a logger can have this name.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= MAX_NAME
        && name.chars().all(|c| is_printable(c) && !c.is_whitespace())
}

/// Whether this is a text of one line with at most so many characters, and not empty.
pub(super) fn is_line(text: &str, max: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= max && text.chars().all(is_printable)
}

/// Neither a control character, nor an end of a line, nor one that is not seen or turns the
/// direction of writing (Unicode's bidirectional and zero-width format characters).
fn is_printable(c: char) -> bool {
    !c.is_control()
        && !matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_or_forges_a_line_is_refused() {
        for good in ["a", "shop::db", "com.example.Demo$x", "größe", &"x".repeat(200)] {
            assert!(is_name(good), "{good:?}");
        }
        let long = "x".repeat(201);
        for bad in ["", " ", "a b", "a\nb", "\u{1b}[31m", "a\u{202e}b", "a\u{200b}", &long] {
            assert!(!is_name(bad), "{bad:?}");
        }
        assert!(is_line("Bestellung hängt, siehe #7", 500) && is_line(&"ü".repeat(500), 500));
        for bad in ["", " ", "a\nb", "a\r", "a\u{2028}b", "\t", &"ü".repeat(501)] {
            assert!(!is_line(bad, 500), "{bad:?}");
        }
    }
}

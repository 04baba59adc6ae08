//! The codes of health statuses: `"down"`, `"out-of-service"`, `"FATAL"`.

/// The statuses that are built in, by their loose spelling. `degraded` is how people call what
/// is `RESTRICTED` on the wire.
const BUILT_IN: [(&str, &str); 6] = [
    ("up", "UP"),
    ("down", "DOWN"),
    ("outofservice", "OUT_OF_SERVICE"),
    ("restricted", "RESTRICTED"),
    ("degraded", "RESTRICTED"),
    ("unknown", "UNKNOWN"),
];

/// The longest code of a status of one's own.
const MAX_LENGTH: usize = 64;

/// The code of a status in any spelling of it, or why there is none and what to write instead.
/// One of the user's own is left as it is.
pub(crate) fn code(text: &str) -> Result<String, (String, String)> {
    let loose: String =
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if let Some((_, code)) = BUILT_IN.iter().find(|(spelling, _)| *spelling == loose) {
        return Ok((*code).to_owned());
    }
    // Stricter than for the names of arguments: a code of the user's own may look like another,
    // and one with a number in it is meant as it is.
    let is_slip = |spelling: &str| {
        strsim::osa_distance(spelling, &loose) <= spelling.len() / 4
            && !loose.contains(char::is_numeric)
    };
    if let Some((meant, _)) = BUILT_IN.iter().find(|(spelling, _)| is_slip(spelling)) {
        let meant = if *meant == "outofservice" { "out_of_service" } else { meant };
        return Err((format!("`{text}` is `{meant}` misspelt"), meant.to_owned()));
    }
    let is_code = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(is_part)
        && text.len() <= MAX_LENGTH;
    if is_code {
        return Ok(text.to_owned());
    }
    let complaint = format!(
        "a status is a letter, then letters, digits, `-` and `_`, at most {MAX_LENGTH} in all"
    );
    Err((complaint, corrected(text)))
}

fn corrected(text: &str) -> String {
    let text: String = text
        .trim_start_matches(|c: char| !c.is_ascii_alphabetic())
        .chars()
        .map(|c| if is_part(c) { c } else { '_' })
        .take(MAX_LENGTH)
        .collect();
    let text = text.trim_end_matches('_');
    if text.is_empty() { "down".to_owned() } else { text.to_owned() }
}

fn is_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_built_in_status_has_many_spellings_and_one_code() {
        for (text, expected) in [
            ("up", "UP"),
            ("Down", "DOWN"),
            ("out-of-service", "OUT_OF_SERVICE"),
            ("OUT_OF_SERVICE", "OUT_OF_SERVICE"),
            ("outOfService", "OUT_OF_SERVICE"),
            ("out of service", "OUT_OF_SERVICE"),
            ("restricted", "RESTRICTED"),
            ("degraded", "RESTRICTED"),
            ("unknown", "UNKNOWN"),
        ] {
            assert_eq!(code(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_status_of_ones_own_stays_as_it_is() {
        for text in ["FATAL", "DONE", "WARN", "OK", "half-open", "DEGRADED_2", "x", "BROWN"] {
            assert_eq!(code(text).as_deref(), Ok(text));
        }
    }

    #[test]
    fn a_slip_of_a_built_in_status_is_no_status_of_ones_own() {
        for (text, meant) in [
            ("dwon", "down"),
            ("DOWM", "down"),
            ("unkown", "unknown"),
            ("outofservce", "out_of_service"),
            ("restrictd", "restricted"),
            ("degarded", "degraded"),
        ] {
            assert_eq!(code(text).unwrap_err().1, meant, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_a_code_is_corrected() {
        for (text, meant) in [
            ("", "down"),
            ("  ", "down"),
            ("half open", "half_open"),
            ("1st", "st"),
            ("läuft", "l_uft"),
            ("A\nB", "A_B"),
        ] {
            assert_eq!(code(text).unwrap_err().1, meant, "{text}");
        }
        assert_eq!(code(&"x".repeat(65)).unwrap_err().1, "x".repeat(64));
    }
}

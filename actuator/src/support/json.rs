//! JSON texts that are looked at without being parsed.

/// Whether lists and objects are nested deeper than `levels` in a well-formed text. It takes no
/// memory and no recursion, whatever it is given.
pub fn is_deeper_than(json: &str, levels: usize) -> bool {
    // Each level takes at least an opening and a closing character.
    if json.len() <= 2 * levels || !json.starts_with(['[', '{']) {
        return false;
    }
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'[' | b'{' => {
                depth += 1;
                if depth > levels {
                    return true;
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_texts_are_no_levels() {
        assert!(is_deeper_than("[[[]]]", 2) && !is_deeper_than("[[[]]]", 3));
        assert!(!is_deeper_than(r#"["[[[","\"[[[",{}]"#, 2));
        assert!(is_deeper_than(r#"{"a":{"b":{}}, "c":1}"#, 2));
    }
}

//! `<password>x</password>` where the whole is no document of XML.

use std::ops::Range;

use super::{MAX_KEY, Sanitizer, is_word_byte};

/// The longest content that is looked back for, in bytes.
const MAX_CONTENT: usize = 512;

/// The next content of an element with a secret name.
pub fn find(sanitizer: &Sanitizer, text: &str, from: usize) -> Option<Range<usize>> {
    let mut at = from;
    loop {
        let end = at + text.get(at..)?.find("</")?;
        at = end + 2;
        let rest = text.get(at..)?;
        let is_name = |byte: &u8| is_word_byte(*byte) || *byte == b':';
        let length = rest.bytes().take(MAX_KEY).take_while(is_name).count();
        let name = rest.get(..length)?;
        if !sanitizer.is_secret_key(name) {
            continue;
        }
        let begin = text.floor_char_boundary(end.saturating_sub(MAX_CONTENT)).max(from);
        let before = text.get(begin..end)?;
        let Some(start) = before.rfind('>').map(|start| begin + start + 1) else { continue };
        if start < end {
            return Some(start..end);
        }
    }
}

//! Path segments: splitting, cutting path parameters, decoding.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// A path that cannot be read: a bad escape, an escaped slash, or bytes that are not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadPath;

/// The decoded segments of `path`, which starts behind a slash. `a//b/` has four: `a`, ``, `b`,
/// ``. Path parameters (`;a=b`) are cut, as Spring does.
pub(crate) fn segments(path: &str) -> Result<Vec<Cow<'_, str>>, BadPath> {
    path.split('/').map(|segment| decode(segment.split(';').next().unwrap_or_default())).collect()
}

/// Decodes one percent-encoded segment. An escaped slash is refused: it would move the border
/// between segments (and servers in front of us see it differently).
fn decode(segment: &str) -> Result<Cow<'_, str>, BadPath> {
    if !segment.contains('%') {
        return Ok(Cow::Borrowed(segment));
    }
    if !escapes_are_complete(segment) {
        return Err(BadPath);
    }
    let decoded = percent_decode_str(segment).decode_utf8().map_err(|_| BadPath)?;
    if decoded.contains(['/', '\0']) { Err(BadPath) } else { Ok(decoded) }
}

/// Whether every `%` is followed by two hex digits.
pub(crate) fn escapes_are_complete(text: &str) -> bool {
    text.split('%').skip(1).all(|after| {
        after.get(..2).is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_decoded_one_by_one_and_bad_escapes_are_refused() {
        assert_eq!(segments("health;a=b/a%3A%3Ab//").unwrap(), ["health", "a::b", "", ""]);
        for bad in ["a%2Fb", "a%zz", "a%", "%ff", "%00"] {
            assert_eq!(segments(bad), Err(BadPath), "{bad}");
        }
    }
}

//! What the names of headers look like at a glance: most requests lack most headers that are looked
//! for, and one walk tells so more quickly than a look-up of each.

use http::HeaderMap;

/// A bit for each length that one of some names has, and for each first letter. Names in lower case.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Marks {
    lengths: u64,
    letters: u64,
}

impl Marks {
    /// Those of one name.
    pub(super) const fn of(name: &str) -> Self {
        let length = if name.len() < 63 { name.len() } else { 63 };
        let letter = match name.as_bytes().first() {
            Some(letter) => *letter % 64,
            None => 0,
        };
        Self { lengths: 1 << length, letters: 1 << letter }
    }

    /// Those of all headers that are there.
    #[inline]
    pub(super) fn of_headers(headers: &HeaderMap) -> Self {
        headers.keys().map(|name| Self::of(name.as_str())).fold(Self::default(), Self::or)
    }

    /// Those of all names of both.
    pub(super) fn or(self, other: Self) -> Self {
        Self { lengths: self.lengths | other.lengths, letters: self.letters | other.letters }
    }

    /// Whether a name may be among both; if not, none is.
    pub(super) fn meet(self, other: Self) -> bool {
        self.lengths & other.lengths != 0 && self.letters & other.letters != 0
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_header_that_is_there_is_never_overlooked() {
        let long = "x".repeat(200);
        let names = ["host", "traceparent", "content-length", "x-request-id", "1", &long];
        let mut headers = HeaderMap::new();
        for name in names {
            headers
                .insert(http::HeaderName::try_from(name).unwrap(), HeaderValue::from_static("v"));
        }
        let there = Marks::of_headers(&headers);
        assert!(names.iter().all(|name| there.meet(Marks::of(name))));
        headers.remove("traceparent");
        headers.remove("content-length");
        assert!(!Marks::of_headers(&headers).meet(Marks::of("traceparent")));
        assert!(!Marks::default().meet(Marks::of("host")));
    }
}

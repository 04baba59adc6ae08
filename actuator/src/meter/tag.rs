//! A tag: what tells the series of one meter apart.

/// A key and a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag {
    /// The key, for example `uri`.
    pub key: String,
    /// The value, for example `/orders/{id}`.
    pub value: String,
}

impl Tag {
    /// A tag.
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self { key: key.into(), value: value.into() }
    }

    /// Reads `key:value`; only the first colon splits, so values may hold colons.
    pub fn parse(text: &str) -> Option<Self> {
        text.split_once(':').map(|(key, value)| Self::new(key, value))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::support::odd_text::odd_text;

    proptest! {
        #[test]
        fn a_tag_is_read_as_it_is_written_or_none(text in odd_text("[a-z:]{0,9}"), key in "[^:]{0,9}") {
            let has_value = text.contains(':');
            prop_assert_eq!(Tag::parse(&text).is_some(), has_value);
            let written = format!("{key}:{text}");
            prop_assert_eq!(Tag::parse(&written), Some(Tag::new(key, text)));
        }
    }

    #[test]
    fn only_the_first_colon_splits() {
        assert_eq!(Tag::parse("uri:a:b"), Some(Tag::new("uri", "a:b")));
        assert_eq!(Tag::parse("uri:"), Some(Tag::new("uri", "")));
        assert_eq!(Tag::parse("uri"), None);
    }
}

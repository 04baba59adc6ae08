//! The labels of a series: its identity, written once in the form in which it is shown.
//!
//! The text is that of the Prometheus formats, `method="GET",uri="/a"`: names made valid, values
//! escaped, sorted by name. A scrape copies it, a question for tags compares with it, and the
//! keys as the application wrote them stand aside, shared by all series that have the same ones.

use std::{borrow::Cow, fmt::Write as _, sync::Arc};

use super::Tag;
use crate::support::text::shortened;

/// A longer value is cut: what a client sends may end up in a tag.
const MAX_VALUE_BYTES: usize = 1_024;
/// What samples of histograms and summaries are told apart by.
const RESERVED: [&str; 2] = ["le", "quantile"];

/// The keys of a series as the application wrote them, in the order of the text.
pub(super) type Keys = Arc<[Box<str>]>;

/// What tells the series of one meter apart.
#[derive(Debug)]
pub(super) struct Labels {
    /// `method="GET",uri="/a"`; empty without tags.
    pub(super) text: Box<str>,
    pub(super) keys: Keys,
}

impl Labels {
    /// Writes tags, the last one of those that share a key. The keys are one of `known`, if they
    /// are among them.
    pub(super) fn of(tags: &[Tag], known: &[Keys]) -> Self {
        let mut tags: Vec<(String, &Tag)> =
            distinct(tags).map(|tag| (label_name(&tag.key), tag)).collect();
        // Among names that fall together the order of the keys decides which one is extended.
        tags.sort_by(|(a, left), (b, right)| a.cmp(b).then_with(|| left.key.cmp(&right.key)));
        for index in 1..tags.len() {
            let (before, rest) = tags.split_at_mut(index);
            let Some((name, _)) = rest.first_mut() else { break };
            while before.iter().any(|(other, _)| other == name) {
                name.push('_');
            }
        }
        let mut text = String::with_capacity(
            tags.iter().map(|(name, tag)| name.len() + tag.value.len() + 4).sum(),
        );
        for (index, (name, tag)) in tags.iter().enumerate() {
            let separator = if index == 0 { "" } else { "," };
            // Writing to a string cannot fail.
            let _ = write!(
                text,
                "{separator}{name}=\"{}\"",
                escaped(shortened(&tag.value, MAX_VALUE_BYTES))
            );
        }
        let is_same = |keys: &&Keys| {
            keys.len() == tags.len()
                && keys.iter().zip(&tags).all(|(key, (_, tag))| **key == *tag.key)
        };
        let keys = known.iter().find(is_same).map_or_else(
            || tags.iter().map(|(_, tag)| tag.key.as_str().into()).collect(),
            Arc::clone,
        );
        Self { text: text.into_boxed_str(), keys }
    }

    /// The keys and the values as they stand in the text: escaped.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.keys.iter().map(|key| &**key).zip(LabelPairs(&self.text).map(|(_, value)| value))
    }

    /// The tags as they were given.
    pub(super) fn tags(&self) -> Vec<Tag> {
        self.pairs().map(|(key, value)| Tag::new(key, unescaped(value))).collect()
    }
}

/// The tags, of those with one key the last.
pub(super) fn distinct(tags: &[Tag]) -> impl Iterator<Item = &Tag> {
    tags.iter()
        .enumerate()
        .filter(|(index, tag)| !tags.iter().skip(index + 1).any(|later| later.key == tag.key))
        .map(|(_, tag)| tag)
}

/// The name of a label for a key, as Micrometer's `PrometheusNamingConvention` has it: what is not
/// a letter, a digit or `_` becomes `_`, and what does not begin with a letter begins with `m_`.
/// `le` and `quantile`, which belong to the formats, get a `_`.
fn label_name(key: &str) -> String {
    let mut name: String =
        key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name.insert_str(0, "m_");
    }
    if RESERVED.contains(&&*name) {
        name.push('_');
    }
    name
}

/// A value as it stands between quotes in the Prometheus formats.
pub(crate) fn escaped(value: &str) -> Cow<'_, str> {
    if !value.contains(['\\', '"', '\n']) {
        return Cow::Borrowed(value);
    }
    let mut escaped = String::with_capacity(value.len() + 8);
    for c in value.chars() {
        match c {
            '\\' => escaped.push_str("\\\\"),
            '"' => escaped.push_str("\\\""),
            '\n' => escaped.push_str("\\n"),
            other => escaped.push(other),
        }
    }
    Cow::Owned(escaped)
}

/// The value that was escaped.
pub(crate) fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut value = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => value.push('\n'),
                Some(other) => value.push(other),
                None => {}
            },
            other => value.push(other),
        }
    }
    Cow::Owned(value)
}

/// The names and the escaped values of `method="GET",uri="/a"`, one after the other.
#[derive(Debug)]
pub(crate) struct LabelPairs<'t>(pub(crate) &'t str);

impl<'t> Iterator for LabelPairs<'t> {
    type Item = (&'t str, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, rest) = self.0.split_once("=\"")?;
        let mut is_escaped = false;
        let end = rest.bytes().position(|byte| {
            let ends = byte == b'"' && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            ends
        })?;
        let value = rest.get(..end)?;
        self.0 = rest.get(end + 1..)?.trim_start_matches(',');
        Some((name, value))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(tags: &[(&str, &str)]) -> String {
        let tags: Vec<Tag> = tags.iter().map(|(key, value)| Tag::new(*key, *value)).collect();
        Labels::of(&tags, &[]).text.into()
    }

    #[test]
    fn names_are_made_valid_sorted_and_told_apart() {
        assert_eq!(text(&[("b.c", "2"), ("a", "1")]), r#"a="1",b_c="2""#);
        assert_eq!(text(&[("b.c", "2"), ("b-c", "1")]), r#"b_c="1",b_c_="2""#);
        let alike = [("b.c", "2"), ("b-c", "1"), ("b_c_", "3")];
        assert_eq!(text(&alike), r#"b_c="1",b_c_="2",b_c__="3""#);
        assert_eq!(text(&[("", "x"), ("9", "y"), ("le", "z")]), r#"le_="z",m_="x",m_9="y""#);
        assert_eq!(text(&[("k", "1"), ("k", "2")]), r#"k="2""#);
        assert_eq!(text(&[]), "");
    }

    #[test]
    fn trap_seed_15_values_are_escaped_exactly() {
        assert_eq!(text(&[("path", "C:\\a\"b\nc\0é")]), "path=\"C:\\\\a\\\"b\\nc\0é\"");
    }

    #[test]
    fn labels_are_taken_apart_whatever_is_in_them() {
        let pairs = LabelPairs(r#"a="1",b="x\",c=\"y\\",d="line\nend","#)
            .map(|(name, escaped)| (name, unescaped(escaped).into_owned()));
        let expected = [("a", "1"), ("b", "x\",c=\"y\\"), ("d", "line\nend")];
        assert_eq!(
            pairs.collect::<Vec<_>>(),
            expected.map(|(name, value)| (name, value.to_owned()))
        );
        assert_eq!(LabelPairs("").next(), None);
    }

    #[test]
    fn a_long_value_is_cut_between_characters() {
        let labels = text(&[("k", &"é".repeat(1_000))]);
        assert_eq!(labels, format!("k=\"{}\"", "é".repeat(512)));
    }

    #[test]
    fn series_with_the_same_keys_share_them() {
        let tags = |value| [Tag::new("b", value), Tag::new("a", value)];
        let first = Labels::of(&tags("1"), &[]);
        let other = Labels::of(&tags("2"), &[Arc::from([]), Arc::clone(&first.keys)]);
        assert!(Arc::ptr_eq(&first.keys, &other.keys));
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read_back(
            tags in prop::collection::btree_map(".{0,6}", "[\\PC\n\"\\\\=,{}]{0,20}", 0..5)
        ) {
            let mut tags: Vec<Tag> = tags.into_iter().map(|(key, value)| Tag { key, value }).collect();
            let mut back = Labels::of(&tags, &[]).tags();
            back.sort();
            tags.sort();
            prop_assert_eq!(back, tags);
        }
    }
}

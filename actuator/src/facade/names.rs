//! Names and labels as they may be: whoever records may have put anything into them.

use std::borrow::Cow;

use metrics::Key;

use crate::{meter::Tag, support::text::shortened};

/// Longer names of meters and keys of labels are cut; values are cut by the registry.
const MAX_NAME_BYTES: usize = 256;
/// Further labels are left out.
const MAX_LABELS: usize = 32;

/// A name that can be shown and asked for: not empty, not too long, without control characters.
pub(super) fn name(given: &str) -> Cow<'_, str> {
    let short = shortened(given, MAX_NAME_BYTES);
    if short.is_empty() {
        return Cow::Borrowed("_");
    }
    if short.contains(char::is_control) {
        return Cow::Owned(short.replace(char::is_control, "_"));
    }
    Cow::Borrowed(short)
}

/// The labels as tags. Of those that share a key the registry takes the last.
pub(super) fn tags(key: &Key) -> impl Iterator<Item = Tag> {
    key.labels().take(MAX_LABELS).map(|label| Tag::new(name(label.key()), label.value()))
}

/// Whether something of this key has to be changed or left out.
pub(super) fn is_odd(key: &Key) -> bool {
    let is_odd = |given: &str| name(given) != given;
    key.labels().len() > MAX_LABELS
        || is_odd(key.name())
        || key.labels().any(|label| is_odd(label.key()))
}

#[cfg(test)]
mod tests {
    use metrics::Label;

    use super::*;

    #[test]
    fn a_name_is_never_empty_long_or_unprintable() {
        assert_eq!(name("orders.placed"), "orders.placed");
        assert_eq!((name(""), name("a\0b\n")), ("_".into(), "a_b_".into()));
        assert_eq!(name(&"ü".repeat(10_000)).len(), MAX_NAME_BYTES);
    }

    #[test]
    fn labels_are_bounded_and_only_changed_keys_are_odd() {
        let labels = |count| (0..count).map(|n| Label::new(format!("k{n}"), "v")).collect();
        let key = |labels: Vec<Label>| Key::from_parts("m", labels);
        assert!(!is_odd(&key(labels(32))) && is_odd(&key(labels(33))));
        assert_eq!(tags(&key(labels(1_000))).count(), 32);
        assert!(is_odd(&key(vec![Label::new("", "v")])));
        assert!(!is_odd(&key(vec![Label::new("path", "\0".repeat(10_000))])));
        assert!(is_odd(&Key::from_name("")));
    }
}

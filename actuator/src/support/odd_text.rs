//! Texts that nobody expects, for tests of what reads texts.

use proptest::prelude::*;

/// Mostly texts of this form, a regular expression, which come far into a parser; else any
/// characters, those of control and NUL among them.
pub(crate) fn odd_text(form: &'static str) -> impl Strategy<Value = String> {
    let any = prop::collection::vec(any::<char>(), 0..40).prop_map(String::from_iter);
    prop_oneof![1 => any, 3 => form]
}

//! Every message that a macro can give is written down beside the mistake that causes it.
//!
//! `TRYBUILD=overwrite cargo test -p ui-tests --test messages` writes them anew.

#[test]
fn mistakes_are_told_on_the_users_tokens_with_the_fix() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("fail/*/*.rs");
}

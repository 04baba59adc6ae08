//! Whatever an error says.

use proptest::prelude::*;

use super::without_sql::without_sql;
use crate::support::odd_text::odd_text;

const REMOVED: &str = "[SQL removed]";

/// Texts of errors, with words in them that statements have too.
fn text() -> impl Strategy<Value = String> {
    odd_text(
        "((select|Insert|INTO|from|update|set|with|as|call|drop|table|é|[a-z]{1,4})[ (;.]{1,2}){0,12}",
    )
}

proptest! {
    #[test]
    fn a_text_stays_or_ends_where_its_statement_begins(text in text()) {
        let clean = without_sql(&text);
        if clean != text {
            prop_assert!(clean.strip_suffix(REMOVED).is_some_and(|rest| text.starts_with(rest)));
        }
        prop_assert_eq!(without_sql(&clean), clean.as_ref());
    }

    #[test]
    fn no_statement_is_told_whatever_stands_around_it(
        before in text(), behind in text(), value in "[0-9]{9}",
    ) {
        for statement in [
            format!("SELECT a FROM b WHERE c = {value}"),
            format!("insert into t values ({value})"),
            format!("UPDATE t SET a = {value}"),
            format!("DELETE FROM t WHERE a = {value}"),
            format!("CALL pay({value})"),
            format!("WITH t AS (SELECT {value}) TABLE t"),
        ] {
            let clean = without_sql(&format!("{before}: {statement}; {behind}")).into_owned();
            prop_assert!(!clean.contains(&value) && clean.ends_with(REMOVED), "{}", clean);
        }
    }
}

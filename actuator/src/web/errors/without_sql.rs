//! Texts of errors without the statements in them: databases and their drivers quote what was sent.

use std::borrow::Cow;

/// What stands in place of a statement.
const REMOVED: &str = "[SQL removed]";

/// How a statement begins, and a word that follows somewhere behind it.
const STATEMENTS: [(&str, &str); 12] = [
    ("select", "from"),
    ("insert", "into"),
    ("replace", "into"),
    ("update", "set"),
    ("delete", "from"),
    ("merge", "into"),
    ("with", "as"),
    ("create", "table"),
    ("alter", "table"),
    ("drop", "table"),
    ("truncate", "table"),
    ("call", "("),
];

/// The text up to where a statement begins. What is behind one (its values, hints that quote it) is
/// not told apart from it, so it goes too. The cost is linear in the length of the text.
pub(super) fn without_sql(text: &str) -> Cow<'_, str> {
    // ASCII only: places in both are the same.
    let lower = text.to_ascii_lowercase();
    let first = STATEMENTS.iter().filter_map(|(verb, word)| statement(&lower, verb, word)).min();
    match first.and_then(|at| text.get(..at)) {
        Some(before) => Cow::Owned(format!("{before}{REMOVED}")),
        None => Cow::Borrowed(text),
    }
}

/// Where the verb begins a statement: as a word, with the other word somewhere behind it. Of verbs
/// that are words of people too, the first that looks like a statement.
fn statement(text: &str, verb: &str, word: &str) -> Option<usize> {
    let behind = |at: usize| text.get(at + verb.len()..).unwrap_or_default();
    let mut places = places(text, verb);
    match verb {
        "call" => places.find(|at| is_call(behind(*at))),
        "with" => places.find(|at| is_with(behind(*at))),
        _ => places.next().filter(|at| self::places(behind(*at), word).next().is_some()),
    }
}

/// `call name(`: the next word has a bracket. No further is looked, as there may be many calls.
fn is_call(behind: &str) -> bool {
    let name = behind.trim_start();
    let end = name.find(|c: char| c == '(' || c.is_whitespace()).filter(|end| *end > 0);
    let has_bracket = end.and_then(|end| name.get(end..)).is_some_and(|rest| rest.starts_with('('));
    behind.starts_with(char::is_whitespace) && has_bracket
}

/// `with name as (`.
fn is_with(behind: &str) -> bool {
    let mut words = behind.split_whitespace();
    behind.starts_with(char::is_whitespace)
        && words.nth(1) == Some("as")
        && words.next().is_some_and(|next| next.starts_with('('))
}

/// The places of a whole word.
fn places<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = usize> + 't {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let before = text.get(..*at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trap_seed_18_statements_and_what_follows_them_are_removed() {
        for (from, to) in [
            ("(1064) near SELECT a, b FROM users WHERE x = 'v'", "(1064) near [SQL removed]"),
            ("[SQL: INSERT INTO t (a) VALUES ('secret')]", "[SQL: [SQL removed]"),
            ("update \"users\" set a = 1", REMOVED),
            ("x: delete\n from t", "x: [SQL removed]"),
            ("WITH t AS (SELECT 1) TABLE t", REMOVED),
            ("failed: CALL pay(7)", "failed: [SQL removed]"),
            ("call us: CALL pay(7)", "call us: [SQL removed]"),
            ("with it: WITH t AS (SELECT 7) TABLE t", "with it: [SQL removed]"),
            ("é; DROP TABLE t", "é; [SQL removed]"),
        ] {
            assert_eq!(without_sql(from), to, "{from}");
        }
        for same in [
            "please select a file",
            "the update failed",
            "call the office (now)",
            "with the best intentions",
            "selected from the list",
            "insert coin",
            "",
        ] {
            assert_eq!(without_sql(same), same);
        }
    }
}

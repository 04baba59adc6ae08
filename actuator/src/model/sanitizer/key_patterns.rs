//! Keys that settings name: words or regular expressions, as Spring Boot 2 had them.

use regex_lite::{Regex, RegexBuilder};

/// The longest pattern, in bytes.
const MAX_PATTERN: usize = 1024;
/// The largest compiled pattern, in bytes: `x{1000}{1000}` is refused.
const MAX_COMPILED: usize = 64 * 1024;
/// The longest key that is compared with a pattern, in bytes; no key that somebody chose is longer.
const MAX_KEY: usize = 1024;

/// A list of keys. A word is compared without case and separators; what has one of the letters
/// `*`, `$`, `^` or `+` is a regular expression for the whole key, without case (Spring Boot 2,
/// `Sanitizer.isRegex`).
#[derive(Clone, Debug, Default)]
pub struct KeyPatterns {
    words: Vec<String>,
    patterns: Vec<Regex>,
}

impl KeyPatterns {
    /// Adds one; the error says what is wrong with it.
    pub fn add(&mut self, item: &str) -> Result<(), String> {
        if item.contains(['*', '$', '^', '+']) {
            let whole = format!("^(?:{item})$");
            self.patterns.push(compile(&whole, true).map_err(|error| format!("{item}: {error}"))?);
            return Ok(());
        }
        let word: String = letters(item).collect();
        if word.is_empty() {
            return Err(format!("{item:?} has no letter; expected a key or a regular expression"));
        }
        self.words.push(word);
        Ok(())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.patterns.is_empty()
    }

    /// Whether the key ends in one of the words (`customer-iban` is in `DE_CUSTOMER_IBAN`), or is
    /// matched by an expression.
    pub fn end(&self, key: &str) -> bool {
        self.words.iter().any(|word| ends(key, word)) || self.match_whole(key)
    }

    /// Whether the key is one of the words, all of it or what stands behind one of its dots
    /// (`primary-key` is `db.PRIMARY_KEY`, but not `not-primary-key`), or is matched by an
    /// expression.
    pub fn name(&self, key: &str) -> bool {
        let is = |word: &String| {
            let starts = std::iter::once(0).chain(key.match_indices('.').map(|(at, _)| at + 1));
            let mut behind = starts.filter_map(|start| key.get(start..));
            behind.any(|part| letters(part).eq(word.chars()))
        };
        self.words.iter().any(is) || self.match_whole(key)
    }

    fn match_whole(&self, key: &str) -> bool {
        key.len() <= MAX_KEY && self.patterns.iter().any(|pattern| pattern.is_match(key))
    }
}

/// Compiles a pattern of a setting within bounds.
pub fn compile(pattern: &str, ignore_case: bool) -> Result<Regex, String> {
    if pattern.len() > MAX_PATTERN {
        return Err(format!("a pattern has at most {MAX_PATTERN} bytes"));
    }
    RegexBuilder::new(pattern)
        .case_insensitive(ignore_case)
        .size_limit(MAX_COMPILED)
        .build()
        .map_err(|error| format!("is no regular expression: {error}"))
}

/// The letters and digits of a key, in lower case.
pub(super) fn letters(key: &str) -> impl DoubleEndedIterator<Item = char> {
    key.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase())
}

fn ends(key: &str, word: &str) -> bool {
    let mut key = letters(key).rev();
    word.chars().rev().all(|c| key.next() == Some(c))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn patterns(items: &[&str]) -> KeyPatterns {
        let mut patterns = KeyPatterns::default();
        for item in items {
            patterns.add(item).unwrap();
        }
        patterns
    }

    #[test]
    fn words_are_known_in_every_spelling_and_expressions_match_the_whole_key() {
        let keys = patterns(&["customer-iban", ".*\\.card\\..*"]);
        for key in ["customerIban", "CUSTOMER_IBAN", "de.customer-iban", "a.card.b", "A.CARD.B"] {
            assert!(keys.end(key), "{key}");
        }
        for key in ["iban", "customer-iban.count", "card", ""] {
            assert!(!keys.end(key), "{key}");
        }
    }

    #[test]
    fn what_is_left_readable_is_named_whole() {
        let keys = patterns(&["primary-key", "^cache[._].*$"]);
        for key in ["PRIMARY_KEY", "db.primaryKey", "cache.key"] {
            assert!(keys.name(key), "{key}");
        }
        for key in ["not-primary-key", "key", "primary.key.x"] {
            assert!(!keys.name(key), "{key}");
        }
    }

    #[test]
    fn what_cannot_be_compiled_is_refused() {
        for bad in ["*", "a{1000}{1000}+", "(+", "", "-", &"a+".repeat(1000)] {
            KeyPatterns::default().add(bad).expect_err(bad);
        }
    }

    proptest! {
        #[test]
        fn no_item_and_no_key_is_too_odd(item in "\\PC{0,20}", key in "\\PC{0,40}") {
            let mut patterns = KeyPatterns::default();
            let _ = patterns.add(&item);
            let _ = (patterns.end(&key), patterns.name(&key));
        }
    }
}

//! What a service adds to the rules that are built in: by setting, and by code.

use std::{
    borrow::Cow,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::OnceLock,
};

use regex_lite::Regex;

use super::{MASK, SanitizableData, key_patterns::KeyPatterns, names::SecretNames};

/// More matches are not taken out one by one: the rest of the text is hidden.
const MAX_MATCHES: usize = 1000;

/// A rule of the application: what is shown in place of a value, or `None` to leave it to others.
pub type SanitizingFunction = Box<dyn Fn(&SanitizableData<'_>) -> Option<String> + Send + Sync>;

/// The rules that settings add.
#[derive(Clone, Debug, Default)]
pub struct SanitizerRules {
    /// Keys whose values are hidden too.
    pub secret: KeyPatterns,
    /// Keys whose values are not hidden because of their key.
    pub readable: KeyPatterns,
    /// What is hidden within values: the first group, or the whole match.
    pub values: Vec<Regex>,
}

/// All rules of a service.
#[derive(Default)]
pub(super) struct Own {
    pub(super) rules: SanitizerRules,
    pub(super) functions: OnceLock<Vec<SanitizingFunction>>,
    /// Settings that are secret by their type.
    pub(super) names: OnceLock<SecretNames>,
}

impl Own {
    /// What the application's functions make of a value. One that panics hides it.
    pub(super) fn ask(&self, data: &SanitizableData<'_>) -> Option<String> {
        self.functions.get()?.iter().find_map(|function| {
            let answer = catch_unwind(AssertUnwindSafe(|| function(data)));
            answer.unwrap_or_else(|_| Some(MASK.to_owned()))
        })
    }

    /// Whether this is the name of a setting that is secret by its type.
    pub(super) fn has_name(&self, key: &str) -> bool {
        self.names.get().is_some_and(|names| names.has(key))
    }

    /// Whether settings have patterns of values.
    pub(super) fn has_values(&self) -> bool {
        !self.rules.values.is_empty()
    }

    /// The text without what the patterns of settings find in it.
    pub(super) fn without_values<'v>(&self, text: Cow<'v, str>) -> Cow<'v, str> {
        self.rules.values.iter().fold(text, |text, pattern| match masked(&text, pattern) {
            Some(clean) => Cow::Owned(clean),
            None => text,
        })
    }
}

fn masked(text: &str, pattern: &Regex) -> Option<String> {
    let mut clean = String::new();
    let mut done = 0;
    for (count, found) in pattern.captures_iter(text).enumerate() {
        let Some(secret) = found.get(1).or_else(|| found.get(0)) else { continue };
        if secret.is_empty() || secret.start() < done {
            continue;
        }
        clean.push_str(text.get(done..secret.start()).unwrap_or_default());
        clean.push_str(MASK);
        done = secret.end();
        if count >= MAX_MATCHES {
            return Some(clean);
        }
    }
    if done == 0 {
        return None;
    }
    clean.push_str(text.get(done..).unwrap_or_default());
    Some(clean)
}

impl fmt::Debug for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Own").field("rules", &self.rules).finish_non_exhaustive()
    }
}

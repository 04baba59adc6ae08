//! The one sanitiser: what hides secrets in everything that leaves the process.
//!
//! It decides by key first (`key`), then looks into the value: JSON (`json`), and secrets inside
//! plain text (`text`). It errs on the side of hiding, except that words which merely contain a
//! short secret word (MONKEY, COMPASS, keyboard, tokenizer) stay readable.

mod json;
mod key;
mod key_patterns;
mod names;
mod rules;
mod shown;
mod text;

use std::{borrow::Cow, sync::Arc};

use self::rules::Own;
pub use self::{
    key_patterns::{KeyPatterns, compile as compile_pattern},
    names::SecretNames,
    rules::{SanitizerRules, SanitizingFunction},
    shown::{BEYOND, SanitizedText},
};

/// What stands in place of a hidden value, as in Spring.
pub const MASK: &str = "******";

/// Decides by key and by value what may be shown. Each service has one, made of its settings;
/// clones share its rules. The default one has the rules that are built in.
#[derive(Clone, Debug, Default)]
pub struct Sanitizer {
    own: Option<Arc<Own>>,
}

/// A value that is about to be shown, as rules of the application see it ([`App::sanitize`]).
///
/// [`App::sanitize`]: crate::App::sanitize
#[derive(Clone, Copy, Debug)]
pub struct SanitizableData<'v> {
    key: &'v str,
    value: &'v str,
}

impl<'v> SanitizableData<'v> {
    /// The key: the name of a setting, a header, a parameter, a detail.
    #[must_use]
    pub fn key(&self) -> &'v str {
        self.key
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> &'v str {
        self.value
    }

    /// What stands in place of a hidden value: `******`.
    #[must_use]
    pub fn mask(&self) -> String {
        MASK.to_owned()
    }
}

/// Two are the same if they share their rules.
impl PartialEq for Sanitizer {
    fn eq(&self, other: &Self) -> bool {
        match (&self.own, &other.own) {
            (Some(own), Some(other)) => Arc::ptr_eq(own, other),
            (None, None) => true,
            _ => false,
        }
    }
}

impl Sanitizer {
    /// The rules that are built in, and these.
    pub fn new(rules: SanitizerRules) -> Self {
        Self { own: Some(Arc::new(Own { rules, ..Own::default() })) }
    }

    /// Adds the application's functions, for all clones; once.
    pub fn ask_first(&self, functions: Vec<SanitizingFunction>) {
        if let Some(own) = self.own.as_ref().filter(|_| !functions.is_empty()) {
            let _ = own.functions.set(functions);
        }
    }

    /// Hides the values of these names of settings, for all clones; once.
    pub fn hide_names(&self, names: SecretNames) {
        if let Some(own) = self.own.as_ref().filter(|_| !names.is_empty()) {
            let _ = own.names.set(names);
        }
    }

    /// The value as it may be shown under this key.
    pub fn sanitize<'v>(&self, key: &str, value: &'v str) -> Cow<'v, str> {
        if value.is_empty() {
            return Cow::Borrowed(value);
        }
        // The shell's working directory has the name of a password.
        let is_directory = matches!(key, "PWD" | "OLDPWD") && value.starts_with('/');
        if !is_directory && self.is_secret_key(key) {
            return Cow::Borrowed(MASK);
        }
        let own = self.own.as_ref();
        match own.and_then(|own| own.ask(&SanitizableData { key, value })) {
            Some(changed) => Cow::Owned(self.sanitize_text(&changed).into_owned()),
            None => self.sanitize_text(value),
        }
    }

    /// A text without a key (an error message, a URI) with the secrets inside it hidden. The cost
    /// is linear in the length of the text.
    pub fn sanitize_text<'v>(&self, text: &'v str) -> Cow<'v, str> {
        let clean = if text::may_hold_secret(self, text) {
            json::sanitize(self, text, 0).unwrap_or_else(|| text::sanitize(self, text))
        } else {
            Cow::Borrowed(text)
        };
        match &self.own {
            Some(own) if own.has_values() => own.without_values(clean),
            _ => clean,
        }
    }

    /// A document with its secrets hidden: members by their key, and texts.
    pub fn sanitize_json(&self, value: &mut serde_json::Value) {
        json::mask(self, value, 0);
    }

    /// Whether everything under this key is hidden.
    pub fn is_secret_key(&self, key: &str) -> bool {
        match &self.own {
            Some(own) => {
                own.rules.secret.end(key)
                    || own.has_name(key)
                    || key::is_secret(key) && !own.rules.readable.name(key)
            }
            None => key::is_secret(key),
        }
    }
}

#[cfg(test)]
mod tests;

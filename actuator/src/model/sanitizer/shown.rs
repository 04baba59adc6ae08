//! Texts of others on their way into a document.

use serde::{Serialize, Serializer};

use super::Sanitizer;
use crate::support::text::shortened;

/// So many bytes are kept of a text beyond those that are shown: of a password that is cut in two
/// nobody knows that it is one.
pub const BEYOND: usize = 256;

/// A text that is written without its secrets: a name, a description, whatever the application gave
/// for people to read. One without any, as nearly all are, is not copied.
#[derive(Clone, Copy, Debug)]
pub struct SanitizedText<'s> {
    sanitizer: &'s Sanitizer,
    text: &'s str,
    max: usize,
}

impl Sanitizer {
    /// The text, to be written as it may be shown.
    pub fn shown<'s>(&'s self, text: &'s str) -> SanitizedText<'s> {
        self.shown_up_to(text, usize::MAX)
    }

    /// The same, and at most so many bytes of it.
    pub fn shown_up_to<'s>(&'s self, text: &'s str, max: usize) -> SanitizedText<'s> {
        SanitizedText { sanitizer: self, text, max }
    }

    /// These texts, to be written as they may be shown.
    pub fn all_shown<'s>(&'s self, texts: &'s [String]) -> Vec<SanitizedText<'s>> {
        texts.iter().map(|text| self.shown(text)).collect()
    }
}

impl SanitizedText<'_> {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

impl Serialize for SanitizedText<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let clean = self.sanitizer.sanitize_text(self.text);
        serializer.serialize_str(shortened(&clean, self.max))
    }
}

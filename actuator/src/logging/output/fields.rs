//! The fields of an event or a span, written once: as text and as JSON values.

use std::{
    error::Error,
    fmt::{self, Write as _},
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
};

use tracing::field::{Field, Visit};

use super::{
    callsite::{Callsite, Key, Role},
    json::{push_plain, push_string},
};
use crate::model::sanitizer::{MASK, Sanitizer};

/// How many causes of an error are told: a chain that loops must not hang the service.
const MAX_CAUSES: usize = 16;
/// What is written instead of a value that panics when it is.
const PANICKED: &str = "<panicked while it was written>";

/// Written fields. Emptied and used again, so that a line costs no allocation.
#[derive(Debug, Default)]
pub(super) struct Fields {
    /// The field `message`.
    pub(super) message: String,
    /// All other fields: `name="value" count=3`.
    pub(super) text: String,
    /// The values as JSON, one behind the other.
    json: String,
    entries: Vec<Entry>,
    /// The first error that is a field.
    pub(super) error: ErrorText,
}

#[derive(Clone, Debug)]
struct Entry {
    key: &'static Key,
    value: Range<usize>,
    /// Name and value as text.
    text: Range<usize>,
}

/// How a value is read as text.
#[derive(Clone, Copy)]
enum AsText<'t> {
    /// As it is.
    Text(&'t str),
    /// As in JSON.
    Json,
    /// Nobody reads it.
    Nowhere,
}

/// An error that was logged.
#[derive(Debug, Default)]
pub(super) struct ErrorText {
    /// What it says; empty if there is none.
    pub(super) message: String,
    /// The same with its causes, one on a line, as Java's stack traces tell them. Empty if it was
    /// no more than a text.
    pub(super) causes: String,
}

impl Fields {
    /// Forgets everything but the room that it took.
    pub(super) fn clear(&mut self) {
        self.message.clear();
        self.text.clear();
        self.json.clear();
        self.entries.clear();
        self.error.message.clear();
        self.error.causes.clear();
    }

    /// How much memory the largest part takes, in bytes.
    pub(super) fn taken(&self) -> usize {
        let Self { message, text, json, error, .. } = self;
        let texts = [message, text, json, &error.message, &error.causes];
        texts.into_iter().map(String::capacity).max().unwrap_or_default()
    }

    /// How many have a JSON value.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// One of those that have a JSON value.
    pub(super) fn get(&self, index: usize) -> Option<(&'static Key, &str)> {
        let entry = self.entries.get(index)?;
        Some((entry.key, self.json.get(entry.value.clone())?))
    }

    /// Adds the JSON values of a span around what is here; what is here hides those of the same
    /// name.
    pub(super) fn add_outer(&mut self, outer: &Self) {
        let inner = self.entries.len();
        for index in 0..outer.entries.len() {
            let Some((key, value)) = outer.get(index) else { continue };
            let here = self.entries.get(..inner).unwrap_or_default();
            if !here.iter().any(|entry| entry.key.name == key.name) {
                self.add_json(key, |json| json.push_str(value));
            }
        }
    }

    fn add_json(&mut self, key: &'static Key, write: impl FnOnce(&mut String)) {
        let start = self.json.len();
        write(&mut self.json);
        self.entries.push(Entry { key, value: start..self.json.len(), text: 0..0 });
    }

    /// Adds a field: its JSON value, and the same or something better to read as text.
    fn add(&mut self, key: &'static Key, text: AsText<'_>, json: impl FnOnce(&mut String)) {
        self.add_json(key, json);
        if matches!(text, AsText::Nowhere) {
            return;
        }
        let Some(entry) = self.entries.last_mut() else { return };
        entry.text = push_text(&mut self.text, |into| {
            into.push_str(key.name);
            into.push('=');
            match text {
                AsText::Text(text) => push_plain(into, text),
                AsText::Nowhere | AsText::Json => {
                    into.push_str(self.json.get(entry.value.clone()).unwrap_or_default());
                }
            }
        });
    }

    /// Adds fields that the same span recorded later. They are in place of what it said before.
    pub(super) fn add_later(&mut self, later: &Self) {
        for entry in &later.entries {
            let json = later.json.get(entry.value.clone()).unwrap_or_default();
            let text = later.text.get(entry.text.clone()).unwrap_or_default();
            self.remove(entry.key);
            self.add_json(entry.key, |into| into.push_str(json));
            if let Some(entry) = self.entries.last_mut() {
                entry.text = push_text(&mut self.text, |into| into.push_str(text));
            }
        }
    }

    /// Removes a field that a span records once more, with the room that it took: a span may live
    /// and record for ever.
    fn remove(&mut self, key: &Key) {
        if !self.entries.iter().any(|entry| std::ptr::eq(entry.key, key)) {
            return;
        }
        let json = std::mem::take(&mut self.json);
        let text = std::mem::take(&mut self.text);
        self.entries.retain(|entry| !std::ptr::eq(entry.key, key));
        for entry in &mut self.entries {
            let start = self.json.len();
            self.json.push_str(json.get(entry.value.clone()).unwrap_or_default());
            entry.value = start..self.json.len();
            let before = text.get(entry.text.clone()).unwrap_or_default();
            entry.text = push_text(&mut self.text, |into| into.push_str(before));
        }
    }
}

/// Adds a name and value to others, and says where they are.
fn push_text(to: &mut String, write: impl FnOnce(&mut String)) -> Range<usize> {
    if !to.is_empty() {
        to.push(' ');
    }
    let start = to.len();
    write(to);
    start..to.len()
}

/// Writes the fields of a callsite as `tracing` tells them.
pub(super) struct Recorder<'r> {
    /// Where they are written to.
    pub(super) fields: &'r mut Fields,
    /// Room for a value.
    pub(super) raw: &'r mut String,
    /// Whose fields they are.
    pub(super) callsite: &'static Callsite,
    /// What hides secrets.
    pub(super) sanitizer: &'static Sanitizer,
    /// Somebody reads them as text.
    pub(super) as_text: bool,
}

impl Recorder<'_> {
    fn as_text<'t>(&self, text: AsText<'t>) -> AsText<'t> {
        if self.as_text { text } else { AsText::Nowhere }
    }

    fn number(&mut self, field: &Field, digits: &str) {
        match self.callsite.key(field) {
            Some(key) if key.role == Role::Member => {
                let text = self.as_text(AsText::Json);
                self.fields.add(key, text, |json| json.push_str(digits));
                self.keep_error(key, digits);
            }
            Some(key) => self.text(key, digits, false),
            None => {}
        }
    }

    /// Adds a value that is text. Strings stand between quotes in both forms; what a `Debug` wrote
    /// does so in JSON only.
    fn text(&mut self, key: &'static Key, value: &str, is_string: bool) {
        match key.role {
            Role::LogCrate => {}
            Role::Secret => {
                let text = self.as_text(AsText::Text(MASK));
                self.fields.add(key, text, |json| push_string(json, MASK));
            }
            Role::Message => {
                let clean = self.sanitizer.sanitize_text(value);
                push_plain(&mut self.fields.message, &clean);
            }
            Role::Member => {
                let clean = self.sanitizer.sanitize_text(value);
                let text = if is_string { AsText::Json } else { AsText::Text(&clean) };
                let text = self.as_text(text);
                self.fields.add(key, text, |json| push_string(json, &clean));
                self.keep_error(key, &clean);
            }
        }
    }

    /// A field of this name is an error, also where its text is all that was given.
    fn keep_error(&mut self, key: &Key, text: &str) {
        let error = &mut self.fields.error;
        if key.name == "error" && error.message.is_empty() {
            error.message.push_str(text);
        }
    }

    /// Foreign code writes a value into the room for it. If it panics, that is what is written.
    fn foreign(&mut self, value: fmt::Arguments<'_>) -> String {
        let mut raw = std::mem::take(self.raw);
        raw.clear();
        // A Debug that fails leaves what it wrote; so does one that panics, but for a word on it.
        if catch_unwind(AssertUnwindSafe(|| raw.write_fmt(value))).is_err() {
            raw.push_str(PANICKED);
        }
        raw
    }

    fn add_foreign(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        let Some(key) = self.callsite.key(field) else { return };
        match (key.role, value.as_str()) {
            // Nobody will see it: it need not be written at all.
            (Role::LogCrate | Role::Secret, _) => self.text(key, "", false),
            (_, Some(text)) => self.text(key, text, false),
            (_, None) => {
                let raw = self.foreign(value);
                self.text(key, &raw, false);
                *self.raw = raw;
            }
        }
    }

    fn keep_causes(&mut self, error: &(dyn Error + 'static)) {
        if !self.fields.error.causes.is_empty() {
            return;
        }
        let sanitizer = self.sanitizer;
        let mut next = Some(error);
        for number in 0..=MAX_CAUSES {
            let Some(error) = next else { break };
            let raw = self.foreign(format_args!("{error}"));
            let clean = sanitizer.sanitize_text(&raw);
            let ErrorText { message, causes } = &mut self.fields.error;
            if number == 0 {
                message.clear();
                message.push_str(&clean);
            } else {
                causes.push_str("\nCaused by: ");
            }
            causes.push_str(&clean);
            drop(clean);
            *self.raw = raw;
            next = catch_unwind(AssertUnwindSafe(|| error.source())).ok().flatten();
        }
    }
}

impl Visit for Recorder<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add_foreign(field, format_args!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if let Some(key) = self.callsite.key(field) {
            self.text(key, value, true);
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.number(field, itoa::Buffer::new().format(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.number(field, itoa::Buffer::new().format(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.number(field, if value { "true" } else { "false" });
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if value.is_finite() {
            self.number(field, zmij::Buffer::new().format_finite(value));
        } else {
            // JSON has no such number.
            self.add_foreign(field, format_args!("{value}"));
        }
    }

    // Greater than any number of those who read JSON.
    fn record_i128(&mut self, field: &Field, value: i128) {
        self.add_foreign(field, format_args!("{value}"));
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.add_foreign(field, format_args!("{value}"));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.add_foreign(field, format_args!("{}", WithCauses(value)));
        if self.callsite.key(field).is_some_and(|key| key.role != Role::Secret) {
            self.keep_causes(value);
        }
    }
}

/// An error and its causes in one line.
struct WithCauses<'e>(&'e (dyn Error + 'static));

impl fmt::Display for WithCauses<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut next = self.0.source();
        for _ in 0..MAX_CAUSES {
            let Some(cause) = next else { break };
            write!(f, ": {cause}")?;
            next = cause.source();
        }
        Ok(())
    }
}

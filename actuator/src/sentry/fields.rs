//! The fields of an event or a span, kept within bounds.

use std::{
    error::Error,
    fmt::{self, Write as _},
    panic::{AssertUnwindSafe, catch_unwind},
};

use serde_json::{Number, Value};
use tracing::field::{Field, Visit};

use super::report::{ErrorText, NamedValue};

/// How much is kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Bytes of the message.
    pub(super) message: usize,
    /// Bytes of the text of a field, or of an error.
    pub(super) value: usize,
    /// Fields.
    pub(super) fields: usize,
}

/// A chain of causes may be a ring.
const MOST_ERRORS: usize = 16;

/// Gathers what is recorded, up to its bounds.
#[derive(Debug)]
pub(super) struct Fields {
    bounds: Bounds,
    /// The field `message`.
    pub(super) message: String,
    /// All other fields.
    pub(super) values: Vec<NamedValue>,
    /// The errors among them, each with what caused it behind it.
    pub(super) errors: Vec<ErrorText>,
}

impl Fields {
    /// None yet.
    pub(super) fn new(bounds: Bounds) -> Self {
        Self { bounds, message: String::new(), values: Vec::new(), errors: Vec::new() }
    }

    fn add(&mut self, field: &Field, value: impl FnOnce(usize) -> Value) {
        let name = field.name();
        // Where a record of the `log` crate came from: the event says it already.
        if name.starts_with("log.") || self.values.len() >= self.bounds.fields {
            return;
        }
        let name = name.strip_prefix("r#").unwrap_or(name);
        self.values.push(NamedValue { span: None, name, value: value(self.bounds.value) });
    }

    fn add_text(&mut self, field: &Field, text: fmt::Arguments<'_>) {
        if field.name() == "message" {
            self.message = bounded(text, self.bounds.message);
        } else {
            self.add(field, |limit| Value::String(bounded(text, limit)));
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add_text(field, format_args!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add_text(field, format_args!("{value}"));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, |_| value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, |_| value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, |_| value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        // NaN and the infinities are no numbers of JSON.
        let number = Number::from_f64(value).map(Value::Number);
        self.add(field, |_| number.unwrap_or_else(|| Value::String(value.to_string())));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.add_text(field, format_args!("{value}"));
        let mut next = Some(value);
        while let Some(error) = next.filter(|_| self.errors.len() < MOST_ERRORS) {
            self.errors.push(ErrorText {
                kind: type_of(error),
                text: bounded(format_args!("{error}"), self.bounds.value),
            });
            next = error.source();
        }
    }
}

/// The name of an error's type, as far as its debug output tells: it is what that begins with,
/// where it is derived. Else `Error`.
fn type_of(error: &dyn Error) -> String {
    let text = bounded(format_args!("{error:?}"), 128);
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    match text.get(..end) {
        Some(name) if name.starts_with(char::is_uppercase) => name.to_owned(),
        _ => "Error".to_owned(),
    }
}

/// As much of a text as fits; what writes it is stopped there.
pub(super) fn bounded(text: fmt::Arguments<'_>, limit: usize) -> String {
    let mut kept = Bounded { text: String::new(), limit };
    // It fails where it is full, and where a Debug fails or panics: what it wrote stays.
    let _ = catch_unwind(AssertUnwindSafe(|| kept.write_fmt(text)));
    kept.text
}

struct Bounded {
    text: String,
    limit: usize,
}

impl fmt::Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.limit.saturating_sub(self.text.len());
        if text.len() <= room {
            self.text.push_str(text);
            return Ok(());
        }
        self.text.push_str(text.get(..text.floor_char_boundary(room)).unwrap_or_default());
        // Secrets are masked later: an address that has lost its `@` would hide no password.
        let before_word = self.text.trim_end_matches(|c: char| !c.is_whitespace()).len();
        if self.text.get(before_word..).is_some_and(|word| word.contains("://")) {
            self.text.truncate(before_word);
        }
        self.text.push('…');
        Err(fmt::Error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_ends_is_cut_and_no_longer_asked() {
        struct Endless;
        impl fmt::Display for Endless {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                loop {
                    f.write_str("für ")?;
                }
            }
        }
        assert_eq!(bounded(format_args!("{Endless}"), 7), "für f…");
        assert_eq!(bounded(format_args!("für"), 4), "für");
    }

    #[test]
    fn an_address_is_kept_whole_or_not_at_all() {
        let text = "cannot reach redis://shop:open-sesame@cache";
        assert_eq!(bounded(format_args!("{text}"), 30), "cannot reach …");
        assert_eq!(bounded(format_args!("{text}"), 100), text);
    }

    #[test]
    fn what_panics_while_it_is_written_leaves_what_it_wrote() {
        struct Bad;
        impl fmt::Display for Bad {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("half")?;
                panic!("in a value");
            }
        }
        assert_eq!(bounded(format_args!("{Bad}"), 100), "half");
    }

    #[test]
    fn an_error_has_the_type_that_its_debug_output_tells() {
        let number = "x".parse::<u8>().unwrap_err();
        assert_eq!(type_of(&number), "ParseIntError");
        let boxed: Box<dyn Error> = "hunter2".into();
        assert_eq!(type_of(&*boxed), "Error");
    }
}

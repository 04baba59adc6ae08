//! The answer of one check: a status, and details that explain it.

use std::{borrow::Cow, fmt};

use serde::Serialize;
use serde_json::value::RawValue;

/// A status code. Five are built in; any other text is a custom status.
///
/// Codes are shown as given and compared loosely: case and everything that is not a letter or a
/// digit are ignored (`out-of-service` is `OUT_OF_SERVICE`), as in Spring.
#[derive(Clone, Debug)]
pub struct Status {
    code: Cow<'static, str>,
    description: Option<String>,
}

impl Status {
    /// The component works.
    pub const UP: Self = Self::builtin("UP");
    /// The component does not work.
    pub const DOWN: Self = Self::builtin("DOWN");
    /// The component was taken out of service on purpose.
    pub const OUT_OF_SERVICE: Self = Self::builtin("OUT_OF_SERVICE");
    /// The component works, but not as well as it should: between UP and DOWN, answered with 200,
    /// and what Spring Boot Admin shows as a warning.
    pub const RESTRICTED: Self = Self::builtin("RESTRICTED");
    /// It cannot be told.
    pub const UNKNOWN: Self = Self::builtin("UNKNOWN");

    /// All that are built in.
    pub(super) const BUILT_IN: [Self; 5] =
        [Self::UP, Self::DOWN, Self::OUT_OF_SERVICE, Self::RESTRICTED, Self::UNKNOWN];

    const fn builtin(code: &'static str) -> Self {
        Self { code: Cow::Borrowed(code), description: None }
    }

    /// The built-in status of that name, in any spelling; `degraded` is RESTRICTED; else a status
    /// of one's own.
    pub(crate) fn named(code: &str) -> Self {
        let wanted = Self::custom(code.to_owned());
        if wanted == Self::builtin("DEGRADED") {
            return Self::RESTRICTED;
        }
        Self::BUILT_IN.into_iter().find(|known| *known == wanted).unwrap_or(wanted)
    }

    /// A status of one's own.
    pub fn custom(code: impl Into<Cow<'static, str>>) -> Self {
        Self { code: code.into(), description: None }
    }

    /// The same status with a description, shown beside it.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into()).filter(|text: &String| !text.is_empty());
        self
    }

    /// The code as it is shown.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The description, if there is one.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }
}

impl PartialEq for Status {
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code
            || (may_be_alike(&self.code, &other.code) && loose(&self.code).eq(loose(&other.code)))
    }
}

impl Eq for Status {}

/// Two codes that begin with different plain letters differ; most do, and then nothing has to be
/// folded.
fn may_be_alike(one: &str, other: &str) -> bool {
    match (one.as_bytes().first(), other.as_bytes().first()) {
        (Some(one), Some(other))
            if one.is_ascii_alphanumeric() && other.is_ascii_alphanumeric() =>
        {
            one.eq_ignore_ascii_case(other)
        }
        _ => true,
    }
}

fn loose(code: &str) -> impl Iterator<Item = char> + '_ {
    code.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

/// What a check found.
#[derive(Clone, Debug)]
pub struct Health {
    status: Status,
    details: Vec<Detail>,
}

/// A key, and its value as JSON.
type Detail = (Cow<'static, str>, Box<RawValue>);

impl Health {
    /// [`Status::UP`].
    pub fn up() -> Self {
        Self::new(Status::UP)
    }

    /// [`Status::DOWN`].
    pub fn down() -> Self {
        Self::new(Status::DOWN)
    }

    /// [`Status::OUT_OF_SERVICE`].
    pub fn out_of_service() -> Self {
        Self::new(Status::OUT_OF_SERVICE)
    }

    /// [`Status::RESTRICTED`]: it works, but somebody should look.
    pub fn degraded() -> Self {
        Self::new(Status::RESTRICTED)
    }

    /// [`Status::UNKNOWN`].
    pub fn unknown() -> Self {
        Self::new(Status::UNKNOWN)
    }

    /// Any status.
    pub fn new(status: Status) -> Self {
        Self { status, details: Vec::new() }
    }

    /// DOWN because of an error; its text becomes the detail `error`.
    pub fn from_error(error: impl fmt::Display) -> Self {
        Self::down().with_detail("error", error.to_string())
    }

    /// Adds a detail; one of the same key is replaced. What cannot be written as JSON is shown as
    /// a text that says so.
    #[must_use]
    pub fn with_detail(mut self, key: impl Into<Cow<'static, str>>, value: impl Serialize) -> Self {
        let key = key.into();
        let value = serde_json::value::to_raw_value(&value)
            .or_else(|error| serde_json::value::to_raw_value(&format!("not JSON: {error}")));
        if let Ok(value) = value {
            self.details.retain(|(present, _)| *present != key);
            self.details.push((key, value));
        }
        self
    }

    /// The status.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// Whether both look the same in an answer.
    pub(crate) fn looks_like(&self, other: &Self) -> bool {
        let is_same = |(a, b): (&Detail, &Detail)| a.0 == b.0 && a.1.get() == b.1.get();
        self.status.code == other.status.code
            && self.status.description == other.status.description
            && self.details.len() == other.details.len()
            && self.details.iter().zip(&other.details).all(is_same)
    }

    /// The same details under another status.
    #[must_use]
    pub(super) fn with_status(&self, status: Status) -> Self {
        Self { status, details: self.details.clone() }
    }

    /// The details, in the order in which they were added.
    pub fn details(&self) -> impl Iterator<Item = (&str, &RawValue)> {
        self.details.iter().map(|(key, value)| (key.as_ref(), value.as_ref()))
    }
}

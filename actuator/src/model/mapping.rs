//! A route of the application, as far as it is known.

use std::borrow::Cow;

/// The longest name of a handler that is kept, in bytes: layers make long types.
const LONGEST_HANDLER: usize = 300;

/// A route of the application: what `/actuator/mappings` tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// In upper case; empty for all methods, or where they are not known.
    pub(crate) methods: Vec<Cow<'static, str>>,
    /// As the router has it: `/orders/{id}`.
    pub(crate) pattern: String,
    /// The path of the function, if it is known.
    pub(crate) handler: Option<Cow<'static, str>>,
    /// Where the route was written (`src/main.rs:12`), if that is known.
    pub(crate) place: Option<String>,
}

impl Mapping {
    /// A route of one method.
    pub fn new(method: impl Into<Cow<'static, str>>, pattern: impl Into<String>) -> Self {
        Self { methods: vec![method.into()], ..Self::of_any_method(pattern) }
    }

    /// A route of all methods.
    pub fn of_any_method(pattern: impl Into<String>) -> Self {
        Self { methods: Vec::new(), pattern: pattern.into(), handler: None, place: None }
    }

    /// The same with the path of the function that answers: `orders::one`.
    #[must_use]
    pub fn handled_by(mut self, handler: impl Into<Cow<'static, str>>) -> Self {
        let handler = handler.into();
        self.handler = Some(if handler.len() > LONGEST_HANDLER {
            let end = handler.floor_char_boundary(LONGEST_HANDLER);
            format!("{}…", handler.get(..end).unwrap_or_default()).into()
        } else {
            handler
        });
        self
    }

    /// The same with the place where it was written: `src/main.rs:12`.
    #[must_use]
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }

    /// The methods, in upper case; none for all, or where they are not known.
    pub fn methods(&self) -> impl Iterator<Item = &str> {
        self.methods.iter().map(AsRef::as_ref)
    }

    /// The pattern, as the router has it.
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// The path of the function that answers, if it is known.
    pub fn handler(&self) -> Option<&str> {
        self.handler.as_deref()
    }

    /// Where it was written, if that is known.
    pub fn place(&self) -> Option<&str> {
        self.place.as_deref()
    }
}

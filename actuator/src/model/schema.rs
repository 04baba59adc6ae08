//! What a JSON document looks like: as much of JSON Schema as the documents of the API need,
//! written as constants beside what makes them.

/// The form of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// Anything.
    Any,
    /// Nothing but `null`.
    Null,
    /// Any text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// An instant (RFC 3339).
    Instant,
    /// A duration (ISO 8601).
    Duration,
    /// One of these words.
    Words(&'static [&'static str]),
    /// A list of such values.
    List(&'static Schema),
    /// An object whose members are all of one form, under names of their own.
    Map(&'static Schema),
    /// An object with these members.
    Object(&'static [Member]),
    /// The same, among others of any form.
    Open(&'static [Member]),
    /// A value of one of these forms.
    Either(&'static [Schema]),
    /// A form with a name, which documents of the API describe once. Names are unique among all.
    Named(&'static str, &'static Schema),
    /// The form around this one that has the name: for trees.
    Around(&'static str),
}

/// A member of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// Its form.
    pub schema: Schema,
    /// Whether it is always there.
    pub is_required: bool,
}

impl Member {
    /// One that is always there.
    pub const fn new(name: &'static str, schema: Schema) -> Self {
        Self { name, schema, is_required: true }
    }

    /// One that may be absent.
    pub const fn optional(name: &'static str, schema: Schema) -> Self {
        Self { name, schema, is_required: false }
    }
}

impl Schema {
    /// A document that only says something.
    pub const MESSAGE: Self =
        Self::Named("Message", &Self::Object(&[Member::new("message", Self::Text)]));

    /// The form of a refusal that says why to whoever asks.
    pub const REFUSED: Self = Self::Named(
        "Refused",
        &Self::Object(&[
            Member::new("status", Self::Integer),
            Member::new("error", Self::Text),
            Member::new("message", Self::Text),
        ]),
    );
}

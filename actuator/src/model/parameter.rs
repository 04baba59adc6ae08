//! What is known of an operation's arguments: their names, places and shapes, for documents of the
//! API and for those who convert them.

/// An argument that an operation knows by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The name, as the caller spells it.
    pub name: &'static str,
    /// Where the caller puts it.
    pub place: ParameterPlace,
    /// What it looks like.
    pub shape: Shape,
    /// Whether the operation refuses a call without it.
    pub is_required: bool,
    /// What it is for. May be empty.
    pub description: &'static str,
}

impl Parameter {
    /// An optional one of the query.
    pub const fn query(name: &'static str, shape: Shape, description: &'static str) -> Self {
        Self::new(name, ParameterPlace::Query, shape, description)
    }

    /// An optional member of the JSON body.
    pub const fn body(name: &'static str, shape: Shape, description: &'static str) -> Self {
        Self::new(name, ParameterPlace::Body, shape, description)
    }

    /// A segment of the path.
    pub const fn path(name: &'static str, shape: Shape, description: &'static str) -> Self {
        Self::new(name, ParameterPlace::Path, shape, description).required()
    }

    const fn new(
        name: &'static str,
        place: ParameterPlace,
        shape: Shape,
        description: &'static str,
    ) -> Self {
        Self { name, place, shape, is_required: false, description }
    }

    /// The same one, without which the operation refuses a call.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.is_required = true;
        self
    }
}

/// Where a caller puts an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterPlace {
    /// A selector: a segment of the path, or all that are left.
    Path,
    /// The query.
    Query,
    /// The JSON body of a write; its query is looked at too.
    Body,
}

/// What an argument looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Any text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`, as Spring spells them: also `yes`, `on`, `1`.
    Boolean,
    /// An instant with its offset (RFC 3339).
    DateTime,
    /// A calendar day (RFC 3339 `full-date`).
    Date,
    /// A duration: ISO 8601 or `10s`, a bare number is milliseconds.
    Duration,
    /// One of these words.
    Enumeration(&'static [&'static str]),
    /// Several of a shape: repeated in a query, or separated by commas.
    List(&'static Shape),
    /// An object of its own.
    Object,
}

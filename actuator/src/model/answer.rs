//! What is known of an operation's answers, for documents of the API.

use super::schema::Schema;

/// An answer that an operation may give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status code.
    pub status: u16,
    /// When it is given, or what it holds. May be empty.
    pub description: &'static str,
    /// Its body.
    pub content: Content,
}

/// The body of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// None.
    Nothing,
    /// A document of this form, in the media types that the operation produces.
    Produced(Schema),
    /// A document of this media type, whatever the operation produces.
    Of(&'static str, Schema),
}

impl Answer {
    /// 200 with a document of this form, in the media types that the operation produces.
    pub const fn of(schema: Schema) -> Self {
        Self::new(200, Content::Produced(schema))
    }

    /// 200 with a document of this media type.
    pub const fn document(media_type: &'static str, schema: Schema) -> Self {
        Self::new(200, Content::Of(media_type, schema))
    }

    /// 204.
    pub const fn nothing() -> Self {
        Self::new(204, Content::Nothing)
    }

    /// 404 without a body: `what` does not exist.
    pub const fn not_found(what: &'static str) -> Self {
        Self::new(404, Content::Nothing).saying(what)
    }

    /// 206: a part of a resource, as `Range` asks (RFC 9110 14.2).
    pub const fn part(media_type: &'static str) -> Self {
        Self::new(206, Content::Of(media_type, Schema::Text)).saying("The part that `Range` names.")
    }

    /// 416: there is no such part.
    pub const fn no_part() -> Self {
        Self::new(416, Content::Nothing).saying("There is no such part.")
    }

    /// A refusal that says why to whoever asks.
    pub const fn refused(status: u16, why: &'static str) -> Self {
        Self::new(status, Content::Of("application/json", Schema::REFUSED)).saying(why)
    }

    /// The same with another status.
    #[must_use]
    pub const fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The same with words.
    #[must_use]
    pub const fn saying(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }

    const fn new(status: u16, content: Content) -> Self {
        Self { status, description: "", content }
    }
}

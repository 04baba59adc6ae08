//! What an operation of the application answers, where a value is not enough.

use std::borrow::Cow;

use bytes::Bytes;
use serde::Serialize;

use super::{error::EndpointError, resource::Resource};
use crate::model::{
    endpoint::{Operation, OperationKind, Produces},
    reply::{Composed, Reply},
};

/// An answer with a status, a media type and headers of its own; Spring's class of that name.
///
/// ```
/// use actuator::custom::{EndpointError, WebEndpointResponse};
///
/// fn busy(jobs: &[u32]) -> Result<WebEndpointResponse, EndpointError> {
///     Ok(WebEndpointResponse::json(jobs)?.with_status(503).with_header("retry-after", "10"))
/// }
/// # assert!(busy(&[1]).is_ok());
/// ```
#[derive(Debug)]
pub struct WebEndpointResponse {
    status: Option<u16>,
    content_type: Option<String>,
    headers: Vec<(String, String)>,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Document(Bytes),
    Resource(Resource),
    /// 404 for a read, 204 for all else.
    Nothing,
    NotFound,
}

impl WebEndpointResponse {
    /// A JSON document, status 200.
    ///
    /// # Errors
    /// It cannot be written as JSON.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<Self, EndpointError> {
        let mut document = Vec::with_capacity(256);
        serde_json::to_writer(&mut document, value)?;
        Ok(Self::of(Content::Document(document.into())))
    }

    /// A text as it is, without quotes, status 200.
    pub fn text(text: impl Into<String>) -> Self {
        Self::of(Content::Document(text.into().into()))
    }

    /// These bytes as a document, status 200.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        Self::of(Content::Document(bytes.into()))
    }

    /// A resource, which is served in ranges if its length is known; it brings its own media type.
    #[must_use]
    pub fn resource(resource: Resource) -> Self {
        Self::of(Content::Resource(resource))
    }

    /// Nothing: a read does not find it (404), a write or delete is done (204).
    #[must_use]
    pub fn nothing() -> Self {
        Self::of(Content::Nothing)
    }

    /// There is no such thing: 404 without a body.
    #[must_use]
    pub fn not_found() -> Self {
        Self::of(Content::NotFound)
    }

    /// With this status; one that does not exist, or is none of an answer, is 500. Resources have 200
    /// or 206.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = Some(if (200..=599).contains(&status) { status } else { 500 });
        self
    }

    /// Under this media type, whatever the caller accepts.
    #[must_use]
    pub fn with_content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// With a further header; one that cannot be sent is left out. Resources have none.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    fn of(content: Content) -> Self {
        Self { status: None, content_type: None, headers: Vec::new(), content }
    }

    /// The reply of this operation.
    pub(super) fn into_reply(self, operation: &Operation) -> Reply {
        let Self { status, content_type, headers, content } = self;
        let body = match content {
            Content::Resource(resource) => {
                let default = match operation.produces {
                    Produces::OneOf([first, ..]) => Cow::Borrowed(*first),
                    _ => Cow::Borrowed(OCTETS),
                };
                return resource.into_reply(content_type.map_or(default, Cow::Owned));
            }
            Content::NotFound => return Reply::NotFound,
            Content::Nothing if status.is_none() => {
                let is_read = operation.kind == OperationKind::Read;
                return if is_read { Reply::NotFound } else { Reply::Nothing };
            }
            Content::Nothing => Bytes::new(),
            // As built-in ones answer, so that it can be kept for a while.
            Content::Document(body)
                if operation.produces == Produces::Json
                    && content_type.is_none()
                    && headers.is_empty()
                    && status != Some(204) =>
            {
                return Reply::Json { status: status.unwrap_or(200), body };
            }
            Content::Document(body) => body,
        };
        Reply::Response(Composed { status: status.unwrap_or(200), content_type, headers, body })
    }
}

/// The media type of a resource that says nothing.
pub(super) const OCTETS: &str = "application/octet-stream";

impl From<Resource> for WebEndpointResponse {
    fn from(resource: Resource) -> Self {
        Self::resource(resource)
    }
}

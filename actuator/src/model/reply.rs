//! What an endpoint answers.

use std::{borrow::Cow, fmt, io, sync::Arc};

use bytes::Bytes;
use serde::Serialize;

use super::{endpoint::BoxFuture, problem::Problem};

/// A successful answer, before it meets HTTP.
#[derive(Debug)]
pub enum Reply {
    /// A JSON document, already written, with its status (200, or a health status' mapping).
    Json {
        /// The HTTP status code.
        status: u16,
        /// The document.
        body: Bytes,
    },
    /// `text/plain;charset=UTF-8`, status 200.
    Text(Bytes),
    /// A document of a format of its own, already written. What the caller accepts has been
    /// looked at before, or does not count.
    Document {
        /// The HTTP status code.
        status: u16,
        /// The media type, with parameters.
        content_type: &'static str,
        /// Further headers of the format: lower-case names.
        headers: Headers,
        /// The document.
        body: Bytes,
    },
    /// What an endpoint of the application put together itself.
    Response(Composed),
    /// A document of a format of its own that is written while it is sent.
    Stream(Stream),
    /// What has no end: it is sent as it comes, until the caller goes away or the listener stops.
    Live(Live),
    /// A long JSON document, status 200, that is written while it is sent.
    JsonStream(Box<dyn StreamContent>),
    /// Something with a length that is served in ranges (log file, SBOM).
    Resource(Resource),
    /// There is no such thing: 404 with an empty body.
    NotFound,
    /// Done, nothing to say: 204.
    Nothing,
}

impl Reply {
    /// Status 200 and a JSON document.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<Self, Problem> {
        Self::json_with_status(200, value)
    }

    /// A JSON document with a status of its own.
    pub fn json_with_status<T: Serialize + ?Sized>(
        status: u16,
        value: &T,
    ) -> Result<Self, Problem> {
        let mut body = Vec::with_capacity(512);
        serde_json::to_writer(&mut body, value)?;
        Ok(Self::Json { status, body: body.into() })
    }
}

/// An answer with a status, a type and headers that are known only when it is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Composed {
    /// The HTTP status code.
    pub status: u16,
    /// The media type; `None` for the one that was negotiated.
    pub content_type: Option<String>,
    /// Further headers; those that are none are left out.
    pub headers: Vec<(String, String)>,
    /// The document; empty for statuses that have none.
    pub body: Bytes,
}

/// Headers that a format demands: most are constant, some (a lifetime) are not.
pub type Headers = Cow<'static, [(&'static str, Cow<'static, str>)]>;

/// A document that is never whole in memory. Its status is 200.
pub struct Stream {
    /// The media type, with parameters.
    pub content_type: &'static str,
    /// Whether it may be compressed for those who accept that.
    pub compressible: bool,
    /// What writes it.
    pub content: Box<dyn StreamContent>,
}

/// The content behind a [`Stream`]. It is dropped half way if the caller goes away.
pub trait StreamContent: Send {
    /// Appends the next part, of some ten thousand bytes; `false` once nothing is left to come.
    /// It is called on a worker of the runtime and has to return within a millisecond. A part
    /// may be empty.
    fn write_part(&mut self, into: &mut Vec<u8>) -> bool;
}

impl fmt::Debug for dyn StreamContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StreamContent")
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("content_type", &self.content_type).finish_non_exhaustive()
    }
}

/// A document that goes on as things happen. Its status is 200; it is never compressed, for what
/// has happened is to arrive at once.
pub struct Live {
    /// The media type, with parameters.
    pub content_type: Cow<'static, str>,
    /// What writes it.
    pub content: Box<dyn LiveContent>,
}

/// The content behind a [`Live`]. It is dropped if the caller goes away.
pub trait LiveContent: Send {
    /// The next part, once there is one, and what writes those behind it; `None` at the end. It is
    /// asked only when the connection takes more, so a slow caller is asked for less often; nobody
    /// gathers for it meanwhile.
    fn next(self: Box<Self>) -> BoxFuture<'static, Option<(Bytes, Box<dyn LiveContent>)>>;
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").field("content_type", &self.content_type).finish_non_exhaustive()
    }
}

/// Bytes with a known length that can be read in parts.
pub struct Resource {
    /// The media type, with parameters.
    pub media_type: Cow<'static, str>,
    /// The length in bytes at the time of the call.
    pub length: u64,
    /// The offset of the first byte that can still be read; more than 0 for a ring that has
    /// dropped its beginning.
    pub start: u64,
    /// The name under which callers are to keep it; `None` where they are to show it.
    pub file_name: Option<String>,
    /// Reads `[from, to)`.
    pub content: Arc<dyn ResourceContent>,
}

/// The content behind a [`Resource`].
pub trait ResourceContent: Send + Sync {
    /// Reads at most `max` bytes from absolute offset `from`. Fewer bytes than there are may be
    /// returned, none only at the end.
    fn read(&self, from: u64, max: usize) -> BoxFuture<'_, io::Result<Bytes>>;
}

impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resource")
            .field("media_type", &self.media_type)
            .field("length", &self.length)
            .field("start", &self.start)
            .finish_non_exhaustive()
    }
}

//! Bytes, files and streams as answers.

use std::{borrow::Cow, fmt, fs::File, io, path::Path, pin::Pin, sync::Arc};

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt as _};

use crate::model::endpoint::BoxFuture;
use crate::{
    model::reply::{self, Live, LiveContent, Reply, ResourceContent},
    support::open_file::OpenFile,
};

/// How much of a stream is read at a time.
const PIECE: usize = 64 * 1024;

/// A document that is sent as it is: bytes and files in ranges too (RFC 9110 14), a stream as it
/// comes. Spring's `Resource`.
///
/// Its media type is the one that the operation produces, `application/octet-stream` by default.
///
/// ```
/// use std::io;
/// use actuator::{custom::Resource, endpoint};
///
/// #[derive(Default)]
/// struct Reports;
///
/// #[endpoint(id = "reports")]
/// impl Reports {
///     /// The last report, for a browser to keep.
///     #[read(produces = ["text/csv"])]
///     fn last(&self) -> io::Result<Resource> {
///         Ok(Resource::file("/var/lib/shop/report.csv")?.named("report.csv"))
///     }
/// }
/// ```
pub struct Resource {
    content: Content,
    media_type: Option<String>,
    file_name: Option<String>,
}

enum Content {
    Whole(Arc<dyn ResourceContent>, u64),
    Stream(Pin<Box<dyn AsyncRead + Send>>),
}

impl Resource {
    /// These bytes.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let length = bytes.len() as u64;
        Self::of(Content::Whole(Arc::new(Held(bytes)), length))
    }

    /// What is in the file now. It is opened here, which may block; what is sent is read beside the
    /// workers of the runtime.
    ///
    /// # Errors
    /// The file cannot be opened, or is none.
    pub fn file(path: impl AsRef<Path>) -> io::Result<Self> {
        let file = File::open(path)?;
        let facts = file.metadata()?;
        if !facts.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "is no regular file"));
        }
        Ok(Self::of(Content::Whole(Arc::new(Opened(OpenFile::new(file))), facts.len())))
    }

    /// What is read from here, as it comes, until its end: it has no length and no ranges. It ends
    /// with the listener; an error ends it too, and is logged.
    pub fn stream(reader: impl AsyncRead + Send + 'static) -> Self {
        Self::of(Content::Stream(Box::pin(reader)))
    }

    /// Under this media type, with its parameters.
    #[must_use]
    pub fn with_media_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = Some(media_type.into());
        self
    }

    /// For browsers to keep it under this name, not to show it; a stream has no name.
    #[must_use]
    pub fn named(mut self, file_name: impl Into<String>) -> Self {
        self.file_name = Some(file_name.into());
        self
    }

    fn of(content: Content) -> Self {
        Self { content, media_type: None, file_name: None }
    }

    /// The reply, under `default` if it has no media type of its own.
    pub(super) fn into_reply(self, default: Cow<'static, str>) -> Reply {
        let media_type = self.media_type.map_or(default, Cow::Owned);
        match self.content {
            Content::Whole(content, length) => Reply::Resource(reply::Resource {
                media_type,
                length,
                start: 0,
                file_name: self.file_name,
                content,
            }),
            Content::Stream(reader) => {
                Reply::Live(Live { content_type: media_type, content: Box::new(Reading(reader)) })
            }
        }
    }
}

struct Held(Bytes);

impl ResourceContent for Held {
    fn read(&self, from: u64, max: usize) -> BoxFuture<'_, io::Result<Bytes>> {
        let from = usize::try_from(from).unwrap_or(usize::MAX).min(self.0.len());
        let to = from.saturating_add(max).min(self.0.len());
        Box::pin(std::future::ready(Ok(self.0.slice(from..to))))
    }
}

struct Opened(OpenFile);

impl ResourceContent for Opened {
    fn read(&self, from: u64, max: usize) -> BoxFuture<'_, io::Result<Bytes>> {
        Box::pin(self.0.read(from, max))
    }
}

struct Reading(Pin<Box<dyn AsyncRead + Send>>);

impl LiveContent for Reading {
    fn next(mut self: Box<Self>) -> BoxFuture<'static, Option<(Bytes, Box<dyn LiveContent>)>> {
        Box::pin(async move {
            let mut piece = BytesMut::with_capacity(PIECE);
            match self.0.read_buf(&mut piece).await {
                Ok(0) => None,
                Ok(_) => Some((piece.freeze(), self as Box<dyn LiveContent>)),
                Err(error) => {
                    tracing::warn!(target: "actuator::custom", "a stream broke off: {error}");
                    None
                }
            }
        })
    }
}

impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resource")
            .field("media_type", &self.media_type)
            .field("file_name", &self.file_name)
            .finish_non_exhaustive()
    }
}

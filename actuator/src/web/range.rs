//! Byte ranges (RFC 9110, section 14) over a resource, streamed in bounded pieces.
//!
//! Answers as Spring does where that was recorded: a range that cannot be read is 416 rather than
//! ignored, and `If-Range` is not looked at, since no validator is ever sent. Two things are
//! better: a 416 has no body, and a set of no ranges is 416, not an empty multipart.

use std::{
    collections::VecDeque,
    fmt::Write as _,
    future::Future,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{body::Body, response::Response};
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use http_body::{Frame, SizeHint};

use crate::model::reply::{Resource, ResourceContent};

/// The most ranges that one request may ask for.
const MAX_RANGES: usize = 100;
/// How much is read and held at a time.
const PIECE: usize = 64 * 1024;

/// Answers with the whole resource, or with the ranges that were asked for; `head` leaves the
/// body out but not its length. The offsets of a ring are absolute, and its total is the end.
pub(crate) fn respond(resource: &Resource, range: Option<&HeaderValue>, head: bool) -> Response {
    let all = Span { from: resource.start, to: resource.length };
    let spans = match range {
        None => return single(resource, StatusCode::OK, all, head),
        Some(range) => range.to_str().ok().and_then(|range| select(range, all)),
    };
    match spans.as_deref() {
        None | Some([]) => unsatisfiable(resource),
        Some([span]) => single(resource, StatusCode::PARTIAL_CONTENT, *span, head),
        Some(spans) => multiple(resource, spans, head),
    }
}

/// What tells a browser to keep the resource under this name (RFC 6266).
fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') { c } else { '_' })
        .collect();
    let mut text = format!("attachment; filename=\"{plain}\"");
    if plain != name {
        let encoded =
            percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
        // Writing to a String cannot fail.
        let _ = write!(text, "; filename*=UTF-8''{encoded}");
    }
    text
}

/// The bytes from an offset up to another one, which is not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    from: u64,
    to: u64,
}

impl Span {
    fn len(self) -> u64 {
        self.to.saturating_sub(self.from)
    }

    /// `bytes 5-9/26`. Only for spans that are not empty.
    fn content_range(self, total: u64) -> String {
        format!("bytes {}-{}/{total}", self.from, self.to.saturating_sub(1))
    }
}

/// The spans that a `Range` header selects from what there is; `None` if any of them cannot be
/// read or had, or if several together are no less than the whole.
fn select(header: &str, all: Span) -> Option<Vec<Span>> {
    let ranges = header.strip_prefix("bytes=")?;
    let mut spans = Vec::new();
    for range in ranges.split(',').map(str::trim) {
        if spans.len() == MAX_RANGES {
            return None;
        }
        spans.push(select_one(range, all)?);
    }
    let sum: u64 = spans.iter().fold(0, |sum, span| sum.saturating_add(span.len()));
    (spans.len() == 1 || sum < all.len()).then_some(spans)
}

fn select_one(range: &str, all: Span) -> Option<Span> {
    let (first, last) = range.split_once('-')?;
    let span = if first.is_empty() {
        let length = number(last)?;
        Span { from: all.to.saturating_sub(length).max(all.from), to: all.to }
    } else if last.is_empty() {
        Span { from: number(first)?, to: all.to }
    } else {
        let (first, last) = (number(first)?, number(last)?);
        if first > last {
            return None;
        }
        // A ring has dropped its beginning: what is left of a window is better than nothing. An
        // open range is a reader that continues; it has to learn that it missed something.
        let from = if last >= all.from { first.max(all.from) } else { first };
        Span { from, to: last.saturating_add(1).min(all.to) }
    };
    (span.from >= all.from && span.from < span.to).then_some(span)
}

fn number(digits: &str) -> Option<u64> {
    // `parse` alone would take a sign.
    digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse().ok())?
}

fn unsatisfiable(resource: &Resource) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
    set(&mut response, header::CONTENT_TYPE, &resource.media_type);
    set(&mut response, header::CONTENT_RANGE, &format!("bytes */{}", resource.length));
    finish(response, 0, resource)
}

fn single(resource: &Resource, status: StatusCode, span: Span, head: bool) -> Response {
    let parts = VecDeque::from([Part::Content(span)]);
    let mut response = Response::new(body(&resource.content, parts, span.len(), head));
    *response.status_mut() = status;
    set(&mut response, header::CONTENT_TYPE, &resource.media_type);
    if status == StatusCode::PARTIAL_CONTENT {
        set(&mut response, header::CONTENT_RANGE, &span.content_range(resource.length));
    }
    finish(response, span.len(), resource)
}

fn multiple(resource: &Resource, spans: &[Span], head: bool) -> Response {
    let boundary = boundary();
    let mut parts = VecDeque::with_capacity(spans.len() * 2 + 1);
    let mut length = 0;
    for span in spans {
        let part_head = format!(
            "\r\n--{boundary}\r\nContent-Type: {}\r\nContent-Range: {}\r\n\r\n",
            resource.media_type,
            span.content_range(resource.length)
        );
        length += part_head.len() as u64 + span.len();
        parts.push_back(Part::Literal(part_head.into()));
        parts.push_back(Part::Content(*span));
    }
    let end = format!("\r\n--{boundary}--\r\n");
    length += end.len() as u64;
    parts.push_back(Part::Literal(end.into()));
    let mut response = Response::new(body(&resource.content, parts, length, head));
    *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    let media_type = format!("multipart/byteranges; boundary={boundary}");
    set(&mut response, header::CONTENT_TYPE, &media_type);
    finish(response, length, resource)
}

fn finish(mut response: Response, length: u64, resource: &Resource) -> Response {
    if let Some(name) = resource.file_name.as_deref().filter(|_| response.status().is_success()) {
        set(&mut response, header::CONTENT_DISPOSITION, &disposition(name));
    }
    response.headers_mut().insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    response
}

fn set(response: &mut Response, name: header::HeaderName, value: &str) {
    // Media types and numbers are always fit for a header.
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// A text that nobody can have put into the log on purpose.
fn boundary() -> String {
    let mut text = String::with_capacity(32);
    for _ in 0..2 {
        // Writing to a String cannot fail.
        let _ = write!(text, "{:016x}", RandomState::new().build_hasher().finish());
    }
    text
}

fn body(
    content: &Arc<dyn ResourceContent>,
    parts: VecDeque<Part>,
    length: u64,
    head: bool,
) -> Body {
    if head {
        return Body::empty();
    }
    Body::new(RangeBody { content: Arc::clone(content), parts, remaining: length, reading: None })
}

enum Part {
    Literal(Bytes),
    Content(Span),
}

type Reading = Pin<Box<dyn Future<Output = io::Result<Bytes>> + Send>>;

/// A body that reads one piece when it is asked for one.
struct RangeBody {
    content: Arc<dyn ResourceContent>,
    parts: VecDeque<Part>,
    remaining: u64,
    reading: Option<Reading>,
}

impl RangeBody {
    /// The next literal, or `None` after a read was started or at the end.
    fn advance(&mut self) -> Option<Bytes> {
        loop {
            match self.parts.pop_front()? {
                Part::Literal(bytes) => return Some(bytes),
                Part::Content(span) if span.len() == 0 => {}
                Part::Content(span) => {
                    let content = Arc::clone(&self.content);
                    let max = usize::try_from(span.len()).unwrap_or(PIECE).min(PIECE);
                    self.reading =
                        Some(Box::pin(async move { content.read(span.from, max).await }));
                    self.parts.push_front(Part::Content(span));
                    return None;
                }
            }
        }
    }

    /// Takes what a read gave off the part that is being read.
    fn took(&mut self, bytes: &Bytes) -> io::Result<()> {
        if bytes.is_empty() {
            // The length was promised: a connection that breaks tells the client the truth.
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the resource was cut"));
        }
        if let Some(Part::Content(span)) = self.parts.front_mut() {
            span.from += bytes.len() as u64;
        }
        Ok(())
    }
}

impl http_body::Body for RangeBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = self.get_mut();
        if this.reading.is_none()
            && let Some(literal) = this.advance()
        {
            this.remaining = this.remaining.saturating_sub(literal.len() as u64);
            return Poll::Ready(Some(Ok(Frame::data(literal))));
        }
        let Some(reading) = &mut this.reading else { return Poll::Ready(None) };
        let read = match reading.as_mut().poll(context) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(read) => read,
        };
        this.reading = None;
        let read = read.and_then(|bytes| this.took(&bytes).map(|()| bytes));
        match &read {
            Ok(bytes) => this.remaining = this.remaining.saturating_sub(bytes.len() as u64),
            Err(_) => this.parts.clear(),
        }
        Poll::Ready(Some(read.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.parts.is_empty() && self.reading.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.remaining)
    }
}

#[cfg(test)]
mod tests;

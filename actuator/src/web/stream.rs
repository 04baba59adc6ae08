//! Answers that are written while they are sent: a part each time the connection asks for one.

use std::{
    convert::Infallible,
    pin::{Pin, pin},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use axum::{body::Body, response::Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use http_body::Frame;
use tokio::task::yield_now;

use super::{gzip, media_type::thousandths};
use crate::model::reply::{Stream, StreamContent};

/// Room for one part, so that it is not moved while it is written.
const PART: usize = 72 * 1024;
/// For how long a worker writes and sends before others get their turn. hyper asks once more after
/// that, so they wait for twice as long.
const TURN: Duration = Duration::from_micros(200);

/// The response; compressed if the caller accepts that. Nothing is written before the connection
/// asks for it, and so nothing at all for HEAD.
pub(super) fn respond(stream: Stream, headers: &HeaderMap) -> Response {
    let compressible = stream.compressible && gzip::IS_AVAILABLE;
    let compressed = compressible && accepts_gzip(headers);
    let content = if compressed { gzip::compressed(stream.content) } else { stream.content };
    let mut response = Response::new(body(content));
    let mut set =
        |name, value| response.headers_mut().insert(name, HeaderValue::from_static(value));
    set(header::CONTENT_TYPE, stream.content_type);
    if compressible {
        set(header::VARY, "accept-encoding");
    }
    if compressed {
        set(header::CONTENT_ENCODING, "gzip");
    }
    response
}

/// A body that is written when it is asked for.
pub(super) fn body(content: Box<dyn StreamContent>) -> Body {
    Body::new(StreamBody { content: Some(content), turn: None })
}

/// Whether `Accept-Encoding` names gzip, and does not prefer to have it plain.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    // What a hostile header can cost is bounded: the rest is not looked at.
    let values = headers.get_all(header::ACCEPT_ENCODING).iter();
    let codings = values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let (mut gzip, mut any, mut identity) = (None, None, None);
    for coding in codings.take(64) {
        let (name, parameters) = coding.split_once(';').unwrap_or((coding, ""));
        let quality = parameters.trim().strip_prefix("q=").map_or(1000, thousandths);
        match name.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => gzip = Some(quality),
            "*" => any = Some(quality),
            "identity" => identity = Some(quality),
            _ => {}
        }
    }
    gzip.or(any).is_some_and(|gzip| gzip > 0 && gzip >= identity.unwrap_or(0))
}

struct StreamBody {
    /// `None` once all is written.
    content: Option<Box<dyn StreamContent>>,
    /// When this turn began.
    turn: Option<Instant>,
}

impl StreamBody {
    fn write(&mut self, turn: Instant) -> Option<Bytes> {
        let content = self.content.as_mut()?;
        let mut part = Vec::with_capacity(PART);
        let mut more = true;
        while more && part.is_empty() && turn.elapsed() < TURN {
            more = content.write_part(&mut part);
        }
        if !more {
            self.content = None;
        }
        Some(Bytes::from(part)).filter(|part| !part.is_empty())
    }
}

impl http_body::Body for StreamBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = self.get_mut();
        // The connection asks on and on while its peer is quick; what it sends in between counts.
        let turn = *this.turn.get_or_insert_with(Instant::now);
        if turn.elapsed() < TURN
            && let Some(part) = this.write(turn)
        {
            return Poll::Ready(Some(Ok(Frame::data(part))));
        }
        if this.content.is_none() {
            return Poll::Ready(None);
        }
        this.turn = None;
        // With a plain wake-up, a worker that has nothing else to do would come back some sixty
        // times before it looks at its sockets, where the others wait.
        if pin!(yield_now()).poll(context).is_ready() {
            context.waker().wake_by_ref();
        }
        Poll::Pending
    }

    fn is_end_stream(&self) -> bool {
        self.content.is_none()
    }
}

#[cfg(test)]
mod tests;

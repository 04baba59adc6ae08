//! A body that is made while it is sent.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Body, Frame};

/// Gives one part after the other; a body of unknown length.
#[derive(Debug)]
pub(super) struct Streamed<I> {
    parts: I,
}

impl<I> Streamed<I> {
    /// A body of these parts.
    pub(super) fn new(parts: I) -> Self {
        Self { parts }
    }
}

impl<I: Iterator<Item = Bytes> + Unpin> Body for Streamed<I> {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.get_mut().parts.next().map(|part| Ok(Frame::data(part))))
    }
}

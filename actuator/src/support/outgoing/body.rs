//! A body that is made while it is sent.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Body, Frame};

/// Gives one part after the other; a body of unknown length.
#[derive(Debug)]
pub(super) struct Streamed<I> {
    /// Never waited for: it only lends the body to one thread at a time.
    parts: Mutex<I>,
}

impl<I> Streamed<I> {
    /// A body of these parts.
    pub(super) fn new(parts: I) -> Self {
        Self { parts: Mutex::new(parts) }
    }
}

impl<I: Iterator<Item = Bytes> + Unpin> Body for Streamed<I> {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let parts = self.get_mut().parts.get_mut().unwrap_or_else(PoisonError::into_inner);
        Poll::Ready(parts.next().map(|part| Ok(Frame::data(part))))
    }
}

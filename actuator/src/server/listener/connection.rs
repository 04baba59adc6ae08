//! The bytes of a connection, told to its activity. Those connections that send an answer without
//! an end are not waited for when the listener stops and their callers have stopped reading.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::{Buf as _, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{activity::Activity, stream::Stream};
use crate::support::live_answers::LiveAnswers;

/// One connection.
#[derive(Debug)]
pub(super) struct Connection {
    stream: Stream,
    /// What was read of it already.
    begun: Bytes,
    activity: Arc<Activity>,
    live: LiveAnswers,
}

impl Connection {
    /// The connection of this stream.
    pub(super) fn new(stream: Stream, activity: Arc<Activity>, live: LiveAnswers) -> Self {
        Self { stream, begun: Bytes::new(), activity, live }
    }

    /// Whether the handshake has agreed upon HTTP/2.
    pub(super) fn is_http2(&self) -> Option<bool> {
        self.stream.is_http2()
    }

    /// Puts back what was read of it.
    pub(super) fn put_back(&mut self, begun: Bytes) {
        self.begun = begun;
    }

    fn wrote<T>(&self, poll: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        self.activity.wrote(poll.is_pending());
        if poll.is_pending() && self.live.is_over_here() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        poll
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.begun.is_empty() {
            let before = buffer.filled().len();
            ready!(Pin::new(&mut this.stream).poll_read(context, buffer))?;
            if buffer.filled().len() > before {
                this.activity.read();
            }
            return Poll::Ready(Ok(()));
        }
        let taken = this.begun.len().min(buffer.remaining());
        buffer.put_slice(&this.begun.slice(..taken));
        this.begun.advance(taken);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let poll = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.wrote(poll)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let poll = Pin::new(&mut this.stream).poll_write_vectored(context, bytes);
        this.wrote(poll)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let poll = Pin::new(&mut this.stream).poll_flush(context);
        this.wrote(poll)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let poll = Pin::new(&mut this.stream).poll_shutdown(context);
        this.wrote(poll)
    }
}

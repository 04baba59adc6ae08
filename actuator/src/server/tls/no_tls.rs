//! In place of `acceptor` in a build without the feature `tls`: settings that ask for TLS are
//! refused.

use std::{
    convert::Infallible,
    io::{self, IoSlice},
    marker::PhantomData,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    runtime::Handle,
};

use super::{Complaint, TlsSettings};
use crate::model::peer::ClientCertificate;

/// There is none.
#[derive(Debug)]
pub(crate) struct TlsStream<S = TcpStream> {
    never: Infallible,
    stream: PhantomData<S>,
}

/// There is none.
#[derive(Clone, Debug)]
pub(crate) struct Tls {
    pub(super) never: Infallible,
}

impl Tls {
    /// Refuses.
    pub(crate) fn load(settings: &TlsSettings) -> Result<Self, Complaint> {
        let text = "this build of actuator leaves the feature `tls` out; add it to the \
                    dependency, or take the settings of TLS away";
        Err(settings.certificate.complaint(text.to_owned()))
    }

    /// Never called.
    pub(crate) async fn accept<S>(
        &self,
        _: S,
    ) -> io::Result<(TlsStream<S>, Option<Arc<ClientCertificate>>)> {
        match self.never {}
    }

    /// Never called.
    pub(crate) fn speaks_http2<S>(stream: &TlsStream<S>) -> bool {
        match stream.never {}
    }

    /// Never called.
    pub(crate) fn watch(&self, _: &Handle) {
        match self.never {}
    }
}

impl<S: Unpin> AsyncRead for TlsStream<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.never {}
    }
}

impl<S: Unpin> AsyncWrite for TlsStream<S> {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        match self.never {}
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.never {}
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.never {}
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.never {}
    }
}

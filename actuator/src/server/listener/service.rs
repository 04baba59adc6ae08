//! What HTTP asks of the application: each request with who asks it, within the limits.

use std::{
    convert::Infallible,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::{Router, body::Body, extract::ConnectInfo, routing::future::RouteFuture};
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, Version, header, request::Parts};
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::Incoming;
use pin_project_lite::pin_project;
use tower_service::Service as _;

use super::activity::Activity;
use crate::model::peer::Peer;

/// The bytes of a line of a head beside name and value.
const LINE: usize = ": \r\n".len();
/// Those of the first line beside method and target.
const FIRST_LINE: usize = "  HTTP/1.1\r\n".len();

/// The service of one connection.
#[derive(Clone, Debug)]
pub(super) struct RequestService {
    pub(super) router: Router,
    pub(super) peer: Peer,
    /// The same address in axum's form, as the socket has it.
    pub(super) connected: Option<SocketAddr>,
    pub(super) activity: Arc<Activity>,
    /// The bytes of a head.
    pub(super) max_head: usize,
}

impl hyper::service::Service<Request<Incoming>> for RequestService {
    type Response = Response<AnswerBody>;
    type Error = Infallible;
    type Future = Answering;

    fn call(&self, request: Request<Incoming>) -> Answering {
        let running = Some(InProgress::begin(&self.activity));
        let (mut parts, incoming) = request.into_parts();
        if let Some(status) = refused(&parts, self.max_head) {
            return Answering::Refused { status, running };
        }
        if let Some(address) = self.connected {
            parts.extensions.insert(ConnectInfo(address));
        }
        parts.extensions.insert(self.peer.clone());
        let body = RequestBody { incoming, activity: Arc::clone(&self.activity) };
        let answer = self.router.clone().call(Request::from_parts(parts, body));
        Answering::Routed { answer, running }
    }
}

/// Why a head is refused, if it is: too long (RFC 9110, 15.5.15; RFC 6585, 5), or not clear about
/// whom it is for (RFC 9112, 3.2).
fn refused(parts: &Parts, max: usize) -> Option<StatusCode> {
    let target = parts.uri.path_and_query().map_or(1, |target| target.as_str().len());
    let first = parts.method.as_str().len() + target + FIRST_LINE;
    if first > max {
        return Some(StatusCode::URI_TOO_LONG);
    }
    let lines = parts.headers.iter();
    let lines: usize = lines.map(|(name, value)| name.as_str().len() + value.len() + LINE).sum();
    if first + lines > max {
        return Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    }
    let mut hosts = parts.headers.get_all(header::HOST).iter();
    let has_host = hosts.next().is_some() || parts.version != Version::HTTP_11;
    (!has_host || hosts.next().is_some()).then_some(StatusCode::BAD_REQUEST)
}

/// A request in progress, until it is dropped.
#[derive(Debug)]
pub(super) struct InProgress(Arc<Activity>);

impl InProgress {
    fn begin(activity: &Arc<Activity>) -> Self {
        activity.begin();
        Self(Arc::clone(activity))
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        self.0.end();
    }
}

pin_project! {
    /// The answer to a request, to come.
    #[project = AnsweringParts]
    pub(super) enum Answering {
        Routed { #[pin] answer: RouteFuture<Infallible>, running: Option<InProgress> },
        Refused { status: StatusCode, running: Option<InProgress> },
    }
}

impl Future for Answering {
    type Output = Result<Response<AnswerBody>, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let (response, running) = match self.project() {
            AnsweringParts::Routed { answer, running } => (ready!(answer.poll(context))?, running),
            AnsweringParts::Refused { status, running } => (refusal(*status), running),
        };
        let running = running.take();
        Poll::Ready(Ok(response.map(|body| AnswerBody { body, _running: running })))
    }
}

/// An answer of which there is nothing more to say, and no more to be asked.
fn refusal(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// The body of a request, which tells when somebody waits for more of it.
struct RequestBody {
    incoming: Incoming,
    activity: Arc<Activity>,
}

impl HttpBody for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let this = self.get_mut();
        let poll = Pin::new(&mut this.incoming).poll_frame(context);
        this.activity.awaits_body(poll.is_pending());
        poll
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        self.activity.awaits_body(false);
        self.activity.leaves_unread(!self.incoming.is_end_stream());
    }
}

/// The body of an answer; the request is in progress until it is dropped.
pub(super) struct AnswerBody {
    body: Body,
    _running: Option<InProgress>,
}

impl HttpBody for AnswerBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

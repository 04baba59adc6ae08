//! Answers without an end: a part as soon as there is one, until the caller goes away or the listener
//! stops. Server-sent events (HTML Standard, section 9.2) are such, and lines of JSON.

use std::{
    convert::Infallible,
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{body::Body, response::Response};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, header};
use http_body::Frame;

use crate::{
    model::{
        endpoint::BoxFuture,
        reply::{Live, LiveContent},
    },
    support::live_answers::{LiveAnswers, Sender},
};

/// nginx gathers answers unless it is told not to.
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// The response; it ends with the others of its listener. Nothing is asked of the content before the
/// connection wants it, and so nothing at all for HEAD.
pub(super) fn respond(live: Live, answers: &LiveAnswers) -> Response {
    let end = answers.end().clone();
    let body = LiveBody {
        next: Some(live.content.next()),
        end: Box::pin(async move { end.thrown().await }),
        answers: answers.clone(),
        sender: None,
    };
    let mut response = Response::new(Body::new(body));
    if let Ok(content_type) = HeaderValue::from_str(&live.content_type) {
        response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    }
    let mut set =
        |name, value| response.headers_mut().insert(name, HeaderValue::from_static(value));
    set(header::CACHE_CONTROL, "no-cache");
    set(ACCEL_BUFFERING, "no");
    response
}

/// What is there next, and what writes on.
type Next = BoxFuture<'static, Option<(Bytes, Box<dyn LiveContent>)>>;

struct LiveBody {
    /// `None` at the end.
    next: Option<Next>,
    end: BoxFuture<'static, ()>,
    answers: LiveAnswers,
    /// Since somebody has asked for a part.
    sender: Option<Sender>,
}

impl fmt::Debug for LiveBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveBody").finish_non_exhaustive()
    }
}

impl http_body::Body for LiveBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = self.get_mut();
        if this.sender.is_none() {
            this.sender = Some(this.answers.send());
        }
        if this.next.is_some() && this.end.as_mut().poll(context).is_ready() {
            this.next = None;
        }
        let Some(next) = &mut this.next else { return Poll::Ready(None) };
        match next.as_mut().poll(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(None) => {
                this.next = None;
                Poll::Ready(None)
            }
            Poll::Ready(Some((part, content))) => {
                this.next = Some(content.next());
                Poll::Ready(Some(Ok(Frame::data(part))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.next.is_none()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    struct Count(u8);

    impl LiveContent for Count {
        fn next(self: Box<Self>) -> Next {
            Box::pin(async move {
                match self.0 {
                    3 => None,
                    // More never comes.
                    9 => std::future::pending().await,
                    at => {
                        let next: Box<dyn LiveContent> = Box::new(Self(at + 1));
                        Some((Bytes::from(at.to_string()), next))
                    }
                }
            })
        }
    }

    fn live(from: u8) -> Live {
        Live { content_type: "text/event-stream".into(), content: Box::new(Count(from)) }
    }

    #[tokio::test]
    async fn parts_are_sent_until_the_content_ends() {
        let response = respond(live(0), &LiveAnswers::default());
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-cache");
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "012");
    }

    #[tokio::test]
    async fn what_never_ends_ends_with_its_listener() {
        let answers = LiveAnswers::default();
        let mut body = respond(live(8), &answers).into_body();
        assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "8");
        answers.end().throw();
        assert!(body.frame().await.is_none());
        assert!(respond(live(0), &answers).into_body().frame().await.is_none());
    }
}

//! A stream is not filled by what serving it writes.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use actuator::Actuator;
use axum::{Router, body::Body, response::Response};
use bytes::Bytes;
use http_body::Frame;
use tracing::info;

use crate::{alone, app::runtime, viewer::Viewer};

/// A body that logs whenever it is asked for something and whenever it gives something, as servers
/// do at TRACE. It stands for all that a stream's own task logs.
struct Chatty(Body);

impl http_body::Body for Chatty {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.get_mut().0).poll_frame(context);
        info!(target: "chatty", "flushed, pending: {}", frame.is_pending());
        frame
    }
}

#[test]
fn what_is_logged_while_a_stream_is_served_is_in_no_stream_but_in_the_log() {
    let _alone = alone();
    let runtime = runtime();
    let (address, _kept) = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let builder = Actuator::builder()
            .isolated()
            .without_declarations()
            .force_setting("actuator.logfile.ring-size", "64KB")
            .force_setting("actuator.logstream.heartbeat", "20ms")
            .listening_on(address);
        let actuator = builder.build().await.unwrap();
        let chatty = axum::middleware::map_response(async |response: Response| {
            let is_stream = response.headers()["content-type"] == "text/event-stream";
            response.map(|body| if is_stream { Body::new(Chatty(body)) } else { body })
        });
        let router: Router = actuator.router().layer(chatty);
        tokio::spawn(async { axum::serve(listener, router).await });
        (address, actuator)
    });
    // Both log while they are served; none sees that of itself, nor that of the other.
    let mut viewers = [(); 2].map(|()| Viewer::open(address, "?target=chatty&tail=0"));
    for viewer in &mut viewers {
        let mut heartbeats = 0;
        while heartbeats < 10 {
            let event = viewer.next().unwrap();
            assert_eq!(event.name, "", "{event:?}");
            heartbeats += 1;
        }
    }
    let log = testkit::get(address, "/actuator/logfile").text();
    assert!(log.matches(" chatty : flushed").count() > 10, "{log}");
    // A stream is not deaf for the same target in other tasks.
    info!(target: "chatty", "from elsewhere");
    for viewer in &mut viewers {
        assert_eq!(viewer.messages(1), ["from elsewhere"]);
    }
}

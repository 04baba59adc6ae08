//! Calls of reqwest to servers that answer, refuse, stay silent and redirect.

use std::time::Duration;

use http::HeaderMap;
use reqwest::{Client, ClientBuilder, redirect::Policy};

use super::*;
use crate::{
    client::fake_meters::{calls, meters, meters_by_origin},
    model::request::RequestContext,
    support::outgoing::{
        Timeouts, Trust, client_builder,
        fake_server::{FakeServer, answer},
    },
};

fn builder() -> ClientBuilder {
    let long = Duration::from_secs(30);
    let timeouts = Timeouts { connect: long, read: long, whole: long };
    client_builder(&Trust::default(), false, timeouts, HeaderMap::new()).ok().unwrap()
}

fn client() -> Client {
    builder().build().unwrap()
}

#[tokio::test]
async fn the_answer_of_a_server_is_counted_under_its_template() {
    let (registry, meters) = meters();
    let server = FakeServer::start(|_| Some(answer("503 Oops", "x: y", "busy"))).await;
    let request = client().post(format!("{}/users/7", server.url()));
    let got = request.send_metered(&meters, "/users/{id}").await.unwrap();
    assert_eq!((got.status().as_u16(), &*got.text().await.unwrap()), (503, "busy"));
    let tags = [
        ("client.name", "127.0.0.1"),
        ("method", "POST"),
        ("uri", "/users/{id}"),
        ("status", "503"),
        ("outcome", "SERVER_ERROR"),
        ("exception", "none"),
    ];
    assert_eq!(calls(&registry, &tags), 1);
}

#[tokio::test]
async fn scheme_and_port_are_told_where_they_are_wanted() {
    let (registry, meters) = meters_by_origin();
    let server = FakeServer::start(|_| Some(answer("200 OK", "x: y", ""))).await;
    let url = server.url();
    client().get(&*url).send_metered(&meters, "/").await.unwrap();
    let port = url.rsplit_once(':').unwrap().1;
    let tags = [("client.name", "127.0.0.1"), ("url.scheme", "http"), ("server.port", port)];
    assert_eq!(calls(&registry, &tags), 1);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_an_io_error_with_its_kind() {
    let (registry, meters) = meters();
    client().get("http://127.0.0.1:1/").send_metered(&meters, "/").await.unwrap_err();
    let tags = [("status", "IO_ERROR"), ("outcome", "UNKNOWN"), ("error", "ConnectionRefused")];
    assert_eq!(calls(&registry, &tags), 1);
}

#[tokio::test]
async fn a_server_that_stays_silent_is_an_io_error() {
    let (registry, meters) = meters();
    let server = FakeServer::hanging().await;
    let request = client().get(server.url()).timeout(Duration::from_millis(20));
    request.send_metered(&meters, "").await.unwrap_err();
    assert_eq!(calls(&registry, &[("exception", "TimedOut"), ("status", "IO_ERROR")]), 1);
}

#[tokio::test]
async fn a_call_whose_future_is_dropped_was_cancelled() {
    let (registry, meters) = meters();
    let mut server = FakeServer::hanging().await;
    let call = tokio::spawn({
        let (request, meters) = (client().get(server.url()), meters.clone());
        async move { request.send_metered(&meters, "").await }
    });
    server.asked().await;
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    let tags = [("exception", "cancelled"), ("status", "CLIENT_ERROR"), ("uri", "none")];
    assert_eq!(calls(&registry, &tags), 1);
}

#[tokio::test]
async fn too_many_redirects_are_the_fault_of_this_side() {
    let (registry, meters) = meters();
    let server = FakeServer::start(|_| Some(answer("302 Found", "location: /", ""))).await;
    let client = builder().redirect(Policy::limited(2)).build().unwrap();
    client.get(server.url()).send_metered(&meters, "/").await.unwrap_err();
    let tags = [("status", "CLIENT_ERROR"), ("exception", "Redirect")];
    assert_eq!(calls(&registry, &tags), 1);
}

#[tokio::test]
async fn what_cannot_be_sent_is_no_call() {
    let (registry, meters) = meters();
    client().get("no address").send_metered(&meters, "/").await.unwrap_err();
    assert_eq!(calls(&registry, &[]), 0);
}

#[tokio::test]
async fn calls_tell_the_request_that_they_are_made_for_and_keep_what_they_have() {
    let (_, meters) = meters();
    let mut server = FakeServer::start(|_| Some(answer("200 OK", "x: y", ""))).await;
    let get = || client().get(server.url());
    let request = RequestContext::from_id("r-1").unwrap();
    let calls = async {
        get().send_metered(&meters, "/").await.unwrap();
        get().propagate().send().await.unwrap();
        get().header("x-request-id", "mine").header("x-two", "1").propagate().send().await.unwrap();
        client().execute(get().build().unwrap().propagate()).await.unwrap();
        let stream = reqwest::Body::wrap(http_body_util::Empty::<bytes::Bytes>::new());
        client().post(server.url()).body(stream).propagate().send().await.unwrap();
        get().header("no name", "x").propagate().send().await.unwrap_err();
        let failed = client().get("no address").propagate().send().await.unwrap_err();
        let plain = client().get("no address").send().await.unwrap_err();
        assert_eq!(format!("{failed:?}"), format!("{plain:?}"));
    };
    request.scope(calls).await;
    get().propagate().send().await.unwrap();
    for expected in ["r-1", "r-1", "mine", "r-1", "r-1"] {
        let headers = server.asked().await.headers;
        assert!(headers.contains(&format!("x-request-id: {expected}\r\n")), "{headers}");
        assert_eq!(headers.matches("x-request-id").count(), 1, "{headers}");
        assert_eq!(headers.contains("x-two"), expected == "mine");
    }
    assert!(!server.asked().await.headers.contains("x-request-id"), "outside of requests");
    assert!(server.is_left_alone());
}

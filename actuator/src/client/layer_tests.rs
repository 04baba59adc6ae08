//! The layer around a client: names of calls, and what is recorded of each end.

use std::{convert::Infallible, future::pending, io};

use http::StatusCode;
use tower::{BoxError, ServiceExt as _, service_fn};

use super::*;
use crate::client::fake_meters::{calls, meters, meters_by_origin, traces};

fn request(uri: &str) -> Request<()> {
    Request::get(uri).body(()).unwrap()
}

async fn answer(_: Request<()>) -> Result<Response<()>, Infallible> {
    Ok(Response::builder().status(StatusCode::CREATED).body(()).unwrap())
}

#[tokio::test]
async fn a_call_is_named_by_its_template_and_host() {
    let (registry, meters) = meters();
    let client = meters.layer().layer(service_fn(answer));
    let mut templated = request("http://api.example.com:8080/users/7");
    templated.extensions_mut().insert(UriTemplate::new("/users/{id}"));
    client.clone().oneshot(templated).await.unwrap();
    let tags = [
        ("client.name", "api.example.com"),
        ("uri", "/users/{id}"),
        ("method", "GET"),
        ("status", "201"),
        ("outcome", "SUCCESS"),
    ];
    assert_eq!(calls(&registry, &tags), 1);
    client.oneshot(request("http://api.example.com/users/8")).await.unwrap();
    assert_eq!(calls(&registry, &[("uri", "none")]), 1);
}

#[tokio::test]
async fn without_a_host_in_the_address_it_is_that_of_the_header() {
    let (registry, meters) = meters();
    let client = meters.layer().layer(service_fn(answer));
    for host in ["shop:8080", "shop", "[::1]:8080", "[::1]"] {
        let mut request = request("/users");
        request.headers_mut().insert(header::HOST, host.parse().unwrap());
        client.clone().oneshot(request).await.unwrap();
    }
    client.oneshot(request("/users")).await.unwrap();
    let of = |host| calls(&registry, &[("client.name", host)]);
    assert_eq!(["shop", "[::1]", "none"].map(of), [2, 2, 1]);
}

#[tokio::test]
async fn scheme_and_port_are_told_where_they_are_wanted() {
    let (registry, meters) = meters_by_origin();
    let client = meters.layer().layer(service_fn(answer));
    for uri in ["https://shop/users", "https://shop:8443/users", "http://shop/users"] {
        client.clone().oneshot(request(uri)).await.unwrap();
    }
    let mut relative = request("/users");
    relative.headers_mut().insert(header::HOST, "shop:8443".parse().unwrap());
    client.oneshot(relative).await.unwrap();
    let of = |scheme, port| {
        let tags = [("client.name", "shop"), ("url.scheme", scheme), ("server.port", port)];
        calls(&registry, &tags)
    };
    let told = [("https", "443"), ("https", "8443"), ("http", "80"), ("none", "8443")];
    assert_eq!(told.map(|(scheme, port)| of(scheme, port)), [1; 4]);
}

#[tokio::test]
async fn an_error_is_named_by_what_caused_it_and_given_on() {
    let (registry, meters) = meters();
    let reset = || io::Error::from(io::ErrorKind::ConnectionReset);
    let plain = service_fn(move |_| async move { Err::<Response<()>, _>(reset()) });
    let error = meters.layer().layer(plain).oneshot(request("http://a/")).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    let boxed = service_fn(move |_| async move {
        let wrapped = io::Error::other(reset());
        Err::<Response<()>, BoxError>(wrapped.into())
    });
    meters.layer().layer(boxed).oneshot(request("http://a/")).await.unwrap_err();
    let own = service_fn(|_| async { Err::<Response<()>, _>(std::fmt::Error) });
    meters.layer().layer(own).oneshot(request("http://a/")).await.unwrap_err();
    let of = |exception| calls(&registry, &[("status", "IO_ERROR"), ("exception", exception)]);
    assert_eq!(["ConnectionReset", "Error"].map(of), [2, 1]);
}

#[tokio::test]
async fn a_call_that_is_dropped_was_cancelled() {
    let (registry, meters) = meters();
    let silent = service_fn(|_| pending::<Result<Response<()>, Infallible>>());
    let mut client = meters.layer().layer(silent);
    let call = client.ready().await.unwrap().call(request("http://a/"));
    assert_eq!(calls(&registry, &[]), 0);
    drop(call);
    let tags = [("status", "CLIENT_ERROR"), ("outcome", "UNKNOWN"), ("exception", "cancelled")];
    assert_eq!(calls(&registry, &tags), 1);
}

#[tokio::test]
async fn a_trace_that_is_recorded_is_kept_beside_the_call() {
    let (registry, meters) = meters();
    for (uri, flags) in [("http://a/", "01"), ("http://b/", "00")] {
        let trace = format!("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-{flags}");
        let mut request = request(uri);
        request.headers_mut().insert("traceparent", trace.parse().unwrap());
        meters.layer().layer(service_fn(answer)).oneshot(request).await.unwrap();
    }
    assert_eq!(traces(&registry), [0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736]);
}

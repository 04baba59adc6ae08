//! The tower layer around a client.

use std::{
    borrow::Cow,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use http::{Request, Response, header};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use super::{ClientCall, ClientMeters, Origin, failure::name_of, propagation, trace::span_of};

/// The template of the address, as an extension of a request: what the tag `uri` says. Without it,
/// that is `none`.
///
/// ```
/// use actuator::client::UriTemplate;
///
/// let mut request = http::Request::get("http://api.example.com/users/7").body(()).unwrap();
/// request.extensions_mut().insert(UriTemplate::new("/users/{id}"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UriTemplate(Cow<'static, str>);

impl UriTemplate {
    /// `/users/{id}`.
    pub fn new(template: impl Into<Cow<'static, str>>) -> Self {
        Self(template.into())
    }
}

impl ClientMeters {
    /// A layer that measures the calls of a tower service of `http` requests, by the extension
    /// [`UriTemplate`], and adds the headers of the request that they are made for.
    pub fn layer(&self) -> ClientLayer {
        ClientLayer { meters: self.clone() }
    }
}

/// Measures the calls that pass through it.
#[derive(Clone, Debug)]
pub struct ClientLayer {
    meters: ClientMeters,
}

impl<S> Layer<S> for ClientLayer {
    type Service = ClientService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        ClientService { inner, meters: self.meters.clone() }
    }
}

/// A client inside the layer.
#[derive(Clone, Debug)]
pub struct ClientService<S> {
    inner: S,
    meters: ClientMeters,
}

impl<S, B, R> Service<Request<B>> for ClientService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Error: 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = ClientFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        propagation::add_to(request.headers_mut());
        let template = request.extensions().get::<UriTemplate>();
        let template = template.map_or("", |template| &template.0);
        let call = self.meters.start_at(request.method().as_str(), &origin(&request), template);
        let call = call.traced(span_of(request.headers()));
        ClientFuture { future: self.inner.call(request), call: Some(call) }
    }
}

/// The origin of the address, else what the header names of it.
fn origin<B>(request: &Request<B>) -> Origin<'_> {
    let uri = request.uri();
    if let Some(host) = uri.host() {
        return Origin { scheme: uri.scheme_str(), host, port: uri.port_u16() };
    }
    let header = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let host = header.unwrap_or_default();
    // A port is digits after the last colon, but not within the brackets of IPv6.
    match host.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
            Origin { scheme: None, host, port: port.parse().ok() }
        }
        _ => Origin { scheme: None, host, port: None },
    }
}

pin_project! {
    /// The answer to come, and what is measured once it is there.
    #[derive(Debug)]
    pub struct ClientFuture<F> {
        #[pin]
        future: F,
        call: Option<ClientCall>,
    }
}

impl<F, R, E> Future for ClientFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    E: 'static,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let answer = std::task::ready!(this.future.poll(context));
        if let Some(call) = this.call.take() {
            match &answer {
                Ok(response) => call.answered(response.status().as_u16()),
                Err(error) => call.failed(name_of(error)),
            }
        }
        Poll::Ready(answer)
    }
}

#[cfg(test)]
#[path = "layer_tests.rs"]
mod tests;

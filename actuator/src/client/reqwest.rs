//! Calls of reqwest.

use std::future::Future;

use reqwest::{Error, Request, RequestBuilder, Response, Result, header::HeaderMap};

use super::{ClientCall, ClientMeters, Origin, failure::io_kind, propagation, trace::span_of};

/// Adds the id and the trace of the request that is worked on to a call of reqwest.
///
/// ```
/// use actuator::client::Propagate;
///
/// # async fn example(client: reqwest::Client) -> reqwest::Result<()> {
/// let user = client.get("http://api.example.com/users/7").propagate().send().await?;
/// # Ok(())
/// # }
/// ```
///
/// [`SendMetered`] does so too. Call it last: what the call has already stays as it is (where its
/// body is a stream, the headers of a builder cannot be seen, and are replaced).
pub trait Propagate {
    /// The same with the headers.
    #[must_use]
    fn propagate(self) -> Self;
}

impl Propagate for Request {
    fn propagate(mut self) -> Self {
        propagation::add_to(self.headers_mut());
        self
    }
}

impl Propagate for RequestBuilder {
    fn propagate(self) -> Self {
        // Taking the builder apart would lose the error of one that has failed.
        let known = self.try_clone().and_then(|copy| copy.build().ok());
        let known = known.map_or_else(HeaderMap::new, |request| request.headers().clone());
        let mut wanted = known.clone();
        propagation::add_to(&mut wanted);
        let added = wanted.into_iter().filter_map(|(name, value)| Some((name?, value)));
        self.headers(added.filter(|(name, _)| !known.contains_key(name)).collect())
    }
}

/// Sends a request of reqwest and measures it.
///
/// ```
/// use actuator::client::{ClientMeters, SendMetered};
///
/// # async fn example(app: &actuator::App, client: reqwest::Client) -> reqwest::Result<()> {
/// let meters = ClientMeters::new(app.meters());
/// let user = client
///     .get("http://api.example.com/users/7")
///     .send_metered(&meters, "/users/{id}")
///     .await?;
/// # Ok(())
/// # }
/// ```
pub trait SendMetered {
    /// Sends the request; `template` is the address without what differs from call to call
    /// (`/users/{id}`), or empty if there is none. A redirect that reqwest follows is part of the
    /// call. It carries the headers of the request that is worked on, as with [`Propagate`].
    fn send_metered(
        self,
        meters: &ClientMeters,
        template: &str,
    ) -> impl Future<Output = Result<Response>> + Send;
}

impl SendMetered for RequestBuilder {
    async fn send_metered(self, meters: &ClientMeters, template: &str) -> Result<Response> {
        let (client, request) = self.build_split();
        // Nothing is called if there is no request.
        let request = request?.propagate();
        let url = request.url();
        let origin = Origin {
            scheme: Some(url.scheme()),
            host: url.host_str().unwrap_or_default(),
            port: url.port(),
        };
        let call = meters.start_at(request.method().as_str(), &origin, template);
        let call = call.traced(span_of(request.headers()));
        let answer = client.execute(request).await;
        match &answer {
            Ok(response) => call.answered(response.status().as_u16()),
            Err(error) => failed(call, error),
        }
        answer
    }
}

/// reqwest has one type of error for everything, so its kind is the name.
fn failed(call: ClientCall, error: &Error) {
    if error.is_redirect() {
        call.refused("Redirect");
    } else if error.is_builder() {
        call.refused("Builder");
    } else if error.is_timeout() {
        call.failed("TimedOut");
    } else if error.is_dns() {
        call.failed("UnknownHost");
    } else {
        let other = if error.is_connect() { "Connect" } else { "Request" };
        call.failed(io_kind(error).unwrap_or(other));
    }
}

#[cfg(test)]
#[path = "reqwest_tests.rs"]
mod tests;

//! Calls of reqwest.

use std::future::Future;

use reqwest::{Error, RequestBuilder, Response, Result};

use super::{ClientCall, ClientMeters, failure::io_kind, trace::span_of};

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
    /// call.
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
        let request = request?;
        let host = request.url().host_str().unwrap_or_default();
        let call = meters.start(request.method().as_str(), host, template);
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

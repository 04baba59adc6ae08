//! One HTTP call: sent, answered, and read as far as it is wanted.

use std::{borrow::Cow, time::Duration};

use bytes::Bytes;
use reqwest::{Method, RequestBuilder, Response};

use super::{
    authorization::Authorization,
    body::Streamed,
    client::{Timeouts, client_builder},
    failure::{CallFailure, FailureKind},
    headers::Headers,
    target::HttpTarget,
    tls::Trust,
};

/// Calls one address.
#[derive(Clone, Debug)]
pub struct HttpClient {
    client: reqwest::Client,
    target: HttpTarget,
    authorization: Authorization,
}

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpMethod {
    /// GET.
    Get,
    /// HEAD.
    Head,
    /// POST.
    Post,
    /// PUT.
    Put,
    /// DELETE.
    Delete,
}

impl HttpClient {
    /// Makes the client; `headers` go with every call, which may take `timeout` altogether.
    /// Certificates are read beside the runtime.
    pub async fn make(
        target: HttpTarget,
        trust: Trust,
        headers: Headers,
        timeout: Duration,
    ) -> Result<Self, CallFailure> {
        let timeouts = Timeouts { connect: timeout, read: timeout, whole: timeout };
        Self::make_within(target, trust, headers, timeouts).await
    }

    /// The same with a limit on each part of a call.
    pub async fn make_within(
        target: HttpTarget,
        trust: Trust,
        headers: Headers,
        timeouts: Timeouts,
    ) -> Result<Self, CallFailure> {
        let https = target.is_https();
        let make = move || {
            client_builder(&trust, https, timeouts, headers.into_map())
                .map_err(|error| CallFailure { kind: FailureKind::Tls, detail: error.to_string() })?
                .build()
                .map_err(CallFailure::from)
        };
        let made = if https {
            let broken = |_| CallFailure {
                kind: FailureKind::Unreachable,
                detail: "the runtime is shutting down".to_owned(),
            };
            tokio::task::spawn_blocking(make).await.map_err(broken)?
        } else {
            make()
        };
        Ok(Self { client: made?, target, authorization: Authorization::None })
    }

    /// Says with every call who it comes from, in place of credentials in the address.
    pub fn authorized(self, authorization: Authorization) -> Self {
        let target = match authorization {
            Authorization::None => self.target,
            _ => self.target.without_credentials(),
        };
        Self { target, authorization, ..self }
    }

    /// Calls, and gives the head of the answer.
    pub async fn send(
        &self,
        method: HttpMethod,
        headers: &[(&'static str, &str)],
        body: Bytes,
    ) -> Result<HttpAnswer, CallFailure> {
        let request = self.request(method, headers);
        let request = if body.is_empty() { request } else { request.body(body) };
        Ok(HttpAnswer { response: request.send().await? })
    }

    /// The same with a body that is made while it is sent, part by part: `Transfer-Encoding:
    /// chunked`. Each part is asked for where others run too, so it has to be quick.
    pub async fn send_streamed<I>(
        &self,
        method: HttpMethod,
        headers: &[(&'static str, &str)],
        parts: I,
    ) -> Result<HttpAnswer, CallFailure>
    where
        I: Iterator<Item = Bytes> + Send + Unpin + 'static,
    {
        let body = reqwest::Body::wrap(Streamed::new(parts));
        let request = self.request(method, headers).body(body);
        Ok(HttpAnswer { response: request.send().await? })
    }

    fn request(&self, method: HttpMethod, headers: &[(&'static str, &str)]) -> RequestBuilder {
        let method = match method {
            HttpMethod::Get => Method::GET,
            HttpMethod::Head => Method::HEAD,
            HttpMethod::Post => Method::POST,
            HttpMethod::Put => Method::PUT,
            HttpMethod::Delete => Method::DELETE,
        };
        let mut request = self.client.request(method, self.target.url());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.authorization.apply(request)
    }
}

/// An answer whose body has not been read.
#[derive(Debug)]
pub struct HttpAnswer {
    response: Response,
}

impl HttpAnswer {
    /// The status.
    pub fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// The status as people say it: `404 Not Found`.
    pub fn status_line(&self) -> String {
        self.response.status().to_string().replace(" <unknown status code>", "")
    }

    /// All values of a header, as text.
    pub fn header(&self, name: &str) -> Vec<Cow<'_, str>> {
        let values = self.response.headers().get_all(name).iter();
        values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect()
    }

    /// Where a redirect leads, without what may be a secret in it: query, fragment, credentials.
    pub fn location(&self) -> Option<String> {
        let location = self.header("location").into_iter().next()?;
        let shown = location.split(['?', ';', '#']).next().unwrap_or_default();
        let shown = Some(shown).filter(|shown| !shown.contains('@') && !shown.is_empty())?;
        Some(shown.chars().take(200).collect())
    }

    /// The first `limit` bytes of the body, and whether that is all of it.
    pub async fn body(mut self, limit: usize) -> Result<(Vec<u8>, bool), CallFailure> {
        let mut body = Vec::new();
        while let Some(chunk) = self.response.chunk().await? {
            let room = limit.saturating_sub(body.len());
            body.extend_from_slice(chunk.get(..room.min(chunk.len())).unwrap_or_default());
            if chunk.len() > room {
                return Ok((body, false));
            }
        }
        Ok((body, true))
    }
}

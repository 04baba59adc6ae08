//! Whether an HTTP address answers as it should.

use std::{fmt, path::Path, sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::{
    sync::OnceCell,
    time::{Instant, timeout_at},
};

use super::{
    outgoing::{TIMEOUT, bounded, named, refused},
    status_range::StatusRange,
};
use crate::{
    error::Result,
    health::{Health, HealthCheck, HealthIndicator},
    model::endpoint::BoxFuture,
    support::{
        outgoing::{
            CallFailure, FailureKind, Headers, HttpAnswer, HttpClient, HttpMethod, HttpTarget,
            RequestIds, Trust,
        },
        text::shortened,
    },
};

/// How much of a body is looked at.
const BODY_LIMIT: usize = 64 * 1024;
/// How much of an unexpected body is shown, in bytes.
const EXCERPT: usize = 100;

/// UP while an HTTP address answers as expected: by default with a status from 200 to 299.
///
/// ```
/// # fn main() -> actuator::Result<()> {
/// use actuator::checks::Url;
///
/// let shop = Url::new("https://shop.example/ping")?
///     .expect_status(200)
///     .expect_header_value("content-type", "application/json")
///     .expect_body("\"ready\":true");
/// # let _ = shop; Ok(())
/// # }
/// ```
///
/// Redirects are not followed: one is a failure unless its status is expected. Every call has an
/// `X-Request-ID` of its own, shown as the detail `requestId`, by which it is found in the log of
/// the other side. At most 64 KiB of a body are read.
#[derive(Clone)]
pub struct Url {
    plan: Arc<Plan>,
}

#[derive(Clone)]
struct Plan {
    target: HttpTarget,
    method: HttpMethod,
    /// Empty for 200 to 299.
    statuses: Vec<StatusRange>,
    headers: Headers,
    /// By name, with the value if it matters.
    expected_headers: Vec<(String, Option<String>)>,
    body: Option<String>,
    timeout: Duration,
    trust: Trust,
    /// Made by the first call that can: reading certificates may block, and may fail now and
    /// succeed later.
    client: Arc<OnceCell<HttpClient>>,
    ids: Arc<RequestIds>,
}

impl Url {
    /// GETs this address, an absolute http(s) URL. Credentials in it are sent as basic
    /// authentication and never shown; neither is its query.
    pub fn new(address: &str) -> Result<Self> {
        Self::parse(address).map_err(refused)
    }

    /// As [`Self::new`], with the bare complaint.
    pub(super) fn parse(address: &str) -> Result<Self, String> {
        let plan = Plan {
            target: HttpTarget::parse(address)?,
            method: HttpMethod::Get,
            statuses: Vec::new(),
            headers: Headers::default(),
            expected_headers: Vec::new(),
            body: None,
            timeout: TIMEOUT,
            trust: Trust::default(),
            client: Arc::default(),
            ids: Arc::default(),
        };
        Ok(Self { plan: Arc::new(plan) })
    }

    /// Sends HEAD instead of GET. There is no body to expect then.
    #[must_use]
    pub fn head(self) -> Self {
        self.with(|plan| plan.method = HttpMethod::Head)
    }

    /// Expects this status; called more than once, any of them.
    #[must_use]
    pub fn expect_status(self, status: u16) -> Self {
        self.expect_statuses(StatusRange::one(status))
    }

    /// Expects a status of this range; called more than once, any of them.
    #[must_use]
    pub(super) fn expect_statuses(self, range: StatusRange) -> Self {
        self.with(|plan| plan.statuses.push(range))
    }

    /// Expects this header to be there, whatever its value.
    #[must_use]
    pub fn expect_header(self, name: &str) -> Self {
        self.with(|plan| plan.expected_headers.push((name.to_owned(), None)))
    }

    /// Expects this header to have exactly this value; of several headers of the name, one.
    #[must_use]
    pub fn expect_header_value(self, name: &str, value: &str) -> Self {
        let expected = (name.to_owned(), Some(value.to_owned()));
        self.with(|plan| plan.expected_headers.push(expected))
    }

    /// Expects this text in the first 64 KiB of the body.
    #[must_use]
    pub fn expect_body(self, text: &str) -> Self {
        self.with(|plan| plan.body = Some(text.to_owned()))
    }

    /// Sends one more header. Its value is never shown.
    pub fn header(self, name: &str, value: &str) -> Result<Self> {
        let mut headers = self.plan.headers.clone();
        headers.insert(name, value).map_err(|error| refused(format!("header {name}: {error}")))?;
        Ok(self.with_headers(headers))
    }

    pub(super) fn with_headers(self, headers: Headers) -> Self {
        self.with(|plan| plan.headers = headers)
    }

    /// Trusts only servers whose certificate leads to one of this PEM file, instead of those that
    /// the operating system trusts. The file is read at once.
    pub fn trust_only(self, file: impl AsRef<Path>) -> Result<Self> {
        let mut trust = Trust::default();
        trust.trust_only(file.as_ref()).map_err(refused)?;
        Ok(self.with_trust(trust))
    }

    pub(super) fn with_trust(self, trust: Trust) -> Self {
        self.with(|plan| plan.trust = trust)
    }

    /// How long the whole call may take; 3 seconds by default.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        self.with(|plan| plan.timeout = bounded(timeout))
    }

    /// This check at `path` (`shop`, `brokers/eu`), for [`App::add_health_check`]. Its deadline
    /// is behind its own timeout, so that it is the check that says what it waited for.
    ///
    /// [`App::add_health_check`]: crate::App::add_health_check
    pub fn named(self, path: impl Into<String>) -> HealthCheck {
        let timeout = self.plan.timeout;
        named(path, self, timeout)
    }

    fn with(mut self, change: impl FnOnce(&mut Plan)) -> Self {
        let plan = Arc::make_mut(&mut self.plan);
        change(plan);
        // One that was made for the plan before the change.
        plan.client = Arc::default();
        self
    }
}

impl HealthIndicator for Url {
    fn check(&self) -> BoxFuture<'static, Health> {
        let plan = Arc::clone(&self.plan);
        Box::pin(async move { plan.check().await })
    }
}

impl fmt::Debug for Url {
    /// Without what may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Url")
            .field("url", &self.plan.target.shown())
            .field("timeout", &self.plan.timeout)
            .finish_non_exhaustive()
    }
}

impl Plan {
    async fn check(&self) -> Health {
        let began = Instant::now();
        let id = self.ids.next();
        let mut status = None;
        let outcome = timeout_at(began + self.timeout, self.call(&id, &mut status)).await;
        let outcome = outcome.unwrap_or_else(|_| Err(self.too_late()));
        let health = if outcome.is_ok() { Health::up() } else { Health::down() };
        let health = health.with_detail("url", self.target.shown());
        let health = match status {
            Some(status) => health.with_detail("status", status),
            None => health,
        };
        let millis = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let health = health.with_detail("duration", millis).with_detail("requestId", id);
        match outcome {
            Ok(()) => health,
            Err(error) => health.with_detail("error", error),
        }
    }

    /// Calls, and says what is not as expected. The status is left behind whatever comes later.
    async fn call(&self, id: &str, status: &mut Option<u16>) -> Result<(), String> {
        let client = self.client.get_or_try_init(|| {
            let (trust, headers) = (self.trust.clone(), self.headers.clone());
            HttpClient::make(self.target.clone(), trust, headers, self.timeout)
        });
        let client = client.await.map_err(|failure| self.failed(&failure))?;
        let sent = client.send(self.method, &[("x-request-id", id)], Bytes::new()).await;
        let answer = sent.map_err(|failure| self.failed(&failure))?;
        *status = Some(answer.status());
        self.judge_head(&answer)?;
        match &self.body {
            Some(text) => self.judge_body(text, answer).await,
            None => Ok(()),
        }
    }

    fn judge_head(&self, answer: &HttpAnswer) -> Result<(), String> {
        let status = answer.status();
        let success = [StatusRange::SUCCESS];
        let expected = if self.statuses.is_empty() { &success[..] } else { &self.statuses[..] };
        if !expected.iter().any(|range| range.contains(status)) {
            let expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
            let found = answer.status_line();
            let to = match answer.location().filter(|_| (300..400).contains(&status)) {
                Some(location) => format!(" to {location} (redirects are not followed)"),
                None => String::new(),
            };
            return Err(format!("expected status {}, found {found}{to}", expected.join(" or ")));
        }
        for (name, value) in &self.expected_headers {
            let found = answer.header(name);
            match value {
                None if found.is_empty() => {
                    return Err(format!("expected a header {name}, found none"));
                }
                Some(value) if !found.iter().any(|found| found == value) => {
                    let found = found.join("\", \"");
                    let found = if found.is_empty() { "none".to_owned() } else { excerpt(&found) };
                    return Err(format!("expected the header {name}: {value}, found {found}"));
                }
                _ => {}
            }
        }
        Ok(())
    }

    async fn judge_body(&self, text: &str, answer: HttpAnswer) -> Result<(), String> {
        let (body, whole) =
            answer.body(BODY_LIMIT).await.map_err(|failure| self.failed(&failure))?;
        let body = String::from_utf8_lossy(&body);
        if body.contains(text) {
            return Ok(());
        }
        let place = if whole { "a body" } else { "a body that in its first 64 KiB" };
        let holds = if whole { "that holds" } else { "holds" };
        let found = if body.is_empty() { "an empty one".to_owned() } else { excerpt(&body) };
        Err(format!("expected {place} {holds} {}, found {found}", excerpt(text)))
    }

    fn failed(&self, failure: &CallFailure) -> String {
        match failure.kind {
            FailureKind::Silent => self.too_late(),
            _ => format!("expected an answer, found {failure}"),
        }
    }

    fn too_late(&self) -> String {
        let limit = humantime::format_duration(self.timeout);
        format!("expected an answer within {limit}, found none that was complete")
    }
}

/// The start of a text, quoted, with its control characters escaped.
fn excerpt(text: &str) -> String {
    let start = shortened(text, EXCERPT);
    let more = if start.len() < text.len() { "…" } else { "" };
    format!("{start:?}{more}")
}

#[cfg(test)]
#[path = "url_tests.rs"]
mod tests;

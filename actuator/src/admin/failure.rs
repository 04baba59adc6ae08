//! Why a call to an admin server failed, and what helps: one line for an operator.

use std::fmt;

use reqwest::{Response, StatusCode, header};
use serde::Deserialize;

use super::client::body_of;
use crate::{
    model::sanitizer::Sanitizer,
    support::{
        outgoing::{CallFailure, FailureKind},
        text::shortened,
    },
};

/// Bytes of what a server says that are told.
const LONGEST_DETAIL: usize = 300;

/// A failed call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The kind of it; as long as it stays the same there is nothing new to tell.
    pub cause: Cause,
    detail: String,
}

/// The kinds of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// No connection, or it broke.
    Unreachable,
    /// Connected or connecting, and no answer in time.
    Silent,
    /// No agreement on TLS.
    Tls,
    /// A status other than 201.
    Answer(StatusCode),
    /// 201 without the id that a Spring Boot Admin server sends.
    NoId,
    /// The client could not be made.
    Client,
}

impl Failure {
    /// From an error on the way to the answer.
    pub fn of_call(error: reqwest::Error) -> Self {
        let failure = CallFailure::from(error);
        let cause = match failure.kind {
            FailureKind::Tls => Cause::Tls,
            FailureKind::Silent => Cause::Silent,
            FailureKind::Unreachable => Cause::Unreachable,
        };
        Self { cause, detail: failure.detail }
    }

    /// From an answer that does not say success.
    pub async fn of_answer(response: Response) -> Self {
        let status = response.status();
        let detail = match status.as_u16() {
            300..=399 => destination(&response),
            400 | 500 => reason(response).await.unwrap_or_default(),
            _ => String::new(),
        };
        Self { cause: Cause::Answer(status), detail: shortened(&detail, LONGEST_DETAIL).to_owned() }
    }

    /// The answer was 201, but the body is not that of a Spring Boot Admin server.
    pub fn no_id() -> Self {
        Self { cause: Cause::NoId, detail: String::new() }
    }

    /// The client could not be made.
    pub fn of_client(error: impl fmt::Display) -> Self {
        Self { cause: Cause::Client, detail: error.to_string() }
    }
}

/// Where a redirect leads, without the parameters: those may hold a ticket.
fn destination(response: &Response) -> String {
    let location = response.headers().get(header::LOCATION);
    let location = location.and_then(|location| location.to_str().ok()).unwrap_or_default();
    let location = location.split(['?', ';', '#']).next().unwrap_or_default();
    if location.contains('@') { String::new() } else { location.to_owned() }
}

/// What the server says is wrong: the `message` of Spring's errors, or the `detail` of RFC 9457. It
/// is the text of somebody else, who may repeat in it what was sent: nothing of it is a secret or
/// leaves its line.
async fn reason(response: Response) -> Option<String> {
    #[derive(Deserialize)]
    struct Problem {
        #[serde(alias = "detail")]
        message: String,
    }
    let body = body_of(response).await.ok()??;
    let message = serde_json::from_slice::<Problem>(&body).ok()?.message;
    let line: Vec<&str> = message
        .split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|s| !s.is_empty())
        .collect();
    Some(Sanitizer::default().sanitize_text(&line.join(" ")).into_owned())
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let detail = &self.detail;
        match self.cause {
            Cause::Unreachable => write!(
                f,
                "no connection ({detail}): is the server running, and is \
                 spring.boot.admin.client.url its address?"
            ),
            Cause::Silent => write!(
                f,
                "no answer in time: is the server overloaded, or does a firewall drop the call? \
                 (spring.boot.admin.client.connect-timeout and read-timeout)"
            ),
            Cause::Tls => write!(
                f,
                "no TLS connection ({detail}): a private authority goes into \
                 spring.boot.admin.client.ca-certificate, and a server that asks who calls needs \
                 client-certificate and client-key"
            ),
            Cause::NoId => write!(
                f,
                "answered 201 without an id: this is no Spring Boot Admin server; is \
                 spring.boot.admin.client.url its base URL?"
            ),
            Cause::Client => write!(f, "the client cannot be made ({detail})"),
            Cause::Answer(status) => answer(f, status, detail),
        }
    }
}

fn answer(f: &mut fmt::Formatter<'_>, status: StatusCode, detail: &str) -> fmt::Result {
    let code = status.as_u16();
    write!(f, "answered {code}")?;
    match code {
        401 => f.write_str(
            ": either the credentials are wrong or missing (spring.boot.admin.client.username and \
             password, or token), or the server protects POST /instances against CSRF and has to \
             exempt it",
        ),
        403 => f.write_str(
            ": the credentials are not allowed to register, or the server protects POST \
             /instances against CSRF and has to exempt it",
        ),
        300..=399 => write!(
            f,
            " and points to \"{detail}\": redirects are not followed; set \
             spring.boot.admin.client.url to the final address, or credentials if that is a login \
             page",
        ),
        200..=299 | 404 | 405 => f.write_str(
            ", not 201: spring.boot.admin.client.url is not the base URL of a Spring Boot Admin \
             server (its context path belongs into it), or api-path is wrong",
        ),
        400 | 500 => {
            if !detail.is_empty() {
                write!(f, " ({detail:?})")?;
            }
            f.write_str(
                ": the server refused the registration; it takes a name that is not blank and a \
                 health URL that is absolute and that its own protection allows \
                 (spring.boot.admin.ssrf-protection.allowed-cidrs there)",
            )
        }
        502..=504 => f.write_str(": the proxy in front of the server does not reach it"),
        _ => Ok(()),
    }
}

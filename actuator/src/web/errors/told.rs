//! What the log says of error answers, and how loudly.
//!
//! 5xx are ERROR; 4xx are WARN, but for what every service on a network sees all day: 401 and paths
//! or methods that no route has are DEBUG, and a client that went away while it sent is INFO.

use std::error::Error as StdError;

use http::{Method, StatusCode};

use super::database::causes;

/// What hyper says of a body whose sender went away.
const GONE: &str = "error reading a body from connection";

/// An error answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told<'t> {
    /// Its status.
    pub(super) status: StatusCode,
    /// Method and path, where they are known.
    pub(super) request: Option<(&'t Method, &'t str)>,
    /// Whether there is a route for the request.
    pub(super) is_matched: bool,
    /// What is wrong.
    pub(super) reason: Option<&'t str>,
    /// What it comes from.
    pub(super) error: Option<&'t (dyn StdError + 'static)>,
}

impl Told<'_> {
    /// Writes it to the log.
    pub(super) fn write(&self) {
        let status = self.status.as_u16();
        let method = self.request.map(|(method, _)| method.as_str());
        let path = self.request.map(|(_, path)| path);
        let reason = self.reason;
        let error = self.error.map(chain);
        let error = error.as_deref();
        macro_rules! tell {
            ($level:ident, $message:literal) => {
                tracing::$level!(
                    target: "actuator::errors",
                    status, method, path, reason, error, $message
                )
            };
        }
        if self.status.is_server_error() {
            tell!(error, "request failed");
        } else if reason.is_some_and(|reason| reason.contains(GONE)) {
            tell!(info, "the client went away while it sent its request");
        } else if self.status == StatusCode::UNAUTHORIZED || !self.is_matched {
            tell!(debug, "request refused");
        } else {
            tell!(warn, "request refused");
        }
    }
}

/// Tells of a panic while a request was answered. Sentry, whose hook has seen it, knows the target.
pub(super) fn panicked(method: &Method, path: &str, message: &str) {
    tracing::error!(
        target: "actuator::errors::panic",
        status = 500, method = method.as_str(), path, panic = message,
        "the handler of a request panicked"
    );
}

/// An error with its causes, in one line. What an error already says of its cause is not repeated.
fn chain(error: &(dyn StdError + 'static)) -> String {
    causes(error).fold(String::new(), |mut chain, cause| {
        let text = cause.to_string();
        if !chain.ends_with(&text) {
            if !chain.is_empty() {
                chain.push_str(": ");
            }
            chain.push_str(&text);
        }
        chain
    })
}

//! One line of the log for each request, on a setting.

use std::{net::IpAddr, time::Duration};

use axum::extract::{MatchedPath, OriginalUri};
use http::Request;

use crate::{
    meter::{Outcome, RequestMethod},
    model::sanitizer::Sanitizer,
    support::text::shortened,
    web::forwarded::client_address,
};

/// How much of a path and its query is logged, in bytes.
const MAX_PATH: usize = 2048;

/// What a line tells, taken from the head of the request.
#[derive(Debug)]
pub(super) struct RequestLog {
    path: String,
    route: Option<String>,
    remote_address: Option<IpAddr>,
}

impl RequestLog {
    /// What is told of this request.
    pub(super) fn begin<B>(request: &Request<B>) -> Self {
        let extensions = request.extensions();
        // A router that nests us shows the path below its prefix; the caller wrote all of it.
        let original = extensions.get::<OriginalUri>();
        let uri = original.map_or(request.uri(), |original| &original.0);
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Self {
            path: shortened(path, MAX_PATH).to_owned(),
            route: extensions.get::<MatchedPath>().map(|route| route.as_str().to_owned()),
            remote_address: client_address(extensions),
        }
    }

    /// Writes the line. Its request id is that of the request in which it is written. A caller that
    /// went away is nobody's error, and told at DEBUG.
    pub(super) fn write(
        &self,
        method: RequestMethod,
        outcome: Outcome,
        took: Duration,
        sanitizer: &Sanitizer,
    ) {
        let method = method.tag();
        let duration_ms = (took.as_secs_f64() * 1e6).round() / 1e3;
        let path = || sanitizer.sanitize_text(&self.path);
        let remote_address = self.remote_address.map(tracing::field::display);
        let Some(status) = outcome.status else {
            tracing::debug!(
                target: "actuator::access",
                method,
                path = %path(),
                route = self.route.as_deref(),
                duration_ms,
                remote_address,
                "the client went away"
            );
            return;
        };
        tracing::info!(
            target: "actuator::access",
            method,
            path = %path(),
            route = self.route.as_deref(),
            status,
            duration_ms,
            exception = outcome.exception,
            remote_address,
            "request finished"
        );
    }
}

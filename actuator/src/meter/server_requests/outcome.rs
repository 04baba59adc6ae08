//! What a request was and how it ended, in the words of the tags.

use std::time::Duration;

use crate::meter::Exemplar;

const UNKNOWN: &str = "UNKNOWN";

/// The methods that have a tag value of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestMethod {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
    Options,
    Trace,
    /// Anything else, so that a client cannot invent series.
    Unknown,
}

/// How many methods there are.
pub(super) const METHODS: usize = RequestMethod::Unknown as usize + 1;

impl RequestMethod {
    /// By its name on the wire.
    pub(crate) fn from_name(name: &str) -> Self {
        match name {
            "GET" => Self::Get,
            "HEAD" => Self::Head,
            "POST" => Self::Post,
            "PUT" => Self::Put,
            "PATCH" => Self::Patch,
            "DELETE" => Self::Delete,
            "OPTIONS" => Self::Options,
            "TRACE" => Self::Trace,
            _ => Self::Unknown,
        }
    }

    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Trace => "TRACE",
            Self::Unknown => UNKNOWN,
        }
    }
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// The status; `None` when nobody waited for it.
    pub status: Option<u16>,
    /// What came in place of a response: `panic`, or the type of an error.
    pub exception: Option<&'static str>,
}

impl Outcome {
    pub(in crate::meter) fn tag(self) -> &'static str {
        match self.status {
            Some(100..=103) => "INFORMATIONAL",
            Some(200..=299) => "SUCCESS",
            Some(300..=308) => "REDIRECTION",
            Some(400..=431 | 451) => "CLIENT_ERROR",
            Some(500..=511) => "SERVER_ERROR",
            _ => UNKNOWN,
        }
    }

    /// Codes beyond 599 have no class (RFC 9110, section 15) and are no series of their own.
    pub(in crate::meter) fn status_tag(self) -> String {
        match self.status {
            Some(status @ 100..=599) => status.to_string(),
            _ => UNKNOWN.to_owned(),
        }
    }
}

/// A request that has ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FinishedRequest {
    /// Its method.
    pub(crate) method: RequestMethod,
    /// How it ended.
    pub(crate) outcome: Outcome,
    /// From its head to the head of the response.
    pub(crate) duration: Duration,
    /// The trace that it belongs to, if exemplars are wanted.
    pub(crate) exemplar: Option<Exemplar>,
    /// The size of its body, if there is one and its size was told.
    pub(crate) request_bytes: Option<u64>,
    /// The size of the body of the response, if it is known.
    pub(crate) response_bytes: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invented_methods_share_one_series() {
        assert_eq!(RequestMethod::from_name("BREW"), RequestMethod::Unknown);
        assert_eq!(RequestMethod::from_name("get"), RequestMethod::Unknown);
        assert_eq!(RequestMethod::from_name("DELETE"), RequestMethod::Delete);
    }

    #[test]
    fn outcomes_are_springs_and_odd_statuses_are_unknown() {
        let outcome = |status| Outcome { status, exception: None };
        assert_eq!(outcome(Some(299)).tag(), "SUCCESS");
        assert_eq!(outcome(Some(499)).tag(), "UNKNOWN");
        assert_eq!(outcome(Some(503)).tag(), "SERVER_ERROR");
        assert_eq!(outcome(None).tag(), "UNKNOWN");
        assert_eq!(outcome(Some(499)).status_tag(), "499");
        assert_eq!(outcome(Some(999)).status_tag(), "UNKNOWN");
    }
}

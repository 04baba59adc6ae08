//! Why a call brought no answer.

use std::{error::Error, fmt};

use super::tls;

/// A call without an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallFailure {
    /// The kind of it.
    pub kind: FailureKind,
    /// The innermost cause, which is the one that says something: "Connection refused (os error
    /// 111)". Never holds the address that was called.
    pub detail: String,
}

/// The kinds of calls without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// No connection, or it broke.
    Unreachable,
    /// Connected or connecting, and no answer in time.
    Silent,
    /// No agreement on TLS.
    Tls,
}

impl From<reqwest::Error> for CallFailure {
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let kind = if is_tls(&error) {
            FailureKind::Tls
        } else if error.is_timeout() {
            FailureKind::Silent
        } else {
            FailureKind::Unreachable
        };
        Self { kind, detail: innermost(&error) }
    }
}

impl fmt::Display for CallFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let detail = &self.detail;
        match self.kind {
            FailureKind::Unreachable => write!(f, "no connection ({detail})"),
            FailureKind::Silent => f.write_str("no answer in time"),
            FailureKind::Tls => write!(f, "no TLS connection ({detail})"),
        }
    }
}

fn is_tls(error: &(dyn Error + 'static)) -> bool {
    // An io::Error that wraps another hides it from source().
    let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    tls::refused(error)
        || wrapped.is_some_and(|wrapped| is_tls(wrapped))
        || error.source().is_some_and(is_tls)
}

fn innermost(error: &dyn Error) -> String {
    let mut innermost = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        innermost = error.to_string();
        next = error.source();
    }
    innermost
}

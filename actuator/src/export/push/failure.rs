//! Why a push was not taken.

use std::fmt;

use crate::support::{
    outgoing::{CallFailure, FailureKind, HttpAnswer},
    text::shortened,
};

/// How much of a refusal is read, and how much of it is shown, in bytes.
const MOST_READ: usize = 4 * 1024;
const MOST_SHOWN: usize = 300;

/// A push that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::export) enum PushFailure {
    /// There was no answer.
    Call(CallFailure),
    /// There was one, and not a good one.
    Refused {
        /// Its status.
        status: u16,
        /// The beginning of what it said about it; empty if that was nothing.
        said: String,
    },
}

/// What makes two failures the same to who reads the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Call(FailureKind),
    Refused(u16),
}

impl PushFailure {
    /// No answer within the time that a push has.
    pub(super) fn late() -> Self {
        Self::Call(CallFailure { kind: FailureKind::Silent, detail: String::new() })
    }

    /// What an answer means: nothing if it is a good one.
    pub(in crate::export) async fn check(answer: HttpAnswer) -> Result<(), Self> {
        let status = answer.status();
        if matches!(status, 200..=299) {
            return Ok(());
        }
        let is_text =
            answer.header("content-type").iter().all(|kind| kind.starts_with("text/plain"));
        let body = if is_text { answer.body(MOST_READ).await } else { Ok((Vec::new(), true)) };
        // A refusal is one even if its text breaks off.
        let body = body.map(|(bytes, _)| bytes).unwrap_or_default();
        Err(Self::refused(status, &String::from_utf8_lossy(&body)))
    }

    /// An answer that is not a good one, with what it said.
    pub(in crate::export) fn refused(status: u16, said: &str) -> Self {
        Self::Refused { status, said: one_line(said) }
    }

    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Call(failure) => Kind::Call(failure.kind),
            Self::Refused { status, .. } => Kind::Refused(*status),
        }
    }
}

impl From<CallFailure> for PushFailure {
    fn from(failure: CallFailure) -> Self {
        Self::Call(failure)
    }
}

impl fmt::Display for PushFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(failure) => write!(f, "{failure}"),
            Self::Refused { status, said } if said.is_empty() => write!(f, "it answered {status}"),
            Self::Refused { status, said } => write!(f, "it answered {status} (\"{said}\")"),
        }
    }
}

/// What somebody else wrote, fit for one line of a log.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || c.is_control()).collect();
    let line = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    shortened(&line, MOST_SHOWN).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_receiver_says_is_one_short_line() {
        let said = one_line(&format!("bad\r\n\u{1b}[31m  metric{}", "é".repeat(1_000)));
        assert!(said.starts_with("bad [31m metric") && said.len() <= MOST_SHOWN, "{said}");
        let refused = PushFailure::Refused { status: 400, said: "why".to_owned() };
        assert_eq!(refused.to_string(), "it answered 400 (\"why\")");
    }
}

//! How a call ended, as tags.

use super::NONE;
use crate::meter::Outcome;

/// What came of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    status: EndStatus,
    /// What came in place of an answer.
    pub exception: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum EndStatus {
    Code(u16),
    /// The connection failed or broke, or stayed silent.
    Io,
    /// Anything else that left the call without an answer.
    Client,
}

impl End {
    /// An answer with this status.
    pub fn answered(status: u16) -> Self {
        Self { status: EndStatus::Code(status), exception: NONE }
    }

    /// No answer, for a reason of the network.
    pub fn io(exception: &'static str) -> Self {
        Self { status: EndStatus::Io, exception }
    }

    /// No answer, for a reason on this side.
    pub fn client(exception: &'static str) -> Self {
        Self { status: EndStatus::Client, exception }
    }

    /// What is known of a call that runs: Spring says the same.
    pub fn open() -> Self {
        Self::client(NONE)
    }

    /// The tag `status`. Codes that no specification knows are one.
    pub fn status_tag(self) -> String {
        match self.status {
            EndStatus::Code(code) => outcome(Some(code)).status_tag(),
            EndStatus::Io => "IO_ERROR".to_owned(),
            EndStatus::Client => "CLIENT_ERROR".to_owned(),
        }
    }

    /// The tag `outcome`.
    pub fn outcome_tag(self) -> &'static str {
        match self.status {
            EndStatus::Code(code) => outcome(Some(code)).tag(),
            EndStatus::Io | EndStatus::Client => outcome(None).tag(),
        }
    }
}

/// What a server says of the same status.
fn outcome(status: Option<u16>) -> Outcome {
    Outcome { status, exception: None }
}

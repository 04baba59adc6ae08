//! What the log says about sending: once per change.

use std::{
    fmt,
    time::{Duration, Instant},
};

use tracing::{info, warn};

use super::layer::TARGET;
use crate::support::outgoing::{CallFailure, FailureKind};

/// How often it is said that too many are waiting.
const OVERFLOW_AGAIN: Duration = Duration::from_mins(1);

/// Why an envelope was not taken.
#[derive(Debug)]
pub(super) enum Failure {
    /// There was no answer.
    Call(CallFailure),
    /// There was this one.
    Refused(u16),
}

impl From<CallFailure> for Failure {
    fn from(failure: CallFailure) -> Self {
        Self::Call(failure)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hint = match self {
            Self::Call(failure) => return write!(f, "{failure}"),
            Self::Refused(300..=399) => ": redirects are not followed, use the final address",
            Self::Refused(401 | 403) => ": is the key in the DSN that of the project?",
            Self::Refused(404) => ": does the DSN end with the number of the project?",
            Self::Refused(429) => ": it wants no more for a while",
            Self::Refused(_) => "",
        };
        let Self::Refused(status) = self else { return Ok(()) };
        write!(f, "it answered {status}{hint}")
    }
}

/// How it went the last time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    Fine,
    NoAnswer(FailureKind),
    Refused(u16),
}

/// Says how sending goes.
#[derive(Debug)]
pub(super) struct Telling {
    server: String,
    last: Last,
    /// How many were lost altogether when it last went well.
    lost_before: u64,
    /// When it was said that too many are waiting, and how many that were.
    overflow: Option<(Instant, u64)>,
}

impl Telling {
    /// About the server of this name.
    pub(super) fn new(server: String) -> Self {
        Self { server, last: Last::Fine, lost_before: 0, overflow: None }
    }

    /// An envelope was taken or not; so many events were `lost` by now.
    pub(super) fn outcome(&mut self, outcome: &Result<(), Failure>, lost: u64) {
        let server = &self.server;
        let now = match outcome {
            Ok(()) => Last::Fine,
            Err(Failure::Call(failure)) => Last::NoAnswer(failure.kind),
            Err(Failure::Refused(status)) => Last::Refused(*status),
        };
        match outcome {
            Ok(()) if self.last != Last::Fine => {
                let lost = lost.saturating_sub(self.lost_before);
                info!(target: TARGET, "Sentry at {server} takes events again; {lost} were lost");
            }
            Err(failure) if self.last != now => warn!(
                target: TARGET,
                "events are not taken by Sentry at {server}, and lost: {failure} (actuator.sentry.*)"
            ),
            _ => {}
        }
        if now == Last::Fine {
            self.lost_before = lost;
        }
        self.last = now;
    }

    /// So many were lost by now because too many were waiting.
    pub(super) fn overflowed(&mut self, count: u64, now: Instant) {
        let (at, told) = self.overflow.unzip();
        let is_new = count > told.unwrap_or(0);
        if is_new && at.is_none_or(|at| now.saturating_duration_since(at) >= OVERFLOW_AGAIN) {
            let server = &self.server;
            warn!(
                target: TARGET,
                "events come faster than Sentry at {server} takes them: {count} were lost so far; \
                 the meter actuator.sentry.events counts further ones"
            );
            self.overflow = Some((now, count));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::test_log::Log;

    fn unreachable() -> Result<(), Failure> {
        let detail = "Connection refused".to_owned();
        Err(CallFailure { kind: FailureKind::Unreachable, detail }.into())
    }

    #[test]
    fn each_change_is_told_once() {
        let log = Log::default();
        let _listening = log.listen();
        let mut telling = Telling::new("http://sentry.example".to_owned());
        for lost in 1..9 {
            telling.outcome(&unreachable(), lost);
        }
        telling.outcome(&Err(Failure::Refused(429)), 9);
        telling.outcome(&Err(Failure::Refused(401)), 10);
        telling.outcome(&Ok(()), 10);
        telling.outcome(&Ok(()), 10);
        telling.outcome(&unreachable(), 11);
        assert_eq!(log.count("no connection (Connection refused)"), 2, "{}", log.text());
        assert_eq!(log.count("answered 429: it wants no more for a while"), 1);
        assert_eq!(log.count("answered 401: is the key"), 1);
        assert_eq!(log.count("takes events again; 10 were lost"), 1);
        assert_eq!(log.text().lines().count(), 5);
    }

    #[test]
    fn a_flood_is_told_once_a_minute() {
        let log = Log::default();
        let _listening = log.listen();
        let mut telling = Telling::new("http://sentry.example".to_owned());
        let start = Instant::now();
        for second in 0..60 {
            telling.overflowed(second * 10, start + Duration::from_secs(second));
        }
        telling.overflowed(10, start + Duration::from_mins(5));
        assert_eq!(log.count("were lost so far"), 1, "{}", log.text());
        telling.overflowed(601, start + Duration::from_mins(5));
        assert_eq!(log.count("601 were lost so far"), 1);
    }
}

//! The last step of a process: its exit code, or the same program anew.

use super::RestartMode;
use crate::{
    error::{Error, Result},
    logging,
};

/// What a process that a signal ended gives to its shell: 128 and the number of the signal.
const BY_SIGNAL: u8 = 128;

/// How a service ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    reason: &'static str,
    exit_code: u8,
    restart: Option<RestartMode>,
}

impl Ending {
    /// `reason` is why it was told to stop; `signal` is the one that said not to wait; `code` is
    /// what the application said.
    pub(super) fn new(
        reason: &'static str,
        signal: Option<u8>,
        code: u8,
        restart: Option<RestartMode>,
    ) -> Self {
        let by_signal = signal.map(|signal| BY_SIGNAL.saturating_add(signal));
        // Who does not want to wait does not want it anew.
        let restart = restart.filter(|_| signal.is_none());
        let by_restart = match &restart {
            Some(RestartMode::Exit(code)) => Some(*code),
            Some(RestartMode::Exec(_)) | None => None,
        };
        Self { reason, exit_code: by_signal.or(by_restart).unwrap_or(code), restart }
    }

    /// Why it was told to stop: `SIGTERM`, `ctrl-c`, `shutdown endpoint`, `restart endpoint`, or
    /// `application` if its own code said so.
    pub fn reason(&self) -> &'static str {
        self.reason
    }

    /// The code with which the process is to end:
    ///
    /// - 0 after an orderly way down, whoever asked for it;
    /// - what the application said ([`Lifecycle::exit_with`](crate::Lifecycle::exit_with));
    /// - that of `actuator.restart.exit-code`, if it was told to restart and `actuator.restart.mode`
    ///   is `exit`;
    /// - 143 or 130 if a second SIGTERM or ctrl-c cut the way down short.
    pub fn exit_code(&self) -> u8 {
        self.exit_code
    }

    /// Whether it was told to begin anew.
    pub fn is_restart(&self) -> bool {
        self.restart.is_some()
    }

    /// Begins anew if that was asked for; otherwise an error with the code, if that is not 0.
    pub(in crate::server) fn conclude(&self) -> Result<()> {
        if let Some(RestartMode::Exec(program)) = &self.restart {
            return Err(program.exec());
        }
        if self.exit_code == 0 { Ok(()) } else { Err(Error::exit(self.exit_code, self.reason)) }
    }

    /// The same, but ends the process with the code.
    pub(in crate::server) fn leave(&self) -> Result<()> {
        self.conclude().inspect_err(|error| {
            // It says more than the code only where something went wrong.
            if self.exit_code == 0 {
                tracing::error!(target: "actuator::server", "{error}");
            }
            logging::flush();
            std::process::exit(i32::from(error.exit_code()));
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_that_cut_it_short_says_more_than_a_restart_and_that_more_than_the_application() {
        let code = |signal, code, restart| Ending::new("x", signal, code, restart).exit_code();
        assert_eq!(code(None, 0, None), 0);
        assert_eq!(code(None, 7, None), 7);
        assert_eq!(code(None, 7, Some(RestartMode::Exit(75))), 75);
        assert_eq!(code(Some(15), 7, Some(RestartMode::Exit(75))), 143);
        assert_eq!(code(Some(2), 0, None), 130);
        assert!(!Ending::new("x", Some(15), 0, Some(RestartMode::Exit(75))).is_restart());
        let error = Ending::new("x", None, 7, None).conclude().unwrap_err();
        assert_eq!(error.exit_code(), 7);
    }
}

//! `--actuator-probe [group]` and `--actuator-probe-timeout=2s` among the arguments of a program.

use std::time::Duration;

use super::{DEFAULT_TIMEOUT, MAX_TIMEOUT};
use crate::support::time::parse_duration;

const PROBE: &str = "--actuator-probe";
const TIMEOUT: &str = "--actuator-probe-timeout";

/// What the command line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProbeArguments {
    /// The group, or the path of a check; `None` leaves the choice to the settings.
    pub(crate) group: Option<String>,
    /// How long the probe may take.
    pub(crate) timeout: Duration,
}

impl ProbeArguments {
    /// Finds them; `None` if this is no probe. As for settings, nothing behind a bare `--` counts.
    /// The error says what is accepted.
    pub(crate) fn find(
        arguments: impl IntoIterator<Item = String>,
    ) -> Option<Result<Self, String>> {
        let mut arguments =
            arguments.into_iter().take_while(|argument| argument != "--").peekable();
        let (mut group, mut timeout) = (None, Ok(DEFAULT_TIMEOUT));
        while let Some(argument) = arguments.next() {
            let (name, value) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (argument.as_str(), None),
            };
            if name == PROBE {
                let word = || arguments.next_if(|next| !next.starts_with('-'));
                group = Some(value.or_else(word).filter(|group| !group.is_empty()));
            } else if name == TIMEOUT {
                timeout = read_timeout(&value.unwrap_or_default());
            }
        }
        let group = group?;
        Some(timeout.map(|timeout| Self { group, timeout }))
    }
}

fn read_timeout(text: &str) -> Result<Duration, String> {
    let timeout = parse_duration(text, Duration::from_millis(1))
        .map_err(|expected| format!("{TIMEOUT}=\"{text}\": {expected}"))?;
    if timeout.is_zero() || timeout > MAX_TIMEOUT {
        return Err(format!("{TIMEOUT}=\"{text}\": expected more than 0 and at most 10m"));
    }
    Ok(timeout)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::support::odd_text::odd_text;

    proptest! {
        #[test]
        fn whatever_a_program_is_called_with_it_is_a_probe_or_not(
            arguments in prop::collection::vec(
                odd_text("(--)?(actuator-probe(-timeout)?)?=?[a-z0-9/.-]{0,9}|--"), 0..5,
            ),
            group in "[a-z]{1,9}(/[a-z]{1,5})?",
            seconds in 1_u64..600,
        ) {
            let found = ProbeArguments::find(arguments.clone());
            let is_asked = |argument: &String| {
                argument == PROBE || argument.strip_prefix(PROBE).is_some_and(|rest| rest.starts_with('='))
            };
            let is_probe = arguments.iter().take_while(|argument| *argument != "--").any(is_asked);
            // A group's name may look like the beginning of a probe.
            prop_assert!(found.is_none() || is_probe, "{:?}", arguments);
            if let Some(Ok(found)) = found {
                prop_assert!(!found.timeout.is_zero() && found.timeout <= MAX_TIMEOUT);
                prop_assert!(found.group.is_none_or(|group| !group.is_empty()));
            }
            let timeout = format!("{TIMEOUT}={seconds}s");
            for arguments in [[PROBE, &group, &timeout].map(str::to_owned).to_vec(),
                [timeout.clone(), format!("{PROBE}={group}")].to_vec()]
            {
                let expected =
                    ProbeArguments { group: Some(group.clone()), timeout: Duration::from_secs(seconds) };
                prop_assert_eq!(ProbeArguments::find(arguments), Some(Ok(expected)));
            }
        }
    }

    fn find(arguments: &[&str]) -> Option<Result<ProbeArguments, String>> {
        ProbeArguments::find(arguments.iter().map(|argument| (*argument).to_owned()))
    }

    #[test]
    fn a_group_is_the_value_or_the_next_word_and_may_be_absent() {
        for (arguments, group) in [
            (&["--actuator-probe"][..], None),
            (&["--actuator-probe", "liveness"], Some("liveness")),
            (&["--actuator-probe=liveness", "rest"], Some("liveness")),
            (&["--actuator-probe="], None),
            (&["serve", "--actuator-probe", "--server.port=1"], None),
            (&["--server.port=1", "--actuator-probe", "brokers/primary"], Some("brokers/primary")),
        ] {
            let found = find(arguments).unwrap().unwrap();
            assert_eq!(found.group.as_deref(), group, "{arguments:?}");
            assert_eq!(found.timeout, DEFAULT_TIMEOUT);
        }
    }

    #[test]
    fn other_arguments_are_no_probe() {
        for arguments in [
            &[][..],
            &["--", "--actuator-probe"],
            &["--actuator-probes"],
            &["--actuator-probe-timeout=2s"],
            &["actuator-probe"],
        ] {
            assert_eq!(find(arguments), None, "{arguments:?}");
        }
    }

    #[test]
    fn a_timeout_is_a_duration_that_makes_sense() {
        let found = find(&["--actuator-probe", "--actuator-probe-timeout=250ms"]);
        assert_eq!(found.unwrap().unwrap().timeout, Duration::from_millis(250));
        for bad in ["", "soon", "0s", "11m", "18446744073709551615s"] {
            let timeout = format!("--actuator-probe-timeout={bad}");
            let message = find(&["--actuator-probe", &timeout]).unwrap().unwrap_err();
            assert!(message.contains(TIMEOUT), "{message}");
        }
    }
}

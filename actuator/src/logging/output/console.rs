//! What the standard output gets: text with colours for people, JSON for whoever else reads it.

use std::io::IsTerminal as _;

use super::{format::LogFormat, outputs::Look};
use crate::settings::{FromSetting, one_of};

/// `spring.output.ansi.enabled`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Colours {
    /// On a terminal.
    #[default]
    Detect,
    /// Anywhere.
    Always,
    /// Nowhere.
    Never,
}

impl FromSetting for Colours {
    fn from_setting(text: &str) -> Result<Self, String> {
        let choices = [("detect", Self::Detect), ("always", Self::Always), ("never", Self::Never)];
        one_of(text, &choices)
    }
}

/// What is known of the standard output.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Surroundings {
    /// Somebody looks at it.
    pub(crate) is_terminal: bool,
    /// `NO_COLOR` is set (<https://no-color.org>).
    pub(crate) no_color: bool,
    /// `CLICOLOR_FORCE` is set (<https://bixense.com/clicolors>).
    pub(crate) force_color: bool,
}

impl Surroundings {
    /// Those of this process.
    pub(crate) fn of_process() -> Self {
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        Self {
            is_terminal: std::io::stdout().is_terminal(),
            no_color: set("NO_COLOR").is_some(),
            force_color: set("CLICOLOR_FORCE").is_some_and(|value| value != "0"),
        }
    }

    /// What lines look like there. What is set wins over what is found; the setting, which is this
    /// application's, over the variables, which are for all, and `NO_COLOR` over
    /// `CLICOLOR_FORCE`.
    pub(crate) fn look(self, format: Option<LogFormat>, colours: Colours) -> Look {
        let default = if self.is_terminal { LogFormat::Text } else { LogFormat::Logstash };
        let format = format.unwrap_or(default);
        let wanted = match colours {
            Colours::Always => true,
            Colours::Never => false,
            Colours::Detect => !self.no_color && (self.force_color || self.is_terminal),
        };
        Look { format, colours: wanted && format == LogFormat::Text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PIPE: Surroundings =
        Surroundings { is_terminal: false, no_color: false, force_color: false };
    const TERMINAL: Surroundings = Surroundings { is_terminal: true, ..PIPE };

    fn look(of: Surroundings, format: Option<LogFormat>, colours: Colours) -> (LogFormat, bool) {
        let look = of.look(format, colours);
        (look.format, look.colours)
    }

    #[test]
    fn a_terminal_gets_coloured_text_and_whoever_else_json() {
        assert_eq!(look(TERMINAL, None, Colours::Detect), (LogFormat::Text, true));
        assert_eq!(look(PIPE, None, Colours::Detect), (LogFormat::Logstash, false));
        assert_eq!(look(TERMINAL, Some(LogFormat::Ecs), Colours::Always), (LogFormat::Ecs, false));
        assert_eq!(look(PIPE, Some(LogFormat::Text), Colours::Detect), (LogFormat::Text, false));
    }

    #[test]
    fn colours_follow_the_setting_then_no_color_then_clicolor_force() {
        let text = Some(LogFormat::Text);
        let no = Surroundings { no_color: true, ..TERMINAL };
        let force = Surroundings { force_color: true, ..PIPE };
        let both = Surroundings { no_color: true, ..force };
        for (of, colours, expected) in [
            (no, Colours::Detect, false),
            (no, Colours::Always, true),
            (force, Colours::Detect, true),
            (force, Colours::Never, false),
            (both, Colours::Detect, false),
            (PIPE, Colours::Always, true),
            (TERMINAL, Colours::Never, false),
        ] {
            assert_eq!(look(of, text, colours), (LogFormat::Text, expected), "{of:?} {colours:?}");
        }
    }
}

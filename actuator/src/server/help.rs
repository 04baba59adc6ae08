//! `--help-settings`: the table of all settings, instead of a start.

use std::{
    io::{self, Write as _},
    process,
};

use super::{basics::Surroundings, builder::Builder, sanitizing, typed_settings};
use crate::settings::{SettingsHelp, SettingsReader, help_asked};

impl Builder {
    /// Does what `--help-settings` asks for, if it is among the arguments of this process: prints
    /// all settings, each with its default, its value and where that stands (secrets are hidden),
    /// and **ends the process** with 0. `--help-settings=health` prints those that have the word in
    /// their name, group or description. Returns if it is not among them, and for an isolated
    /// builder, which looks at no arguments.
    ///
    /// [`crate::serve!`] and [`Self::run`] begin with it. A program that has a server of its own
    /// calls it first, before it opens a port or a database:
    ///
    /// ```no_run
    /// let builder = actuator::Actuator::builder();
    /// builder.exit_if_help_asked();
    /// ```
    pub fn exit_if_help_asked(&self) {
        if !self.from_process {
            return;
        }
        let arguments = std::env::args_os().skip(1);
        let arguments = arguments.map(|argument| argument.to_string_lossy().into_owned());
        let Some(filter) = help_asked(arguments) else { return };
        let surroundings = Surroundings::read(self);
        let settings = surroundings.as_ref().ok().map(|surroundings| &surroundings.settings);
        let sanitizer =
            settings.map(|settings| sanitizing::read(&mut SettingsReader::new(settings)));
        let help = SettingsHelp {
            filter: &filter,
            settings,
            sanitizer: &sanitizer.unwrap_or_default(),
            others: &typed_settings::help(self),
        };
        // Whoever closed the pipe has seen enough.
        let _ = write!(io::stdout(), "{help}");
        if let Err(error) = surroundings {
            let _ = writeln!(io::stderr(), "values are not shown: {error}");
        }
        process::exit(0);
    }
}

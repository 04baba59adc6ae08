//! What `--help-settings` prints: every name, grouped, with what it is now and where that stands.

use std::{
    borrow::Cow,
    fmt::{self, Write as _},
};

use super::{
    Property, Settings, catalog,
    catalog::{Entry, GROUPS},
};
use crate::model::sanitizer::{MASK, Sanitizer};

/// The argument that asks for it; a value filters.
const ARGUMENT: &str = "--help-settings";

/// A setting as help shows it: of this crate, or of the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpEntry {
    /// The group that it stands in.
    pub group: Cow<'static, str>,
    /// Its name; a `*` stands for a key that somebody chooses.
    pub name: Cow<'static, str>,
    /// What its value is, in a word or two.
    pub kind: Cow<'static, str>,
    /// The default, as text; empty if there is none.
    pub default: Cow<'static, str>,
    /// What it is for, in one line.
    pub description: Cow<'static, str>,
    /// Whether its value is never shown.
    pub is_secret: bool,
}

impl From<&'static Entry> for HelpEntry {
    fn from(entry: &'static Entry) -> Self {
        let group = catalog::group_of(entry, GROUPS).and_then(|index| GROUPS.get(index));
        let description = match entry.deprecated_by() {
            Some(new) => format!("Deprecated: {new} takes its place.").into(),
            None if entry.has_no_effect() => {
                format!("{} No effect here.", entry.description).into()
            }
            None => entry.description.into(),
        };
        Self {
            group: group.map_or("Others", |(title, _)| *title).into(),
            name: entry.name.into(),
            kind: entry.kind.title().into(),
            default: entry.default.into(),
            description,
            is_secret: false,
        }
    }
}

/// What the arguments of a program ask for: `None` if no help, else the filter, which may be empty.
/// As for settings, nothing behind a bare `--` counts.
pub fn asked(arguments: impl IntoIterator<Item = String>) -> Option<String> {
    arguments.into_iter().take_while(|argument| argument != "--").find_map(|argument| {
        let rest = argument.strip_prefix(ARGUMENT)?;
        if rest.is_empty() {
            return Some(String::new());
        }
        rest.strip_prefix('=').map(str::to_owned)
    })
}

/// The table of settings, those of this crate and then `others`. Without `settings` no values are
/// shown.
#[derive(Debug)]
pub struct SettingsHelp<'h> {
    /// Words, all of which have to stand in the name, the group or the description.
    pub filter: &'h str,
    /// The settings in force, if they could be read.
    pub settings: Option<&'h Settings>,
    /// What hides the values of secrets.
    pub sanitizer: &'h Sanitizer,
    /// Settings of the application.
    pub others: &'h [HelpEntry],
}

impl fmt::Display for SettingsHelp<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<HelpEntry> = GROUPS
            .iter()
            .enumerate()
            .flat_map(|(index, _)| {
                catalog::entries()
                    .filter(move |entry| catalog::group_of(entry, GROUPS) == Some(index))
            })
            .map(HelpEntry::from)
            .chain(self.others.iter().cloned())
            .filter(|setting| self.matches(setting))
            .collect();
        let mut group = None;
        for setting in &all {
            if group != Some(&setting.group) {
                writeln!(f, "{}{}\n", if group.is_some() { "\n" } else { "" }, setting.group)?;
                group = Some(&setting.group);
            }
            self.one(f, setting)?;
        }
        if all.is_empty() {
            writeln!(f, "no setting has \"{}\" in its name, group or description", self.filter)?;
        }
        Ok(())
    }
}

impl SettingsHelp<'_> {
    fn matches(&self, setting: &HelpEntry) -> bool {
        let HelpEntry { group, name, description, .. } = setting;
        let text = format!("{group} {name} {description}").to_lowercase();
        self.filter.to_lowercase().split_whitespace().all(|word| text.contains(word))
    }

    fn one(&self, f: &mut fmt::Formatter<'_>, setting: &HelpEntry) -> fmt::Result {
        let HelpEntry { name, kind, default, description, is_secret, .. } = setting;
        let default =
            if default.is_empty() { String::new() } else { format!(", {default} by default") };
        writeln!(f, "  {name}  ({kind}{default})\n      {description}")?;
        for (name, property) in self.values(name) {
            let value = self.shown(&name, property, *is_secret);
            writeln!(f, "      now {name} = {value}  ({})", property.origin)?;
        }
        Ok(())
    }

    /// The values of a name in force: of one with a `*`, all that stand there; of a list, all items.
    fn values(&self, pattern: &str) -> Vec<(String, &Property)> {
        let Some(settings) = self.settings else { return Vec::new() };
        let mut found: Vec<(String, &Property)> = Vec::new();
        for source in settings.sources() {
            for (name, property) in source.by_canonical_name() {
                let is_known = found.iter().any(|(other, _)| other == name);
                if !is_known && catalog::is_value_of(name, pattern) {
                    found.push((name.to_owned(), property));
                }
            }
        }
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        found
    }

    fn shown(&self, name: &str, property: &Property, is_secret: bool) -> String {
        let text = if is_secret || property.holds_secret {
            Cow::Borrowed(MASK)
        } else {
            self.sanitizer.sanitize(name, &property.value)
        };
        let mut line = String::new();
        for c in text.chars() {
            // A terminal does what control characters say.
            if c.is_control() {
                let _ = write!(line, "{}", c.escape_default());
            } else {
                line.push(c);
            }
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn help(filter: &str, settings: &Settings, others: &[HelpEntry]) -> String {
        let sanitizer = Sanitizer::default();
        let help = SettingsHelp { filter, settings: Some(settings), sanitizer: &sanitizer, others };
        help.to_string()
    }

    #[test]
    fn every_name_is_shown_with_its_group_and_what_it_is_now() {
        let settings = Settings::builder()
            .environment([("SERVER_PORT", "1"), ("LOGGING_LEVEL_SHOP__DB", "debug")])
            .arguments(["--spring.boot.admin.client.password=hunter2", "--server.port=2"])
            .default_value("spring.profiles.active", "\u{1b}[2J")
            .build();
        assert!(settings.is_err(), "a profile is no place for it");
        let settings = Settings::builder()
            .environment([("SERVER_PORT", "1"), ("LOGGING_LEVEL_SHOP__DB", "debug")])
            .arguments(["--spring.boot.admin.client.password=hunter2", "--server.port=2"])
            .default_value("spring.application.name", "\u{1b}[2J")
            .build()
            .unwrap();
        let text = help("", &settings, &[]);
        for entry in catalog::entries() {
            assert!(text.contains(&format!("\n  {}  (", entry.name)), "{}", entry.name);
        }
        for part in [
            "The server\n\n  server.port  (number, 8080 by default)\n      Port of the application; \
             0 for any free one.\n      now server.port = 2  (argument --server.port)\n",
            "now logging.level.shop::db = debug  (environment variable LOGGING_LEVEL_SHOP__DB)",
            "now spring.boot.admin.client.password = ******  (argument",
            "now spring.application.name = \\u{1b}[2J  (default set by code)",
            "\n\nHealth\n\n",
        ] {
            assert!(text.contains(part), "{part}");
        }
        assert!(!text.contains("hunter2") && !text.contains('\u{1b}'));
    }

    #[test]
    fn words_filter_and_the_application_has_settings_too() {
        let settings = Settings::builder().force("shop.key", "k3y").build().unwrap();
        let own = HelpEntry {
            group: "Shop".into(),
            name: "shop.key".into(),
            kind: "text".into(),
            default: "".into(),
            description: "What opens it.".into(),
            is_secret: true,
        };
        let text = help("shop", &settings, std::slice::from_ref(&own));
        assert!(text.ends_with("Shop\n\n  shop.key  (text)\n      What opens it.\n      now shop.key = ******  (forced by code)\n"), "{text}");
        let text = help("Health TIMEOUT", &settings, &[own]);
        assert!(text.contains("actuator.health.timeout") && !text.contains("server.port"));
        assert!(help("nosuchword", &settings, &[]).starts_with("no setting has \"nosuchword\""));
    }

    #[test]
    fn the_argument_may_have_a_filter() {
        let asked = |arguments: &[&str]| asked(arguments.iter().map(|text| (*text).to_owned()));
        assert_eq!(asked(&["--help-settings"]).as_deref(), Some(""));
        assert_eq!(asked(&["--x=1", "--help-settings=health"]).as_deref(), Some("health"));
        assert_eq!(asked(&["--help-settingsx", "--", "--help-settings"]), None);
    }
}

//! The settings of Sentry: `actuator.sentry.*`, and the variables that Sentry's libraries and
//! c2cwsgiutils read.

use std::fmt;

use super::{dsn::Dsn, ignored::Ignored};
use crate::{
    settings::{FromSetting, SettingsReader, one_of},
    support::outgoing::Trust,
};

const PREFIX: &str = "actuator.sentry";
/// More lines than Sentry's own libraries send are not sent.
const MOST_BREADCRUMBS: usize = 100;

/// To which project events go, as whose, and which.
#[derive(Clone, Debug)]
pub(crate) struct SentrySettings {
    /// The project.
    pub(super) dsn: Dsn,
    /// Whom to trust as its server.
    pub(super) trust: Trust,
    /// The release, unless that of the build is to be taken.
    pub(super) release: Option<String>,
    /// The environment.
    pub(super) environment: String,
    /// The machine, unless it is to be asked for.
    pub(super) server_name: Option<String>,
    /// Tags of every event.
    pub(super) tags: Vec<(String, String)>,
    /// What is not sent.
    pub(super) ignored: Ignored,
    /// From which level on a line is an event; `None` for never.
    pub(super) level: Option<tracing::Level>,
    /// How many breadcrumbs an event has at most.
    pub(super) max_breadcrumbs: usize,
    /// Whether fields about persons are sent.
    pub(super) send_default_pii: bool,
    /// Which share of the events is sent.
    pub(super) sample_rate: Share,
    /// Which share of the requests is sent as transactions.
    pub(super) traces_sample_rate: Share,
}

impl SentrySettings {
    /// Reads them; `None` without a DSN or if it is not enabled, and then nothing else is looked
    /// at.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Option<Self> {
        let set = first_text(reader, &["actuator.sentry.dsn", "sentry.dsn", "sentry.url"]);
        let enabled = format!("{PREFIX}.enabled");
        if !reader.value_or(&enabled, set.is_some()) {
            return None;
        }
        let Some((culprit, text)) = set else {
            reader.reject(&enabled, "needs a DSN: actuator.sentry.dsn, or SENTRY_DSN");
            return None;
        };
        // It holds the key.
        let dsn = Dsn::parse(&text).map_err(|complaint| reader.reject_hidden(culprit, complaint));
        let pii =
            value(reader, &["actuator.sentry.send-default-pii", "sentry.client.send-default-pii"]);
        let rates = ["actuator.sentry.sample-rate", "sentry.client.sample-rate"];
        let traces = ["actuator.sentry.traces-sample-rate", "sentry.traces-sample-rate"];
        let settings = Self {
            trust: reader.trust(PREFIX),
            release: release(reader),
            environment: environment(reader),
            server_name: server_name(reader),
            tags: tags(reader),
            ignored: ignored(reader),
            level: value(reader, &["actuator.sentry.level", "sentry.level"])
                .map_or(Some(tracing::Level::ERROR), |LeastLevel(level)| level),
            max_breadcrumbs: max_breadcrumbs(reader),
            send_default_pii: pii.unwrap_or(false),
            sample_rate: value(reader, &rates).unwrap_or(Share(1.0)),
            traces_sample_rate: value(reader, &traces).unwrap_or(Share(0.0)),
            dsn: dsn.ok()?,
        };
        Some(settings)
    }
}

impl fmt::Display for SentrySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (origin, environment) = (self.dsn.target().origin(), &self.environment);
        let what = match self.level {
            Some(level) => format!("lines from {level} on, and panics,"),
            None => "panics".to_owned(),
        };
        write!(f, "{what} are sent to Sentry at {origin}, environment {environment}")
    }
}

/// A share of all, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Share(pub(super) f64);

impl FromSetting for Share {
    fn from_setting(text: &str) -> Result<Self, String> {
        let share = text.trim().parse().ok().filter(|share| (0.0..=1.0).contains(share));
        share.map(Self).ok_or_else(|| "expected a number from 0 to 1".to_owned())
    }
}

/// `None` for no level at all.
#[derive(Clone, Copy)]
struct LeastLevel(Option<tracing::Level>);

impl FromSetting for LeastLevel {
    fn from_setting(text: &str) -> Result<Self, String> {
        use tracing::Level;
        // Python's names too: these variables are shared with services in Python.
        let choices = [
            ("error", Some(Level::ERROR)),
            ("warn", Some(Level::WARN)),
            ("info", Some(Level::INFO)),
            ("debug", Some(Level::DEBUG)),
            ("trace", Some(Level::TRACE)),
            ("off", None),
            ("warning", Some(Level::WARN)),
            ("critical", Some(Level::ERROR)),
            ("fatal", Some(Level::ERROR)),
        ];
        one_of(text, &choices).map(Self)
    }
}

/// The first of these names that has a text which is not blank, and the text.
fn first_text(
    reader: &mut SettingsReader<'_>,
    names: &[&'static str],
) -> Option<(&'static str, String)> {
    names.iter().find_map(|name| {
        let text: String = reader.value(name)?;
        let text = text.trim();
        (!text.is_empty()).then(|| (*name, text.to_owned()))
    })
}

/// The value of the first of these names that has one.
fn value<T: FromSetting>(reader: &mut SettingsReader<'_>, names: &[&str]) -> Option<T> {
    names.iter().find_map(|name| reader.value(name))
}

fn release(reader: &mut SettingsReader<'_>) -> Option<String> {
    let names = ["actuator.sentry.release", "sentry.release", "sentry.client.release"];
    // An image that is tagged latest says nothing about what is in it.
    let (_, release) = first_text(reader, &names).filter(|(_, release)| release != "latest")?;
    Some(release)
}

fn environment(reader: &mut SettingsReader<'_>) -> String {
    let names = ["actuator.sentry.environment", "sentry.environment", "sentry.client.environment"];
    let set = first_text(reader, &names);
    let (culprit, environment) = set.unwrap_or((names[0], "production".to_owned()));
    // Sentry's own rule; it would drop the events.
    let is_bad = |c: char| c.is_whitespace() || c.is_control() || c == '/';
    if environment.chars().any(is_bad) || environment.len() > 64 {
        reader.reject(culprit, "expected at most 64 characters without spaces and slashes");
    }
    environment
}

fn server_name(reader: &mut SettingsReader<'_>) -> Option<String> {
    let names = ["actuator.sentry.server-name", "sentry.client.server-name"];
    first_text(reader, &names).map(|(_, name)| name)
}

/// Names of variables come as `data.center`, and are `data_center` as c2cwsgiutils reads them.
fn tags(reader: &mut SettingsReader<'_>) -> Vec<(String, String)> {
    let variables = reader.map("sentry.tag").into_iter();
    let variables = variables.map(|(name, value)| (name.to_lowercase().replace('.', "_"), value));
    variables.chain(reader.map("actuator.sentry.tags")).collect()
}

fn ignored(reader: &mut SettingsReader<'_>) -> Ignored {
    let mut targets = reader.list("actuator.sentry.excludes").unwrap_or_default();
    targets.extend(reader.value::<String>("sentry.excludes"));
    let names = ["actuator.sentry.ignore-exceptions", "sentry.client.ignore-exceptions"];
    let exceptions = names.iter().filter_map(|name| reader.list(name)).flatten();
    Ignored::new(&targets, exceptions.collect())
}

fn max_breadcrumbs(reader: &mut SettingsReader<'_>) -> usize {
    let names = ["actuator.sentry.max-breadcrumbs", "sentry.client.max-breadcrumbs"];
    let wanted = value(reader, &names).unwrap_or(MOST_BREADCRUMBS);
    wanted.min(MOST_BREADCRUMBS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Settings, SettingsBuilder};

    const DSN: &str = "http://0123456789abcdef@sentry.example/42";

    fn read(settings: SettingsBuilder) -> Result<Option<SentrySettings>, String> {
        let settings = settings.build().unwrap();
        let mut reader = SettingsReader::new(&settings);
        let read = SentrySettings::read(&mut reader);
        reader.finish().map(|()| read).map_err(|error| error.to_string())
    }

    fn variables(pairs: &[(&str, &str)]) -> SettingsBuilder {
        Settings::builder().environment(pairs.iter().copied())
    }

    #[test]
    fn nothing_is_sent_without_a_dsn_or_if_it_is_off() {
        for pairs in [
            &[][..],
            &[("SENTRY_DSN", " "), ("SENTRY_LEVEL", "loud")],
            &[("SENTRY_DSN", DSN), ("ACTUATOR_SENTRY_ENABLED", "false"), ("SENTRY_LEVEL", "x")],
        ] {
            assert!(read(variables(pairs)).unwrap().is_none(), "{pairs:?}");
        }
        let error = read(variables(&[("ACTUATOR_SENTRY_ENABLED", "true")])).unwrap_err();
        assert!(error.contains("actuator.sentry.dsn"), "{error}");
    }

    #[test]
    fn the_variables_of_c2cwsgiutils_are_read() {
        let read = read(variables(&[
            ("SENTRY_URL", DSN),
            ("SENTRY_CLIENT_RELEASE", "1.2.3"),
            ("SENTRY_CLIENT_ENVIRONMENT", "integration"),
            ("SENTRY_CLIENT_IGNORE_EXCEPTIONS", "SystemExit,ParseIntError"),
            ("SENTRY_CLIENT_SEND_DEFAULT_PII", "true"),
            ("SENTRY_CLIENT_MAX_BREADCRUMBS", "7"),
            ("SENTRY_CLIENT_SAMPLE_RATE", "0.5"),
            ("SENTRY_CLIENT_SERVER_NAME", "node-7"),
            ("SENTRY_TAG_DATA_CENTER", "Geneva"),
            ("SENTRY_LEVEL", "WARNING"),
            ("SENTRY_EXCLUDES", "shop::noise:other"),
            ("SENTRY_TRACES_SAMPLE_RATE", "0.25"),
        ]));
        let read = read.unwrap().unwrap();
        assert_eq!(read.dsn, Dsn::parse(DSN).unwrap());
        assert_eq!(read.release.as_deref(), Some("1.2.3"));
        assert_eq!(read.environment, "integration");
        assert_eq!(read.server_name.as_deref(), Some("node-7"));
        assert_eq!(read.tags, [("data_center".to_owned(), "Geneva".to_owned())]);
        assert_eq!((read.level, read.max_breadcrumbs), (Some(tracing::Level::WARN), 7));
        assert_eq!((read.sample_rate, read.traces_sample_rate), (Share(0.5), Share(0.25)));
        assert!(read.send_default_pii);
        assert!(read.ignored.is_excluded("shop::noise::db") && read.ignored.is_excluded("other"));
        assert!(read.ignored.is_ignored("ParseIntError", "", &[]));
    }

    #[test]
    fn our_own_names_win_over_sentrys_and_those_over_c2cwsgiutils() {
        let all = variables(&[
            ("SENTRY_URL", "https://sentry.io"),
            ("SENTRY_DSN", DSN),
            ("SENTRY_CLIENT_RELEASE", "c"),
            ("SENTRY_RELEASE", "b"),
            ("SENTRY_ENVIRONMENT", "b"),
            ("SENTRY_CLIENT_ENVIRONMENT", "c"),
        ])
        .force("actuator.sentry.environment", "a")
        .force("actuator.sentry.tags.zone", "1")
        .force("actuator.sentry.excludes[0]", "a::b");
        let read = read(all).unwrap().unwrap();
        assert_eq!((read.environment.as_str(), read.release.as_deref()), ("a", Some("b")));
        assert_eq!(read.tags, [("zone".to_owned(), "1".to_owned())]);
        assert!(read.ignored.is_excluded("a::b::c"));
    }

    #[test]
    fn a_release_that_is_latest_is_none() {
        let read = read(variables(&[("SENTRY_DSN", DSN), ("SENTRY_CLIENT_RELEASE", "latest")]));
        let read = read.unwrap().unwrap();
        assert_eq!((read.release, read.environment.as_str()), (None, "production"));
        assert_eq!((read.level, read.max_breadcrumbs), (Some(tracing::Level::ERROR), 100));
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_name_and_the_key_is_never_repeated() {
        let error = read(variables(&[("SENTRY_URL", "https://hunter2@")])).unwrap_err();
        assert!(error.contains("sentry.url (value not shown)"), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
        for (name, value) in [
            ("SENTRY_LEVEL", "LOUD"),
            ("SENTRY_CLIENT_SAMPLE_RATE", "2"),
            ("SENTRY_TRACES_SAMPLE_RATE", "-1"),
            ("SENTRY_ENVIRONMENT", "a/b"),
            ("SENTRY_CLIENT_MAX_BREADCRUMBS", "many"),
        ] {
            let error = read(variables(&[("SENTRY_DSN", DSN), (name, value)])).unwrap_err();
            assert!(error.contains(name), "{error}");
        }
    }
}

//! The settings of the webhook: `actuator.health.webhook.*`.

use std::time::Duration;

use super::template::Template;
use crate::{
    settings::SettingsReader,
    support::{
        outgoing::{Headers, HttpTarget, Trust},
        text::nearest,
    },
};

const PREFIX: &str = "actuator.health.webhook";

/// Who is told of changes of health, of which, and how.
#[derive(Clone, Debug, Default)]
pub struct WebhookSettings {
    /// `None` if nobody is told.
    pub(super) hook: Option<Hook>,
}

/// The webhook, if there is one.
#[derive(Clone, Debug)]
pub struct Hook {
    /// Where to POST.
    pub target: HttpTarget,
    /// Sent with every message.
    pub headers: Headers,
    /// Whom to trust as the receiver.
    pub trust: Trust,
    /// How long one message may take.
    pub timeout: Duration,
    /// How long a check is quiet after a failure of it was told.
    pub minimum_gap: Duration,
    /// Whether the end of a failure is told.
    pub recovery: bool,
    /// The body, instead of the built-in one.
    pub body: Option<Template>,
    /// The body at the end of a failure, instead of `body`.
    pub recovery_body: Option<Template>,
    /// The paths to tell of, each with what is below it; empty for all.
    pub checks: Vec<String>,
}

impl WebhookSettings {
    /// Reads the settings. Without a URL nothing else is looked at.
    pub fn read(reader: &mut SettingsReader<'_>) -> Self {
        let Some(url) = reader.value::<String>(&name("url")).filter(|url| !url.trim().is_empty())
        else {
            return Self::default();
        };
        let target = match HttpTarget::parse(&url) {
            Ok(target) => Some(target),
            Err(complaint) => {
                reader.reject_hidden(&name("url"), complaint);
                None
            }
        };
        let headers = reader.headers(PREFIX);
        let is_json = !headers.contains("content-type");
        let body = template(reader, "body", is_json);
        let recovery_body = template(reader, "recovery-body", is_json).or_else(|| body.clone());
        let hour = Duration::from_hours(1);
        let rest = (
            reader.trust(PREFIX),
            reader.duration_within(&name("timeout"), Duration::from_secs(5), hour),
            reader.value_or(&name("minimum-gap"), Duration::from_mins(1)),
            reader.value_or(&name("recovery"), true),
            reader.list(&name("checks")).unwrap_or_default(),
        );
        let (trust, timeout, minimum_gap, recovery, checks) = rest;
        let minimum_gap = at_most_a_year(reader, minimum_gap);
        let hook = target.map(|target| Hook {
            target,
            headers,
            trust,
            timeout,
            minimum_gap,
            recovery,
            body,
            recovery_body,
            checks,
        });
        Self { hook }
    }

    /// Remembers in the reader every path that it names and that is none of `known`: nobody would
    /// ever be told of a check whose name is mistyped.
    pub fn validate(&self, reader: &mut SettingsReader<'_>, known: &[String]) {
        let checks = self.hook.as_ref().map_or(&[][..], |hook| &hook.checks);
        for check in checks.iter().filter(|check| !known.contains(check)) {
            let near = nearest(check, known.iter().map(String::as_str));
            let hint = near.map(|near| format!(", was {near} meant?")).unwrap_or_default();
            reader.reject(&name("checks"), format!("there is no check {check}{hint}"));
        }
    }
}

impl Hook {
    /// Whether changes of this check are told.
    pub fn includes(&self, path: &str) -> bool {
        // They change with every start and stop; who wants to hear of that names them.
        const ON_PURPOSE: [&str; 2] = ["readinessState", "startupState"];
        let by_default = self.checks.is_empty() && !ON_PURPOSE.contains(&path);
        by_default
            || self.checks.iter().any(|check| {
                path.strip_prefix(&**check)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
    }
}

fn name(below: &str) -> String {
    format!("{PREFIX}.{below}")
}

/// A body is not repeated in a complaint: it may hold a token.
fn template(reader: &mut SettingsReader<'_>, below: &str, is_json: bool) -> Option<Template> {
    let text: String = reader.value(&name(below))?;
    match Template::parse(&text) {
        Ok(template) if is_json && !template.is_json() => {
            let complaint = "expected JSON, with placeholders inside of texts only; for another \
                             format set actuator.health.webhook.headers.content-type";
            reader.reject_hidden(&name(below), complaint);
            None
        }
        Ok(template) => Some(template),
        Err(complaint) => {
            reader.reject_hidden(&name(below), complaint);
            None
        }
    }
}

/// Zero is allowed: every change is told then.
fn at_most_a_year(reader: &mut SettingsReader<'_>, gap: Duration) -> Duration {
    const YEAR: Duration = Duration::from_hours(365 * 24);
    if gap > YEAR {
        reader.reject(&name("minimum-gap"), "expected at most 365d");
    }
    gap.min(YEAR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn read(settings: &[(&str, &str)]) -> Result<WebhookSettings, String> {
        let builder = settings.iter().fold(Settings::builder(), |builder, (below, value)| {
            builder.force(&name(below), *value)
        });
        let settings = builder.build().unwrap();
        let mut reader = SettingsReader::new(&settings);
        let read = WebhookSettings::read(&mut reader);
        reader.finish().map(|()| read).map_err(|error| error.to_string())
    }

    #[test]
    fn without_a_url_nobody_is_told_and_nothing_is_checked() {
        assert!(read(&[("timeout", "never"), ("body", "[[NONSENSE]]")]).unwrap().hook.is_none());
        assert!(read(&[("url", "")]).unwrap().hook.is_none());
    }

    #[test]
    fn the_defaults_are_a_minute_and_recovery() {
        let hook = read(&[("url", "http://hooks.example/x")]).unwrap().hook.unwrap();
        assert_eq!(hook.minimum_gap, Duration::from_mins(1));
        assert!(hook.recovery && hook.body.is_none() && hook.includes("anything"));
        assert!(!hook.includes("readinessState"), "it changes with every deployment");
    }

    #[test]
    fn a_check_is_told_of_with_all_below_it() {
        let hook =
            read(&[("url", "http://x"), ("checks", "db, brokers/eu")]).unwrap().hook.unwrap();
        for (path, told) in
            [("db", true), ("db/replica", true), ("dbx", false), ("brokers", false), ("x", false)]
        {
            assert_eq!(hook.includes(path), told, "{path}");
        }
    }

    #[test]
    fn a_check_that_does_not_exist_is_refused_with_the_nearest_one() {
        let settings = Settings::builder()
            .force(&name("url"), "http://x")
            .force(&name("checks"), "db, chache")
            .build()
            .unwrap();
        let mut reader = SettingsReader::new(&settings);
        let read = WebhookSettings::read(&mut reader);
        read.validate(&mut reader, &["cache".to_owned(), "db".to_owned()]);
        let error = reader.finish().unwrap_err().to_string();
        assert!(error.contains("there is no check chache, was cache meant?"), "{error}");
        assert!(!error.contains("no check db"), "{error}");
    }

    #[test]
    fn every_bad_setting_is_named_with_what_is_accepted_and_no_secret_is_repeated() {
        let error = read(&[
            ("url", "hooks.example/hunter2"),
            ("timeout", "0"),
            ("minimum-gap", "500d"),
            ("recovery", "perhaps"),
            ("body", "{\"key\":\"hunter2\",\"outage\":[[OUTAGE]]}"),
            ("recovery-body", "{\"key\":\"hunter2\",\"x\":\"[[CUASE]]\"}"),
            ("headers.bad header", "hunter2"),
            ("ca-certificate", "/nonexistent/ca.pem"),
        ])
        .unwrap_err();
        for part in [
            "webhook.url (value not shown): expected an absolute URL",
            "webhook.timeout",
            "at most 1h",
            "at most 365d",
            "expected true or false",
            "webhook.body (value not shown): expected JSON",
            "[[CAUSE]] meant?",
            "headers.bad header",
            "/nonexistent/ca.pem",
        ] {
            assert!(error.contains(part), "{part} is not in: {error}");
        }
        assert!(!error.contains("hunter2"), "{error}");
        let settings =
            [("url", "http://x/hunter2"), ("headers.x-key", "hunter2"), ("body", "\"hunter2\"")];
        let shown = format!("{:?}", read(&settings).unwrap());
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn a_body_that_is_not_json_needs_a_content_type() {
        let body = ("body", "text=[[CHECK]]");
        let form = ("headers.content-type", "application/x-www-form-urlencoded");
        assert!(read(&[("url", "http://x"), body]).is_err());
        assert!(read(&[("url", "http://x"), body, form]).is_ok());
    }
}

//! The settings of the push to a Pushgateway: `management.prometheus.metrics.export.pushgateway.*`.

use std::time::Duration;

use super::group;
use crate::{
    exposition::Format,
    settings::{FromSetting, SettingsReader, one_of},
    support::outgoing::{Authorization, HttpTarget, Trust},
};

const PREFIX: &str = "management.prometheus.metrics.export.pushgateway";
/// Where Spring Boot 2 has them.
const OLD_PREFIX: &str = "management.metrics.export.prometheus.pushgateway";
const LONGEST_RATE: Duration = Duration::from_hours(24);

/// Where metrics are pushed to, as what, and how often.
#[derive(Clone, Debug)]
pub(crate) struct PushgatewaySettings {
    /// Its address, with the path in front of `/metrics/job` if it has one.
    pub(super) base: HttpTarget,
    /// Who pushes.
    pub(super) authorization: Authorization,
    /// Whom to trust as the gateway.
    pub(super) trust: Trust,
    /// From the start of one push to the start of the next.
    pub(super) push_rate: Duration,
    /// The job of the group; that of the application's name if `None`.
    pub(super) job: Option<String>,
    /// The labels of the group beside the job.
    pub(super) grouping_key: Vec<(String, String)>,
    /// What is done last.
    pub(super) shutdown_operation: ShutdownOperation,
    /// What the body of a push is: text unless protobuf is asked for, since there are gateways
    /// that read nothing else.
    pub(super) format: Format,
}

/// What is done when the service stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ShutdownOperation {
    /// Nothing: the group stays as it is.
    None,
    /// One more push.
    Post,
    /// One more push that takes the place of the whole group.
    Put,
    /// The group is deleted.
    Delete,
}

impl PushgatewaySettings {
    /// Reads them; `None` unless it is switched on, and then nothing else is looked at.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Option<Self> {
        let prefix = if reader.map(PREFIX).is_empty() { OLD_PREFIX } else { PREFIX };
        let name = |below: &str| format!("{prefix}.{below}");
        if !reader.value_or(&name("enabled"), false) {
            return None;
        }
        let (minute, nothing) = (Duration::from_mins(1), ShutdownOperation::None);
        let base = base(reader, prefix);
        let settings = Self {
            authorization: reader.authorization(prefix),
            trust: reader.trust(prefix),
            push_rate: reader.duration_within(&name("push-rate"), minute, LONGEST_RATE),
            job: reader.value(&name("job")).filter(|job: &String| !job.trim().is_empty()),
            grouping_key: grouping_key(reader, &name("grouping-key")),
            shutdown_operation: reader.value_or(&name("shutdown-operation"), nothing),
            format: reader.value_or(&name("format"), Format::Text),
            base: base?,
        };
        Some(settings)
    }
}

/// The older `base-url`, else scheme and address.
fn base(reader: &mut SettingsReader<'_>, prefix: &str) -> Option<HttpTarget> {
    let [url, address, scheme] =
        ["base-url", "address", "scheme"].map(|below| format!("{prefix}.{below}"));
    let set: Option<String> = reader.value(&url);
    let (culprit, read) = if let Some(text) = set.filter(|url| !url.trim().is_empty()) {
        (url, HttpTarget::parse(&text))
    } else {
        let scheme = reader.value_or(&scheme, Scheme::Http);
        let host = reader.value_or(&address, "localhost:9091".to_owned());
        (address, at(scheme, host.trim()))
    };
    // It may hold a password.
    read.map_err(|complaint| reader.reject_hidden(&culprit, complaint)).ok()
}

fn at(scheme: Scheme, address: &str) -> Result<HttpTarget, String> {
    let text = format!("{}://{address}", scheme.text());
    let read = Some(()).filter(|()| !address.contains(['/', '@', '?', '#', '\\']));
    let read = read.ok_or_else(|| "no path and no credentials".to_owned());
    read.and_then(|()| HttpTarget::parse(&text))
        .map_err(|why| format!("expected a host and a port such as localhost:9091 ({why})"))
}

fn grouping_key(reader: &mut SettingsReader<'_>, prefix: &str) -> Vec<(String, String)> {
    let labels = reader.map(prefix);
    for (label, _) in &labels {
        if let Some(complaint) = group::complaint(label) {
            reader.reject(&format!("{prefix}.{label}"), complaint);
        }
    }
    labels
}

#[derive(Clone, Copy)]
enum Scheme {
    Http,
    Https,
}

impl Scheme {
    fn text(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

impl FromSetting for Scheme {
    fn from_setting(text: &str) -> Result<Self, String> {
        one_of(text, &[("http", Self::Http), ("https", Self::Https)])
    }
}

impl FromSetting for Format {
    fn from_setting(text: &str) -> Result<Self, String> {
        one_of(text, &[("text", Self::Text), ("protobuf", Self::Protobuf)])
    }
}

impl FromSetting for ShutdownOperation {
    fn from_setting(text: &str) -> Result<Self, String> {
        let choices = [
            ("none", Self::None),
            ("post", Self::Post),
            ("put", Self::Put),
            ("delete", Self::Delete),
            // Its name in Spring Boot 2.
            ("push", Self::Post),
        ];
        one_of(text, &choices)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn read(settings: &[(&str, &str)]) -> Result<Option<PushgatewaySettings>, String> {
        let builder = settings
            .iter()
            .fold(Settings::builder(), |builder, (name, value)| builder.force(name, *value));
        let settings = builder.build().unwrap();
        let mut reader = SettingsReader::new(&settings);
        let read = PushgatewaySettings::read(&mut reader);
        reader.finish().map(|()| read).map_err(|error| error.to_string())
    }

    fn below(settings: &[(&str, &str)]) -> Result<Option<PushgatewaySettings>, String> {
        let names = settings.iter().map(|(below, value)| (format!("{PREFIX}.{below}"), *value));
        let names: Vec<_> = names.collect();
        read(&names.iter().map(|(name, value)| (&**name, *value)).collect::<Vec<_>>())
    }

    #[test]
    fn nothing_is_pushed_unless_that_is_switched_on() {
        assert!(read(&[]).unwrap().is_none());
        assert!(below(&[("address", "no address")]).unwrap().is_none());
    }

    #[test]
    fn the_defaults_are_springs() {
        let read = below(&[("enabled", "true")]).unwrap().unwrap();
        assert_eq!(read.base.shown(), "http://localhost:9091/");
        assert_eq!(read.push_rate, Duration::from_mins(1));
        assert_eq!(read.shutdown_operation, ShutdownOperation::None);
        assert_eq!(read.format, Format::Text);
        assert!(read.job.is_none() && read.grouping_key.is_empty());
    }

    #[test]
    fn a_configuration_of_spring_is_understood() {
        let read = below(&[
            ("enabled", "true"),
            ("address", "gateway:9091"),
            ("format", "PROTOBUF"),
            ("pushRate", "10s"),
            ("job", "batch"),
            ("groupingKey.instance", "a/b"),
            ("shutdown_operation", "DELETE"),
        ]);
        let read = read.unwrap().unwrap();
        assert_eq!(read.base.shown(), "http://gateway:9091/");
        assert_eq!((read.push_rate, read.job.as_deref()), (Duration::from_secs(10), Some("batch")));
        assert_eq!(read.grouping_key, [("instance".to_owned(), "a/b".to_owned())]);
        assert_eq!(read.shutdown_operation, ShutdownOperation::Delete);
        assert_eq!(read.format, Format::Protobuf);
    }

    #[test]
    fn so_is_one_of_spring_boot_2() {
        let read = read(&[
            (&format!("{OLD_PREFIX}.enabled"), "true"),
            (&format!("{OLD_PREFIX}.base-url"), "http://gateway:9091/below/"),
            (&format!("{OLD_PREFIX}.shutdown-operation"), "push"),
        ]);
        let read = read.unwrap().unwrap();
        assert_eq!(read.base.below("/metrics").shown(), "http://gateway:9091/below/metrics");
        assert_eq!(read.shutdown_operation, ShutdownOperation::Post);
    }

    #[test]
    fn every_bad_value_is_named_and_no_secret_is_repeated() {
        let error = below(&[
            ("enabled", "true"),
            ("base-url", "gateway/hunter2"),
            ("token", "hunter2"),
            ("password", "hunter2"),
            ("push-rate", "0"),
            ("format", "xml"),
            ("shutdown-operation", "explode"),
            ("grouping-key.my-label", "x"),
            ("grouping-key.job", "x"),
        ])
        .unwrap_err();
        for part in [
            "base-url (value not shown): expected an absolute URL",
            "either a token or username and password",
            "push-rate",
            "expected one of text, protobuf",
            "expected one of none, post, put, delete, push",
            "my-label",
            "the job is set beside the grouping key",
        ] {
            assert!(error.contains(part), "{part} is not in: {error}");
        }
        assert!(!error.contains("hunter2"), "{error}");
        let secrets = [("enabled", "true"), ("username", "u"), ("password", "hunter2")];
        assert!(!format!("{:?}", below(&secrets)).contains("hunter2"));
    }

    #[test]
    fn an_address_that_is_none_is_refused() {
        for address in ["", "a b", "http://gateway:9091"] {
            let error = below(&[("enabled", "true"), ("address", address)]).unwrap_err();
            assert!(error.contains("a host and a port such as localhost:9091"), "{error}");
        }
    }
}

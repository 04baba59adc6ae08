//! What can be set about statsd: Spring's names, and c2cwsgiutils' variables.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use super::{naming::Style, target::Target};
use crate::{
    meter::Tag,
    settings::{FromSetting, SettingsReader, one_of},
};

const PREFIX: &str = "management.statsd.metrics.export";
const HOST: &str = "management.statsd.metrics.export.host";
/// `STATSD_ADDRESS`, as the relaxed binding of variables reads it.
const ADDRESS: &str = "statsd.address";
/// What each statsd server listens on.
const PORT: u16 = 8125;
/// Spring's: it leaves room for the headers of tunnels and overlay networks below 1500.
const MAX_PACKET_LENGTH: usize = 1400;
/// The most that UDP carries.
const LONGEST_PACKET: usize = 65_507;
/// Below this no line of ours fits.
const SHORTEST_PACKET: usize = 256;

/// To whom meters are sent, how often and in which form.
#[derive(Clone, Debug)]
pub(crate) struct StatsdSettings {
    /// Who collects.
    pub(super) target: Target,
    /// How names and tags are written.
    pub(super) style: Style,
    /// In front of every name, with a dot behind it; or empty.
    pub(super) prefix: String,
    /// Tags of every line, unless the series has the same itself.
    pub(super) tags: Vec<Tag>,
    /// Time between two steps.
    pub(super) polling_frequency: Duration,
    /// Bytes of one datagram.
    pub(super) max_packet_length: usize,
    /// Whether gauges that have not changed are sent again.
    pub(super) publish_unchanged: bool,
    /// Whether several lines share a datagram.
    pub(super) buffered: bool,
    /// Whether pymicro's counter of requests is sent, too.
    pub(super) pymicro: bool,
}

impl StatsdSettings {
    /// Reads them; `None` if nothing is to be sent: neither enabled, nor a host or an address set.
    /// A collector that would be one of the service's own `listeners` is refused.
    pub(crate) fn read(reader: &mut SettingsReader<'_>, listeners: &[SocketAddr]) -> Option<Self> {
        let host = text(reader, HOST);
        let address = text(reader, ADDRESS);
        let enabled = reader.value::<bool>(&name("enabled"));
        if !enabled.unwrap_or(host.is_some() || address.is_some()) {
            return None;
        }
        let by_address = host.is_none() && address.is_some();
        let target = if by_address {
            read_address(reader, &address.unwrap_or_default())
        } else {
            read_target(reader, host)
        };
        let setting = if by_address { ADDRESS } else { HOST };
        if let Some(listener) = listeners.iter().find(|listener| target.is_at(**listener)) {
            reader.reject(setting, format_args!(
                "{listener} is where this service itself listens; name the statsd server's address"
            ));
        }
        let flavor = reader.value::<Style>(&name("flavor"));
        let use_tags = reader.value_or("statsd.use-tags", false);
        let implied = if by_address { Style::C2c { tags: use_tags } } else { Style::Datadog };
        let second = Duration::from_secs(1);
        Some(Self {
            target,
            style: flavor.unwrap_or(implied),
            prefix: prefix(text(reader, "statsd.prefix").as_deref()),
            tags: tags(reader),
            polling_frequency: reader.duration_within(
                &name("polling-frequency"),
                second * 10,
                second * 3600,
            ),
            max_packet_length: packet_length(reader),
            publish_unchanged: reader.value_or(&name("publish-unchanged-meters"), true),
            buffered: reader.value_or(&name("buffered"), true),
            pymicro: reader.value_or("actuator.compat.pymicro.enabled", false),
        })
    }

    /// Whether the keys are c2cwsgiutils', which hold the scheme and the port of calls.
    pub(crate) fn need_origins(&self) -> bool {
        matches!(self.style, Style::C2c { .. })
    }
}

/// How datagrams travel.
#[derive(Clone, Copy)]
enum Protocol {
    Udp,
    Unix,
    Tcp,
}

impl FromSetting for Protocol {
    fn from_setting(text: &str) -> Result<Self, String> {
        let choices = [("udp", Self::Udp), ("uds-datagram", Self::Unix), ("tcp", Self::Tcp)];
        one_of(text, &choices)
    }
}

impl FromSetting for Style {
    fn from_setting(text: &str) -> Result<Self, String> {
        let choices =
            [("datadog", Self::Datadog), ("etsy", Self::Etsy), ("telegraf", Self::Telegraf)];
        one_of(text, &choices)
    }
}

fn name(last: &str) -> String {
    format!("{PREFIX}.{last}")
}

/// A text that is not blank.
fn text(reader: &mut SettingsReader<'_>, name: &str) -> Option<String> {
    let text: String = reader.value(name)?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Host, port and protocol by Spring's names. With `uds-datagram` the host is a path, as there.
fn read_target(reader: &mut SettingsReader<'_>, host: Option<String>) -> Target {
    let protocol = reader.value_or(&name("protocol"), Protocol::Udp);
    let port = reader.value_or(&name("port"), PORT);
    if port == 0 {
        reader.reject(&name("port"), "expected the port of the statsd server, such as 8125");
    }
    match protocol {
        Protocol::Unix => {
            let path = host.unwrap_or_default();
            if !cfg!(unix) || !path.starts_with('/') {
                reader.reject(
                    HOST,
                    "expected the path of a socket, because the protocol is \
                     uds-datagram",
                );
            }
            Target::Unix(PathBuf::from(path))
        }
        Protocol::Udp => Target::udp(host.as_deref().unwrap_or("localhost"), port),
        Protocol::Tcp => {
            reader.reject(&name("protocol"), "statsd is not sent over TCP; use udp");
            Target::udp(host.as_deref().unwrap_or("localhost"), port)
        }
    }
}

/// `host:port`, `[::1]:8125`, or a bare host.
fn read_address(reader: &mut SettingsReader<'_>, address: &str) -> Target {
    Target::parse(address, PORT).unwrap_or_else(|| {
        reader.reject(ADDRESS, "expected host:port, such as localhost:8125 or [::1]:8125");
        Target::udp("localhost", PORT)
    })
}

fn packet_length(reader: &mut SettingsReader<'_>) -> usize {
    let name = name("max-packet-length");
    let length = reader.value_or(&name, MAX_PACKET_LENGTH);
    if !(SHORTEST_PACKET..=LONGEST_PACKET).contains(&length) {
        reader.reject(
            &name,
            format_args!("expected from {SHORTEST_PACKET} to {LONGEST_PACKET} bytes"),
        );
    }
    length
}

fn prefix(text: Option<&str>) -> String {
    match text.map(|text| text.trim_end_matches('.')) {
        None | Some("") => String::new(),
        Some(text) => {
            let keep =
                |c: char| if c.is_ascii_alphanumeric() || "_.-".contains(c) { c } else { '_' };
            format!("{}.", text.chars().map(keep).collect::<String>())
        }
    }
}

/// `STATSD_TAG_{name}`, as c2cwsgiutils reads it: the name in lower case, underscores kept.
fn tags(reader: &mut SettingsReader<'_>) -> Vec<Tag> {
    let tags = reader.map("statsd.tag").into_iter();
    tags.map(|(key, value)| Tag::new(key.to_lowercase().replace('.', "_"), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Settings, SettingsBuilder};

    fn read(settings: SettingsBuilder) -> Result<Option<StatsdSettings>, String> {
        let settings = settings.build().unwrap();
        let mut reader = SettingsReader::new(&settings);
        let listeners = ["127.0.0.1:8080".parse().unwrap()];
        let read = StatsdSettings::read(&mut reader, &listeners);
        reader.finish().map(|()| read).map_err(|error| error.to_string())
    }

    fn set(pairs: &[(&str, &str)]) -> SettingsBuilder {
        pairs.iter().fold(Settings::builder(), |settings, (name, value)| {
            settings.force(&format!("{PREFIX}.{name}"), *value)
        })
    }

    fn variables(pairs: &[(&str, &str)]) -> SettingsBuilder {
        Settings::builder().environment(pairs.iter().copied())
    }

    #[test]
    fn nothing_is_sent_unless_somebody_says_where_or_enables_it() {
        assert!(read(Settings::builder()).unwrap().is_none());
        assert!(read(set(&[("host", "h"), ("enabled", "false")])).unwrap().is_none());
        let read = read(set(&[("enabled", "true")])).unwrap().unwrap();
        assert_eq!(read.target, Target::udp("localhost", 8125));
        assert_eq!(read.style, Style::Datadog);
        assert_eq!((read.max_packet_length, read.polling_frequency.as_secs()), (1400, 10));
    }

    #[test]
    fn springs_names_are_read() {
        let read = read(set(&[
            ("host", "::1"),
            ("port", "9125"),
            ("flavor", "ETSY"),
            ("polling-frequency", "2s"),
            ("max-packet-length", "512"),
            ("publish-unchanged-meters", "false"),
            ("buffered", "false"),
        ]));
        let read = read.unwrap().unwrap();
        assert_eq!((read.target, read.style), (Target::udp("::1", 9125), Style::Etsy));
        assert_eq!((read.polling_frequency.as_secs(), read.max_packet_length), (2, 512));
        assert!(!read.publish_unchanged && !read.buffered);
    }

    #[test]
    fn the_variables_of_c2cwsgiutils_are_aliases() {
        let read = read(variables(&[
            ("STATSD_ADDRESS", "[::1]:9125"),
            ("STATSD_PREFIX", "shop"),
            ("STATSD_USE_TAGS", "1"),
            ("STATSD_TAG_DATA_CENTER", "a:b"),
            // Kubernetes sets these for a service of this name.
            ("STATSD_PORT", "tcp://10.0.0.1:8125"),
            ("STATSD_SERVICE_HOST", "10.0.0.1"),
        ]));
        let read = read.unwrap().unwrap();
        assert_eq!(read.target, Target::udp("::1", 9125));
        assert_eq!(read.style, Style::C2c { tags: true });
        assert_eq!(
            (read.prefix.as_str(), read.tags),
            ("shop.", vec![Tag::new("data_center", "a:b")])
        );
    }

    #[test]
    fn a_collector_that_is_the_service_itself_refuses_the_start() {
        for own in ["127.0.0.1:8080", "localhost:8080", "0.0.0.0:8080"] {
            let error = read(variables(&[("STATSD_ADDRESS", own)])).unwrap_err();
            assert!(error.contains("STATSD_ADDRESS") && error.contains("itself"), "{error}");
        }
        assert!(read(variables(&[("STATSD_ADDRESS", "127.0.0.1:8125")])).is_ok());
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_name() {
        for (name, value) in [
            ("port", "0"),
            ("protocol", "tcp"),
            ("flavor", "sysdig"),
            ("max-packet-length", "10"),
            ("polling-frequency", "0s"),
        ] {
            let error = read(set(&[("enabled", "true"), (name, value)])).unwrap_err();
            assert!(error.contains(&format!("{PREFIX}.{name}")), "{error}");
        }
        let error = read(variables(&[("STATSD_ADDRESS", "host:port"), ("STATSD_USE_TAGS", "x")]));
        let error = error.unwrap_err();
        assert!(error.contains("host:port") && error.contains("STATSD_USE_TAGS"), "{error}");
    }
}

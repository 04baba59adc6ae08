//! To which syslog server lines are sent, and how, by setting.

use super::address::Address;
use crate::settings::{DataSize, FromSetting, SettingsReader, one_of};

const ADDRESS: &str = "actuator.logging.syslog.address";
const FORMAT: &str = "actuator.logging.syslog.format";
const FACILITY: &str = "actuator.logging.syslog.facility";
const MAX_LENGTH: &str = "actuator.logging.syslog.max-message-size";
/// A little less than rsyslog takes by default (its `maxMessageSize` is 8096).
const DEFAULT_LENGTH: usize = 8_000;
/// What every receiver of RFC 5424 has to take.
const SHORTEST: usize = 480;
/// The most that UDP carries.
const LONGEST: usize = 65_507;

/// To whom lines are sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SyslogSettings {
    pub(super) address: Address,
    /// What stands in a message.
    pub(crate) format: SyslogFormat,
    pub(super) facility: Facility,
    /// Bytes of one message, its head included.
    pub(super) max_length: usize,
}

/// What stands in a message behind its head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SyslogFormat {
    /// `@cee: ` and a line of JSON: the sink has to be given JSON with c2cwsgiutils' fields.
    Cee,
    /// A line of text.
    Text,
}

/// Which part of the system a message is from: RFC 5424, section 6.2.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Facility(pub(super) u8);

impl SyslogSettings {
    /// Reads them; `None` if no address is set.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Option<Self> {
        let max_length = max_length(reader);
        let format = reader.value_or(FORMAT, SyslogFormat::Cee);
        let facility = reader.value_or(FACILITY, Facility(1));
        let address = reader.value(ADDRESS)?;
        Some(Self { address, format, facility, max_length })
    }
}

fn max_length(reader: &mut SettingsReader<'_>) -> usize {
    let default = DataSize(DEFAULT_LENGTH.try_into().unwrap_or(u64::MAX));
    let length = reader.value_or(MAX_LENGTH, default).0;
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    if !(SHORTEST..=LONGEST).contains(&length) {
        reader.reject(MAX_LENGTH, format_args!("expected from {SHORTEST} to {LONGEST} bytes"));
    }
    length
}

impl FromSetting for SyslogFormat {
    fn from_setting(text: &str) -> Result<Self, String> {
        one_of(text, &[("cee", Self::Cee), ("text", Self::Text)])
    }
}

impl FromSetting for Facility {
    fn from_setting(text: &str) -> Result<Self, String> {
        const NAMES: [(&str, u8); 20] = [
            ("kern", 0),
            ("user", 1),
            ("mail", 2),
            ("daemon", 3),
            ("auth", 4),
            ("syslog", 5),
            ("lpr", 6),
            ("news", 7),
            ("uucp", 8),
            ("cron", 9),
            ("authpriv", 10),
            ("ftp", 11),
            ("local0", 16),
            ("local1", 17),
            ("local2", 18),
            ("local3", 19),
            ("local4", 20),
            ("local5", 21),
            ("local6", 22),
            ("local7", 23),
        ];
        one_of(text, &NAMES).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn read(pairs: &[(&str, &str)]) -> Result<Option<SyslogSettings>, String> {
        let builder = pairs.iter().fold(Settings::builder(), |b, (k, v)| b.force(k, *v));
        let settings = builder.build().unwrap();
        let mut reader = SettingsReader::new(&settings);
        let read = SyslogSettings::read(&mut reader);
        reader.finish().map(|()| read).map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_is_sent_unless_somebody_says_where() {
        assert_eq!(read(&[(FORMAT, "text"), (FACILITY, "local7")]), Ok(None));
        let settings = read(&[(ADDRESS, "udp://logs:514")]).unwrap().unwrap();
        assert_eq!((settings.format, settings.facility), (SyslogFormat::Cee, Facility(1)));
        assert_eq!(settings.max_length, 8_000);
    }

    #[test]
    fn every_setting_is_read_and_refused_by_name() {
        let settings = read(&[
            (ADDRESS, "unix:///dev/log"),
            (FORMAT, "TEXT"),
            (FACILITY, "local3"),
            (MAX_LENGTH, "2KB"),
        ]);
        let settings = settings.unwrap().unwrap();
        assert_eq!((settings.format, settings.facility), (SyslogFormat::Text, Facility(19)));
        assert_eq!(settings.max_length, 2048);
        for (name, value) in
            [(ADDRESS, "logs"), (FORMAT, "json"), (FACILITY, "local8"), (MAX_LENGTH, "100")]
        {
            let error = read(&[(name, value)]).unwrap_err();
            assert!(error.contains(name), "{error}");
        }
    }
}

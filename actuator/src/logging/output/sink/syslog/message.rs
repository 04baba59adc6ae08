//! One line as a message of syslog: RFC 5424 over the network, and over a socket of this machine
//! the older form that its daemons expect there.

use std::{borrow::Cow, fmt::Write as _, ops::Range, process, time::SystemTime};

use tracing::Level;

use super::{
    cut,
    settings::{SyslogFormat, SyslogSettings},
};
use crate::{
    logging::output::sink::Formatted,
    support::{text::shortened, time::printable},
};

/// By what receivers know that JSON follows: Common Event Expression.
const COOKIE: &str = "@cee: ";
/// RFC 5424, section 6: the longest APP-NAME, and the longest HOSTNAME.
const LONGEST_NAME: usize = 48;
const LONGEST_HOST: usize = 255;

/// Writes messages. What is the same in all of them is kept.
#[derive(Debug)]
pub(super) struct Messages {
    format: SyslogFormat,
    form: Form,
    /// The facility times eight.
    facility: u16,
    host: String,
    name: String,
    process: u32,
    max_length: usize,
}

/// The form of a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `<14>1 2026-11-21T09:22:08.338Z web-1 shop 4242 - - ` (RFC 5424)
    Network,
    /// `<14>Nov 21 09:22:08 shop[4242]: `, in UTC, as the C library writes to `/dev/log`.
    Local,
}

impl Messages {
    /// Messages of this application on this machine.
    pub(super) fn new(
        settings: &SyslogSettings,
        form: Form,
        application: &str,
        host: &str,
    ) -> Self {
        Self {
            format: settings.format,
            form,
            facility: u16::from(settings.facility.0) * 8,
            host: plain(host, LONGEST_HOST),
            name: plain(application, LONGEST_NAME),
            process: process::id(),
            max_length: settings.max_length,
        }
    }

    /// A line as a message without an end. One that is too long is cut; JSON stays JSON.
    pub(super) fn message(&self, line: &Formatted<'_>, now: SystemTime) -> String {
        let mut message = self.head(line.level, now);
        let text = line.text.trim_end_matches(['\n', '\r']);
        match self.format {
            SyslogFormat::Cee => {
                message.push_str(COOKIE);
                let room = self.max_length.saturating_sub(message.len());
                message.push_str(&cut::fit(text, room));
            }
            SyslogFormat::Text => {
                let room = self.max_length.saturating_sub(message.len());
                message.push_str(shortened(&one_line(text), room));
            }
        }
        message
    }

    fn head(&self, level: Level, now: SystemTime) -> String {
        let Self { host, name, process, .. } = self;
        let priority = self.facility + severity(level);
        let time = humantime::format_rfc3339_millis(printable(now)).to_string();
        match self.form {
            Form::Network => format!("<{priority}>1 {time} {host} {name} {process} - - "),
            Form::Local => format!("<{priority}>{} {name}[{process}]: ", short_time(&time)),
        }
    }
}

/// As c2cwsgiutils maps levels. What is critical there (2) is no level here.
fn severity(level: Level) -> u16 {
    match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        _ => 7,
    }
}

/// `Nov 21 09:22:08` from `2026-11-21T09:22:08.338Z`.
fn short_time(time: &str) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let number = |range: Range<usize>| time.get(range)?.parse::<usize>().ok();
    let month = number(5..7).and_then(|month| MONTHS.get(month.saturating_sub(1)));
    let (day, clock) = (number(8..10).unwrap_or(1), time.get(11..19).unwrap_or_default());
    format!("{} {day:>2} {clock}", month.unwrap_or(&"Jan"))
}

/// A name as both forms accept it: printable ASCII without what ends it.
fn plain(name: &str, longest: usize) -> String {
    let keep = |c: char| if c.is_ascii_graphic() && !":[]".contains(c) { c } else { '_' };
    let name: String = name.chars().take(longest).map(keep).collect();
    if name.is_empty() { "-".to_owned() } else { name }
}

/// Control characters as rsyslog writes them, so that a message is one line for everybody.
fn one_line(text: &str) -> Cow<'_, str> {
    let is_control = |c: char| c.is_ascii_control() && c != '\t';
    if !text.contains(is_control) {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_control(c) {
            // Writing to a String cannot fail.
            let _ = write!(line, "#{:03o}", u32::from(c));
        } else {
            line.push(c);
        }
    }
    Cow::Owned(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        settings::{Settings, SettingsReader},
        support::offset_date_time::parse_offset_date_time,
    };

    fn message(form: Form, more: &[(&str, &str)], name: &str, level: Level, text: &str) -> String {
        let builder = Settings::builder().force("actuator.logging.syslog.address", "udp://h:1");
        let builder = more.iter().fold(builder, |builder, (name, value)| {
            builder.force(&format!("actuator.logging.syslog.{name}"), *value)
        });
        let settings = builder.build().unwrap();
        let settings = SyslogSettings::read(&mut SettingsReader::new(&settings)).unwrap();
        let now = parse_offset_date_time("2026-11-02T09:22:08.338Z").unwrap();
        let messages = Messages::new(&settings, form, name, "web-1");
        let message = messages.message(&Formatted { level, text }, now);
        message.replace(&process::id().to_string(), "PID")
    }

    #[test]
    fn messages_have_the_heads_that_receivers_expect() {
        let json = "{\"msg\":\"hi\"}\n";
        assert_eq!(
            message(Form::Network, &[], "shop", Level::INFO, json),
            "<14>1 2026-11-02T09:22:08.338Z web-1 shop PID - - @cee: {\"msg\":\"hi\"}"
        );
        assert_eq!(
            message(Form::Local, &[("facility", "local0")], "shop", Level::ERROR, json),
            "<131>Nov  2 09:22:08 shop[PID]: @cee: {\"msg\":\"hi\"}"
        );
    }

    #[test]
    fn levels_have_the_severities_of_syslog() {
        for (level, priority) in [
            (Level::ERROR, "<11>"),
            (Level::WARN, "<12>"),
            (Level::INFO, "<14>"),
            (Level::DEBUG, "<15>"),
            (Level::TRACE, "<15>"),
        ] {
            let message = message(Form::Network, &[], "shop", level, "{}\n");
            assert!(message.starts_with(priority), "{message}");
        }
    }

    #[test]
    fn a_name_cannot_end_the_head_early() {
        let message = message(Form::Local, &[], "my shop[1]: é", Level::INFO, "{}\n");
        assert!(message.starts_with("<14>Nov  2 09:22:08 my_shop_1____[PID]: @cee: "), "{message}");
    }

    #[test]
    fn a_text_of_several_lines_is_one_message_and_is_cut_between_characters() {
        let format = ("format", "text");
        let text = "a\tb\nc\u{1b}d\n";
        let short = message(Form::Network, &[format], "shop", Level::INFO, text);
        assert!(short.ends_with(" - - a\tb#012c#033d"), "{short}");
        let long = "é".repeat(1_000);
        let limit = ("max-message-size", "480B");
        let cut = message(Form::Network, &[format, limit], "shop", Level::INFO, &long);
        let length = cut.replace("PID", &process::id().to_string()).len();
        assert!((479..=480).contains(&length), "{length}: {cut}");
    }

    #[test]
    fn json_that_is_too_long_stays_json() {
        let long = format!("{{\"level_name\":\"INFO\",\"msg\":\"{}\"}}\n", "é\\n".repeat(2_000));
        let limit = ("max-message-size", "480B");
        let cut = message(Form::Network, &[limit], "shop", Level::INFO, &long);
        let (_, json) = cut.split_once("@cee: ").unwrap();
        let json: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(json["level_name"], "INFO");
        assert!(json["msg"].as_str().unwrap().starts_with("é\né\n"), "{json}");
        let length = cut.replace("PID", &process::id().to_string()).len();
        assert!((400..=480).contains(&length), "{length}: {cut}");
    }
}

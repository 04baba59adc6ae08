//! Cron expressions as Spring writes them, in a time zone. croner reads and searches them; what
//! Spring spells otherwise is translated before.
//!
//! Where clocks are set forward, a time of day that does not exist is the first moment after the gap;
//! where they are set back, a fixed time of day comes once, the first time, and a repeating one
//! (`*/10`) goes on through both hours.

use std::time::SystemTime;

use croner::{
    Cron,
    parser::{CronParser, Seconds, Year},
};
use jiff::{Timestamp, Zoned, fmt::temporal::DateTimeParser, tz::TimeZone};

/// Spring's macros.
const MACROS: [(&str, &str); 7] = [
    ("@yearly", "0 0 0 1 1 *"),
    ("@annually", "0 0 0 1 1 *"),
    ("@monthly", "0 0 0 1 * *"),
    ("@weekly", "0 0 0 * * 0"),
    ("@daily", "0 0 0 * * *"),
    ("@midnight", "0 0 0 * * *"),
    ("@hourly", "0 0 * * * *"),
];
const FIELDS: &str = "second, minute, hour, day of month, month, day of week";

/// A cron expression in its zone.
#[derive(Clone, Debug)]
pub struct CronExpression {
    text: String,
    cron: Cron,
    zone: TimeZone,
    named: Option<String>,
}

impl CronExpression {
    /// Reads an expression of six fields, or one of Spring's macros. Without a zone it is that of
    /// the machine. The error says what is wrong.
    pub fn parse(expression: &str, zone: Option<&str>) -> Result<Self, String> {
        let text = expression.trim();
        let known = MACROS.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
        let fields = known.map_or(text, |(_, fields)| *fields);
        let count = fields.split_whitespace().count();
        if count != 6 {
            return Err(format!(
                "cron \"{expression}\" has {count} field(s) and not 6: {FIELDS}, such as \
                 0 0 3 * * MON-FRI, or @daily"
            ));
        }
        let parser = CronParser::builder()
            .seconds(Seconds::Required)
            .year(Year::Disallowed)
            .dom_and_dow(true)
            // `0/15` is every 15 from 0 on.
            .sloppy_ranges(true)
            .build();
        let cron = parser
            .parse(fields)
            .map_err(|error| format!("cron \"{expression}\" ({FIELDS}) cannot be read: {error}"))?;
        let named = zone.map(str::trim).filter(|zone| !zone.is_empty());
        let zone = named.map_or_else(|| Ok(TimeZone::system()), known_zone)?;
        Ok(Self { text: text.to_owned(), cron, zone, named: named.map(str::to_owned) })
    }

    /// The next time after `after`; `None` if there is none.
    pub fn next_after(&self, after: SystemTime) -> Option<SystemTime> {
        let after = Timestamp::try_from(after).ok()?;
        let after = Zoned::new(after, self.zone.clone());
        let next = self.cron.find_next_occurrence(&after, false).ok()?;
        Some(next.timestamp().into())
    }

    /// The expression, as it was given.
    pub fn expression(&self) -> &str {
        &self.text
    }

    /// The zone that was named; `None` for that of the machine.
    pub fn zone(&self) -> Option<&str> {
        self.named.as_deref()
    }
}

fn known_zone(name: &str) -> Result<TimeZone, String> {
    TimeZone::get(name).or_else(|_| DateTimeParser::new().parse_time_zone(name)).map_err(|_| {
        format!(
            "\"{name}\" is no known time zone: expected one such as Europe/Zurich, UTC or +02:00"
        )
    })
}

#[cfg(test)]
#[path = "cron_tests.rs"]
mod tests;

//! Days of the calendar as callers of Spring's API write them: Java's `ISO_LOCAL_DATE`.

use std::fmt;

use super::offset_date_time::year_month_day;

/// A day of the calendar, without a time and a zone; Java's class of that name. As JSON it is
/// written as it is read: `2026-08-21`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalDate {
    year: u16,
    month: u8,
    day: u8,
}

impl LocalDate {
    /// Reads `yyyy-MM-dd`; `None` for all else, and for days that no calendar has.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month, day) = year_month_day(text)?;
        Some(Self {
            year: year.try_into().ok()?,
            month: month.try_into().ok()?,
            day: day.try_into().ok()?,
        })
    }

    /// The year, 0 to 9999.
    #[must_use]
    pub fn year(self) -> u16 {
        self.year
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, from 1.
    #[must_use]
    pub fn day(self) -> u8 {
        self.day
    }
}

impl fmt::Display for LocalDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl serde::Serialize for LocalDate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_calendar_are_read_and_written_alike_and_in_their_order() {
        let days = ["0000-02-29", "1999-12-31", "2024-02-29", "2026-08-21", "9999-12-31"];
        let read = days.map(|text| LocalDate::parse(text).unwrap());
        assert_eq!(read.map(|day| day.to_string()), days);
        assert!(read.is_sorted());
        assert_eq!((read[3].year(), read[3].month(), read[3].day()), (2026, 8, 21));
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in [
            "",
            "2026-02-29",
            "2026-04-31",
            "2026-13-01",
            "2026-00-10",
            "2026-08-00",
            "2026-8-21",
            "26-08-21",
            "+2026-08-21",
            "2026-08-21T00:00:00Z",
            "2026-08-21 ",
            "21.08.2026",
        ] {
            assert_eq!(LocalDate::parse(text), None, "{text}");
        }
    }
}

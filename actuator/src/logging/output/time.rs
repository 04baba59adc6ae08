//! When a line was written: always UTC, with its zone.

use std::{
    fmt::Write as _,
    time::{SystemTime, UNIX_EPOCH},
};

/// A moment. Date and time of day are written once in a second, since lines come in crowds.
#[derive(Debug, Default)]
pub(super) struct Stamp {
    /// `2026-11-21T09:22:08`, of `second`; empty at first.
    date: String,
    /// Since 1970.
    second: u64,
    nanos: u32,
}

impl Stamp {
    /// Moves to this moment; before 1970 is 1970.
    pub(super) fn set(&mut self, at: SystemTime) {
        let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
        self.nanos = since.subsec_nanos();
        if self.date.is_empty() || self.second != since.as_secs() {
            self.second = since.as_secs();
            self.date.clear();
            // Writing to a String cannot fail; years behind 9999 have no such form and stay out.
            let _ = write!(self.date, "{}", humantime::format_rfc3339_seconds(at.max(UNIX_EPOCH)));
            self.date.truncate(19);
        }
    }

    /// `2026-11-21T09:22:08.338Z`.
    pub(super) fn push_millis(&self, to: &mut String) {
        to.push_str(&self.date);
        to.push('.');
        push_digits(to, self.nanos / 1_000_000, 3);
        to.push('Z');
    }

    /// `2026-11-21T09:22:08.338501772Z`, as precise as what Spring writes.
    pub(super) fn push_nanos(&self, to: &mut String) {
        to.push_str(&self.date);
        to.push('.');
        push_digits(to, self.nanos, 9);
        to.push('Z');
    }

    /// Seconds since 1970 with milliseconds: `1795252928.338`.
    pub(super) fn push_epoch_millis(&self, to: &mut String) {
        to.push_str(itoa::Buffer::new().format(self.second));
        to.push('.');
        push_digits(to, self.nanos / 1_000_000, 3);
    }

    /// Seconds since 1970 with microseconds: `1795252928.338501`.
    pub(super) fn push_epoch_micros(&self, to: &mut String) {
        to.push_str(itoa::Buffer::new().format(self.second));
        to.push('.');
        push_digits(to, self.nanos / 1_000, 6);
    }
}

/// A number with leading zeros.
fn push_digits(to: &mut String, number: u32, digits: usize) {
    let mut buffer = itoa::Buffer::new();
    let text = buffer.format(number);
    to.push_str("000000000".get(..digits.saturating_sub(text.len())).unwrap_or_default());
    to.push_str(text);
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn moments_are_written_in_utc_with_leading_zeros() {
        let mut stamp = Stamp::default();
        let mut seen = |nanos: u64| {
            stamp.set(UNIX_EPOCH + Duration::from_nanos(nanos));
            let mut texts = [const { String::new() }; 4];
            stamp.push_millis(&mut texts[0]);
            stamp.push_nanos(&mut texts[1]);
            stamp.push_epoch_millis(&mut texts[2]);
            stamp.push_epoch_micros(&mut texts[3]);
            texts
        };
        let expected = [
            "2024-07-02T08:49:53.012Z",
            "2024-07-02T08:49:53.012000034Z",
            "1719910193.012",
            "1719910193.012000",
        ];
        assert_eq!(seen(1_719_910_193_012_000_034), expected);
        assert_eq!(seen(1_719_910_194_000_000_000)[0], "2024-07-02T08:49:54.000Z");
        assert_eq!(seen(0)[1], "1970-01-01T00:00:00.000000000Z");
    }
}

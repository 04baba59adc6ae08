//! Statuses of HTTP, as a setting names them: `200`, `200-204`, `2xx`.

use std::fmt;

/// Statuses from one to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusRange {
    first: u16,
    last: u16,
}

impl StatusRange {
    /// Success, as HTTP defines it.
    pub const SUCCESS: Self = Self { first: 200, last: 299 };

    /// A single status.
    pub fn one(status: u16) -> Self {
        Self { first: status, last: status }
    }

    /// Reads a range; the error says what is accepted.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim().to_ascii_lowercase();
        let read = |text: &str| text.parse().ok().filter(|status| (100..=599).contains(status));
        let range = if let Some(class) = text.strip_suffix("xx") {
            class
                .parse()
                .ok()
                .filter(|class| (1..=5_u16).contains(class))
                .map(|class| Self { first: class * 100, last: class * 100 + 99 })
        } else if let Some((first, last)) = text.split_once('-') {
            read(first.trim()).zip(read(last.trim())).map(|(first, last)| Self { first, last })
        } else {
            read(&text).map(Self::one)
        };
        range
            .filter(|range| range.first <= range.last)
            .ok_or_else(|| "expected statuses such as 200, 2xx or 200-204".to_owned())
    }

    /// Whether this status is in it.
    pub fn contains(self, status: u16) -> bool {
        (self.first..=self.last).contains(&status)
    }
}

impl fmt::Display for StatusRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, last } = self;
        if first == last {
            write!(f, "{first}")
        } else if first % 100 == 0 && *last == first + 99 {
            write!(f, "{}xx", first / 100)
        } else {
            write!(f, "{first}-{last}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_read_as_they_are_shown() {
        for text in ["200", "2xx", "200-204", "404"] {
            assert_eq!(StatusRange::parse(text).unwrap().to_string(), text);
        }
        assert!(StatusRange::parse("3XX").unwrap().contains(302));
        for bad in ["", "ok", "99", "600", "204-200", "6xx", "2x", "200-"] {
            assert!(StatusRange::parse(bad).unwrap_err().contains("2xx"), "{bad}");
        }
    }
}

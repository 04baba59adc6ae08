//! From the text of an argument to its type, as Spring's conversion does it (recorded: golden
//! `custom-typed/*`, `custom-endpoint/write-*`).

use std::time::{Duration, SystemTime};

use crate::{
    model::parameter::Shape,
    support::{
        local_date::LocalDate,
        offset_date_time::{OffsetDateTime, parse_offset_date_time},
        time,
    },
};

/// A type that one argument of an [`endpoint`](macro@crate::endpoint) can have; so can `Option` and
/// `Vec` of it.
///
/// It is there for texts, numbers, `bool`, `char`, [`Duration`], [`SystemTime`],
/// [`OffsetDateTime`](super::OffsetDateTime) and [`LocalDate`](super::LocalDate); enums get it from
/// [`#[derive(Argument)]`](derive@crate::Argument). A type of one's own says what it accepts:
///
/// ```
/// use actuator::custom::Argument;
///
/// struct Percent(u8);
///
/// impl Argument for Percent {
///     fn from_text(text: &str) -> Result<Self, String> {
///         let number = text.trim().trim_end_matches('%').parse().ok();
///         let number = number.filter(|number| *number <= 100).map(Self);
///         number.ok_or_else(|| "expected a share from 0% to 100%".to_owned())
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no argument of an endpoint",
    label = "no argument",
    note = "arguments are `String`, `&str`, numbers, `bool`, `char`, `Duration`, `SystemTime`, \
            `OffsetDateTime`, `LocalDate`, and `Option` or `Vec` of these",
    note = "derive `actuator::Argument` for an enum, or implement `actuator::custom::Argument`; \
            a component is taken as `&T` or `Arc<T>`"
)]
pub trait Argument: Sized + Send + 'static {
    /// What it looks like, for documents of the API.
    const SHAPE: Shape = Shape::Text;

    /// Whether an empty text is a value. Of all else it is no value at all.
    const TAKES_EMPTY: bool = false;

    /// Reads the text of an argument. Several of a name are joined by commas for
    /// [`Shape::Text`], and else the first counts.
    ///
    /// # Errors
    /// What is accepted: "expected true or false".
    fn from_text(text: &str) -> Result<Self, String>;
}

impl Argument for String {
    const TAKES_EMPTY: bool = true;

    fn from_text(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }
}

impl Argument for bool {
    const SHAPE: Shape = Shape::Boolean;

    fn from_text(text: &str) -> Result<Self, String> {
        match text.trim().to_ascii_lowercase().as_str() {
            "true" | "on" | "yes" | "1" => Ok(true),
            "false" | "off" | "no" | "0" => Ok(false),
            _ => Err("expected true or false".to_owned()),
        }
    }
}

impl Argument for char {
    fn from_text(text: &str) -> Result<Self, String> {
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(one), None) => Ok(one),
            _ => Err("expected one character".to_owned()),
        }
    }
}

impl Argument for Duration {
    const SHAPE: Shape = Shape::Duration;

    fn from_text(text: &str) -> Result<Self, String> {
        time::parse_duration(text, Self::from_millis(1))
    }
}

/// What is accepted as an instant.
const INSTANT: &str = "expected an instant with its offset, such as 2026-08-21T09:01:40Z";

impl Argument for SystemTime {
    const SHAPE: Shape = Shape::DateTime;

    fn from_text(text: &str) -> Result<Self, String> {
        parse_offset_date_time(text).ok_or_else(|| INSTANT.to_owned())
    }
}

impl Argument for OffsetDateTime {
    const SHAPE: Shape = Shape::DateTime;

    fn from_text(text: &str) -> Result<Self, String> {
        Self::parse(text).ok_or_else(|| INSTANT.to_owned())
    }
}

impl Argument for LocalDate {
    const SHAPE: Shape = Shape::Date;

    fn from_text(text: &str) -> Result<Self, String> {
        Self::parse(text.trim()).ok_or_else(|| "expected a day such as 2026-08-21".to_owned())
    }
}

macro_rules! argument_for_integers {
    ($($number:ty),*) => {$(
        impl Argument for $number {
            const SHAPE: Shape = Shape::Integer;

            /// Also `0x10` and `#10`, as Java's `decode` reads them.
            fn from_text(text: &str) -> Result<Self, String> {
                let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
                let (sign, digits) = match text.strip_prefix('-') {
                    Some(digits) => ("-", digits),
                    None => ("", text.as_str()),
                };
                let prefixes = ["0x", "0X", "#"];
                let hex = prefixes.iter().find_map(|prefix| digits.strip_prefix(prefix));
                let read = match hex {
                    // A sign behind the prefix is none.
                    Some(hex) if hex.starts_with(['+', '-']) => None,
                    Some(hex) => Self::from_str_radix(&format!("{sign}{hex}"), 16).ok(),
                    None => text.parse().ok(),
                };
                read.ok_or_else(|| {
                    format!("expected a whole number from {} to {}", Self::MIN, Self::MAX)
                })
            }
        }
    )*};
}

argument_for_integers!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize);

macro_rules! argument_for_floats {
    ($($number:ty),*) => {$(
        impl Argument for $number {
            const SHAPE: Shape = Shape::Number;

            fn from_text(text: &str) -> Result<Self, String> {
                let number = text.trim().parse().ok().filter(|number: &Self| number.is_finite());
                number.ok_or_else(|| "expected a number such as 0.5".to_owned())
            }
        }
    )*};
}

argument_for_floats!(f32, f64);

/// Picks one of the words of an enum as Spring does, for types that are not derived: case and all
/// but letters and digits are ignored, `true` is `on` and `false` is `off`. The index of the word.
///
/// # Errors
/// All words there are.
pub fn word(text: &str, words: &[&str]) -> Result<usize, String> {
    let wanted = plain(text);
    let alias = match wanted.as_str() {
        "true" => "on",
        "false" => "off",
        other => other,
    };
    let found = words
        .iter()
        .position(|word| *word == text)
        .or_else(|| words.iter().position(|word| plain(word) == wanted || plain(word) == alias));
    found.ok_or_else(|| format!("expected one of {}", words.join(", ")))
}

fn plain(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_java_reads_them() {
        for (text, number) in
            [("7", 7), (" +7 ", 7), ("0x10", 16), ("#ff", 255), ("-0X1", -1), ("007", 7)]
        {
            assert_eq!(i32::from_text(text), Ok(number), "{text}");
        }
        for bad in ["", "1.5", "x", "99999999999", "0x", "0x-1", "--1", "1e3"] {
            assert!(i32::from_text(bad).is_err(), "{bad}");
        }
        assert!(u8::from_text("-1").unwrap_err().ends_with("from 0 to 255"));
        assert_eq!(f64::from_text("1e3"), Ok(1000.0));
        for bad in ["1,5", "x", "NaN", "inf"] {
            assert!(f64::from_text(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn words_are_chosen_whatever_their_case_and_punctuation() {
        let words = ["RED", "DARK_BLUE", "OFF"];
        for (text, index) in
            [("red", 0), ("dark blue", 1), ("DarkBlue", 1), ("dark-blue", 1), ("false", 2)]
        {
            assert_eq!(word(text, &words), Ok(index), "{text}");
        }
        assert_eq!(word("green", &words).unwrap_err(), "expected one of RED, DARK_BLUE, OFF");
    }
}

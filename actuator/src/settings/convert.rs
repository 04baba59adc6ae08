//! From the text of a setting to its type.

use std::{net::IpAddr, path::PathBuf, time::Duration};

use super::name;
use crate::{
    model::{redacted::Redacted, show::Show},
    support::{data_size::parse_data_size, time},
};

/// A type that a setting can have. Errors say what is accepted: "expected true or false".
pub trait FromSetting: Sized {
    /// Whether a value of this type is a secret, which a refusal must not repeat.
    const IS_SECRET: bool = false;

    /// Reads the text of a setting.
    fn from_setting(text: &str) -> Result<Self, String>;
}

impl FromSetting for String {
    fn from_setting(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }
}

impl FromSetting for PathBuf {
    fn from_setting(text: &str) -> Result<Self, String> {
        Ok(text.into())
    }
}

impl FromSetting for bool {
    fn from_setting(text: &str) -> Result<Self, String> {
        match text.trim().to_ascii_lowercase().as_str() {
            "true" | "on" | "yes" | "1" => Ok(true),
            "false" | "off" | "no" | "0" => Ok(false),
            _ => Err("expected true or false".to_owned()),
        }
    }
}

impl FromSetting for Duration {
    /// A bare number is milliseconds, as in Spring.
    fn from_setting(text: &str) -> Result<Self, String> {
        time::parse_duration(text, Duration::from_millis(1))
    }
}

impl FromSetting for IpAddr {
    fn from_setting(text: &str) -> Result<Self, String> {
        match text.trim() {
            "localhost" => Ok(Self::from([127, 0, 0, 1])),
            text => text.parse().map_err(|_| "expected an IP address such as 127.0.0.1".to_owned()),
        }
    }
}

impl FromSetting for Show {
    fn from_setting(text: &str) -> Result<Self, String> {
        one_of(
            text,
            &[
                ("never", Self::Never),
                ("when-authorized", Self::WhenAuthorized),
                ("always", Self::Always),
            ],
        )
    }
}

impl<T: FromSetting> FromSetting for Redacted<T> {
    const IS_SECRET: bool = true;

    fn from_setting(text: &str) -> Result<Self, String> {
        T::from_setting(text).map(Self::new)
    }
}

macro_rules! from_setting_for_numbers {
    ($($number:ty),*) => {$(
        impl FromSetting for $number {
            fn from_setting(text: &str) -> Result<Self, String> {
                text.trim().parse().map_err(|_| {
                    format!("expected a number from {} to {}", Self::MIN, Self::MAX)
                })
            }
        }
    )*};
}

from_setting_for_numbers!(u8, u16, u32, u64, usize, i32, i64);

/// A size in bytes: `10MB`, `512KB`, or a bare number of bytes. As in Spring, the units are powers
/// of 1024.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DataSize(
    /// The number of bytes.
    pub u64,
);

impl FromSetting for DataSize {
    fn from_setting(text: &str) -> Result<Self, String> {
        parse_data_size(text).map(Self)
    }
}

/// Picks one of a few named values, in Spring's relaxed spelling (`when-authorized`,
/// `WHEN_AUTHORIZED`, `whenAuthorized`); the body of [`FromSetting`] for enums. The error names
/// them all.
pub fn one_of<T: Copy>(text: &str, choices: &[(&str, T)]) -> Result<T, String> {
    let wanted = name::uniform(text.trim());
    choices
        .iter()
        .find(|(choice, _)| name::uniform(choice) == wanted)
        .map(|(_, value)| *value)
        .ok_or_else(|| {
            let names: Vec<&str> = choices.iter().map(|(choice, _)| *choice).collect();
            format!("expected one of {}", names.join(", "))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_read_in_every_spelling_and_refused_with_all_names() {
        let choices = [("never", 0), ("when-authorized", 1)];
        assert_eq!(one_of("WHEN_AUTHORIZED", &choices), Ok(1));
        assert_eq!(one_of("whenAuthorized", &choices), Ok(1));
        let error = one_of("maybe", &choices).unwrap_err();
        assert_eq!(error, "expected one of never, when-authorized");
    }
}

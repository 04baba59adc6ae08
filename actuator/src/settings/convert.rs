//! From the text of a setting to its type.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use super::{catalog::Kind, name};
use crate::{
    model::{redacted::Redacted, show::Show},
    support::{data_size::parse_data_size, time},
};

/// A type that one setting can have: what [`App::setting`](crate::App::setting) gives, and what a
/// field of a [typed struct](derive@crate::Settings) may be.
///
/// It is there for texts, `bool`, numbers, [`Duration`], [`DataSize`](crate::settings::DataSize),
/// [`IpAddr`], [`SocketAddr`], [`PathBuf`] and [`Redacted`] of all these; enums get it from
/// `#[derive(actuator::Settings)]`. A type of one's own says what it accepts, in words that can
/// stand behind the name and the value of the setting:
///
/// ```
/// use actuator::FromSetting;
///
/// struct Percent(u8);
///
/// impl FromSetting for Percent {
///     fn from_setting(text: &str) -> Result<Self, String> {
///         let number = text.trim().trim_end_matches('%').parse().ok();
///         number
///             .filter(|number| *number <= 100)
///             .map(Self)
///             .ok_or_else(|| "expected a share from 0% to 100%".to_owned())
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from the text of a setting",
    label = "not a setting",
    note = "derive `actuator::Settings` for an enum, implement `actuator::FromSetting`, or, for a \
            field whose type is `FromStr`, write `#[settings(parse)]`"
)]
pub trait FromSetting: Sized {
    /// What its text looks like; `configprops` shows numbers and switches as such in JSON, and
    /// `min` and `max` compare by it.
    const KIND: Kind = Kind::Text;

    /// Whether a value of this type is a secret, which is never shown and no refusal repeats.
    const IS_SECRET: bool = false;

    /// Reads the text of a setting.
    ///
    /// # Errors
    /// What is accepted: "expected true or false". It must not repeat a secret.
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
    const KIND: Kind = Kind::Bool;

    fn from_setting(text: &str) -> Result<Self, String> {
        match text.trim().to_ascii_lowercase().as_str() {
            "true" | "on" | "yes" | "1" => Ok(true),
            "false" | "off" | "no" | "0" => Ok(false),
            _ => Err("expected true or false".to_owned()),
        }
    }
}

impl FromSetting for Duration {
    const KIND: Kind = Kind::Duration;

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

impl FromSetting for SocketAddr {
    fn from_setting(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let local = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
        local.as_deref().unwrap_or(text).parse().map_err(|_| {
            "expected an IP address and a port, such as 127.0.0.1:8080 or [::1]:8080".to_owned()
        })
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
    const KIND: Kind = T::KIND;
    const IS_SECRET: bool = true;

    fn from_setting(text: &str) -> Result<Self, String> {
        T::from_setting(text).map(Self::new)
    }
}

macro_rules! from_setting_for_integers {
    ($($number:ty),*) => {$(
        impl FromSetting for $number {
            const KIND: Kind = Kind::Number;

            fn from_setting(text: &str) -> Result<Self, String> {
                text.trim().parse().map_err(|_| {
                    format!("expected a number from {} to {}", Self::MIN, Self::MAX)
                })
            }
        }
    )*};
}

from_setting_for_integers!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize);

macro_rules! from_setting_for_floats {
    ($($number:ty),*) => {$(
        impl FromSetting for $number {
            const KIND: Kind = Kind::Number;

            fn from_setting(text: &str) -> Result<Self, String> {
                let number = text.trim().parse().ok().filter(|number: &Self| number.is_finite());
                number.ok_or_else(|| "expected a number such as 0.5".to_owned())
            }
        }
    )*};
}

from_setting_for_floats!(f32, f64);

/// A size in bytes: `10MB`, `512KB`, or a bare number of bytes. As in Spring, the units are powers
/// of 1024.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DataSize(
    /// The number of bytes.
    pub u64,
);

impl FromSetting for DataSize {
    const KIND: Kind = Kind::Size;

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

    #[test]
    fn addresses_and_fractions_are_read_and_what_is_none_is_refused() {
        let address = SocketAddr::from(([127, 0, 0, 1], 80));
        assert_eq!(SocketAddr::from_setting("localhost:80"), Ok(address));
        assert!(SocketAddr::from_setting("db:80").unwrap_err().contains("[::1]:8080"));
        assert_eq!(f64::from_setting(" 0.5 "), Ok(0.5));
        assert!(f64::from_setting("NaN").is_err() && f32::from_setting("inf").is_err());
    }
}

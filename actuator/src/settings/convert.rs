//! From the text of a setting to its type.

use std::{net::IpAddr, path::PathBuf, time::Duration};

use crate::support::time;

/// A type that a setting can have. Errors say what is accepted: "expected true or false".
pub trait FromSetting: Sized {
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

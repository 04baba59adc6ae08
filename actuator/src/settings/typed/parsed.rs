//! Fields of types that know nothing of settings: `#[settings(parse)]`.

use std::{fmt, str::FromStr};

use crate::settings::FromSetting;

/// Reads whatever is `FromStr`; the functions beside it take the value out again.
#[derive(Clone, Copy, Debug)]
pub struct Parsed<T>(T);

impl<T: FromStr<Err: fmt::Display>> FromSetting for Parsed<T> {
    fn from_setting(text: &str) -> Result<Self, String> {
        text.trim().parse().map(Self).map_err(|error: T::Err| error.to_string())
    }
}

/// The value that was parsed.
pub fn parsed<T>(read: Option<Parsed<T>>) -> Option<T> {
    read.map(|parsed| parsed.0)
}

/// The value that was parsed, if one was set.
pub fn parsed_option<T>(read: Option<Option<Parsed<T>>>) -> Option<Option<T>> {
    read.map(parsed)
}

/// The values that were parsed.
pub fn parsed_list<T>(read: Option<Vec<Parsed<T>>>) -> Option<Vec<T>> {
    read.map(|items| items.into_iter().map(|parsed| parsed.0).collect())
}

//! A value that is a secret by its type.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::sanitizer::MASK;

/// A secret: whatever prints or serialises it gets `******`, so that it cannot end in a log or an
/// answer by accident. Fields of typed settings that hold passwords and keys have this type.
///
/// ```
/// use actuator::Redacted;
///
/// #[derive(Debug)]
/// struct Database {
///     url: String,
///     password: Redacted<String>,
/// }
///
/// let database =
///     Database { url: "postgres://db/shop".to_owned(), password: Redacted::new("hunter2".to_owned()) };
/// assert_eq!(format!("{:?}", database.password), "******");
/// assert_eq!(database.password.expose(), "hunter2");
/// ```
///
/// The memory of the value is not cleared when it is dropped.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Redacted<T>(T);

impl<T> Redacted<T> {
    /// Hides this value.
    pub const fn new(secret: T) -> Self {
        Self(secret)
    }

    /// The value itself. The name is there to be searched for.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The value itself, moved out.
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> From<T> for Redacted<T> {
    fn from(secret: T) -> Self {
        Self(secret)
    }
}

impl<T> fmt::Debug for Redacted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl<T> fmt::Display for Redacted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(MASK)
    }
}

impl<T> Serialize for Redacted<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(MASK)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Redacted<T> {
    /// What is wrong with a value is not said: serde's own messages repeat it.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer)
            .map(Self)
            .map_err(|_| D::Error::custom("a secret (not shown) that cannot be read as its type"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{FromSetting, Settings, SettingsReader};

    #[test]
    fn nothing_that_prints_or_serialises_a_secret_shows_it() {
        let secret = Redacted::new("hunter2".to_owned());
        assert_eq!(format!("{secret} {secret:?} {secret:#?}"), "****** ****** ******");
        assert_eq!(format!("{:?}", Some(&secret)), "Some(******)");
        assert_eq!(serde_json::to_string(&[&secret]).unwrap(), r#"["******"]"#);
        assert_eq!(secret.into_exposed(), "hunter2");
    }

    #[test]
    fn a_secret_that_cannot_be_read_is_not_repeated() {
        let read: Redacted<String> = serde_json::from_str("\"hunter2\"").unwrap();
        assert_eq!(read.expose(), "hunter2");
        let error = serde_json::from_str::<Redacted<u16>>("\"hunter2\"").unwrap_err().to_string();
        assert!(!error.contains("hunter2"), "{error}");
    }

    #[test]
    fn a_setting_that_is_a_secret_by_its_type_is_not_repeated_in_a_refusal() {
        assert_eq!(Redacted::<u16>::from_setting("1").unwrap(), Redacted::new(1));
        let settings = Settings::builder().force("shop.pin", "hunter2").build().unwrap();
        let mut reader = SettingsReader::new(&settings);
        assert_eq!(reader.value::<Redacted<u16>>("shop.pin"), None);
        let error = reader.finish().unwrap_err().to_string();
        assert!(error.contains("shop.pin") && error.contains("number"), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
}

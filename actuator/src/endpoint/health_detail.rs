//! A detail of a check as it may be shown.

use serde::{Serialize, Serializer};
use serde_json::{Value, value::RawValue};

use crate::model::sanitizer::{MASK, Sanitizer};

/// A detail without secrets.
#[derive(Debug)]
pub(super) enum HealthDetail<'d> {
    /// As it was given.
    Given(&'d RawValue),
    /// With something hidden.
    Clean(Value),
}

impl<'d> HealthDetail<'d> {
    /// The detail of this key: hidden by its key, or inside of its texts. Whether something is so
    /// is no secret.
    pub(super) fn of(key: &str, value: &'d RawValue, sanitizer: &Sanitizer) -> Self {
        let json = value.get();
        match json.as_bytes().first() {
            Some(b'"') => {
                let Ok(text) = serde_json::from_str::<String>(json) else { return Self::hidden() };
                let clean = sanitizer.sanitize(key, &text);
                if *clean == text { Self::Given(value) } else { Self::Clean(clean.into()) }
            }
            Some(b'n' | b't' | b'f') => Self::Given(value),
            _ if sanitizer.is_secret_key(key) => Self::hidden(),
            Some(b'[' | b'{') => match sanitizer.sanitize_text(json) {
                clean if *clean == *json => Self::Given(value),
                clean => serde_json::from_str(&clean).map_or_else(|_| Self::hidden(), Self::Clean),
            },
            _ => Self::Given(value),
        }
    }

    /// As a document.
    pub(super) fn into_value(self) -> Value {
        match self {
            Self::Given(value) => serde_json::from_str(value.get()).unwrap_or_default(),
            Self::Clean(value) => value,
        }
    }

    fn hidden() -> Self {
        Self::Clean(Value::String(MASK.to_owned()))
    }
}

impl Serialize for HealthDetail<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Given(value) => value.serialize(serializer),
            Self::Clean(value) => value.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(key: &str, json: &str) -> String {
        let raw = RawValue::from_string(json.to_owned()).unwrap();
        let detail = HealthDetail::of(key, &raw, &Sanitizer::default());
        serde_json::to_string(&detail).unwrap()
    }

    #[test]
    fn details_of_every_type_are_hidden_by_their_key_and_looked_into() {
        assert_eq!(shown("password", r#""hunter2""#), r#""******""#);
        assert_eq!(shown("pin.token", "1234"), r#""******""#);
        assert_eq!(shown("credentials", r#"{"a":1}"#), r#""******""#);
        assert_eq!(shown("hosts", r#"[{"password":"x"}]"#), r#"[{"password":"******"}]"#);
        assert_eq!(shown("url", r#""redis://:x@h""#), r#""redis://:******@h""#);
        for (key, same) in
            [("free", "12"), ("hasToken", "true"), ("secret", "null"), ("a", "[ 1 ]")]
        {
            assert_eq!(shown(key, same), same);
        }
    }
}

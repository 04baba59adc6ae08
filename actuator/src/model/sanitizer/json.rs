//! Secrets inside of JSON texts: members by their key, also in lists and in JSON inside strings.

use std::borrow::Cow;

use serde::de::IgnoredAny;
use serde_json::Value;

use super::{MASK, key, text};

/// How many times JSON may be wrapped in a string of JSON.
const MAX_WRAPPED: usize = 4;
/// Longer texts are scanned as plain text instead of being parsed, in bytes.
const MAX_LENGTH: usize = 256 * 1024;

/// The sanitised text, or `None` if it is no JSON object or list. A text that holds no secret is
/// given back as it is, spacing included.
pub fn sanitize(json: &str, wrapped: usize) -> Option<Cow<'_, str>> {
    let trimmed = json.trim_start();
    if !trimmed.starts_with(['{', '[']) || json.len() > MAX_LENGTH {
        return None;
    }
    if wrapped > MAX_WRAPPED {
        return Some(Cow::Owned(MASK.to_owned()));
    }
    let Ok(mut value) = serde_json::from_str::<Value>(json) else {
        // A document that is too deep to be looked into may hide anything in its depth.
        let is_document = serde_json::from_str::<IgnoredAny>(json).is_ok();
        return is_document.then_some(Cow::Borrowed(MASK));
    };
    if mask(&mut value, wrapped) {
        Some(Cow::Owned(value.to_string()))
    } else {
        Some(Cow::Borrowed(json))
    }
}

/// Masks the secrets in place; whether there were any. `serde_json` bounds the depth.
fn mask(value: &mut Value, wrapped: usize) -> bool {
    match value {
        Value::Object(members) => {
            // {"name": "DB_PASSWORD", "value": "…"}: the value is the secret, not the name.
            let is_pair = members.contains_key("value");
            let named_secret = is_pair
                && ["name", "key"].iter().any(|name| {
                    members.get(*name).and_then(Value::as_str).is_some_and(key::is_secret)
                });
            let mut changed = false;
            for (name, value) in members {
                let is_name = is_pair && name == "key";
                if (key::is_secret(name) && !is_name) || (named_secret && name == "value") {
                    changed |= hide(value);
                } else {
                    changed |= mask(value, wrapped);
                }
            }
            changed
        }
        Value::Array(items) => {
            items.iter_mut().fold(false, |changed, item| mask(item, wrapped) | changed)
        }
        Value::String(inner) => {
            let clean = sanitize(inner, wrapped + 1).unwrap_or_else(|| text::sanitize(inner));
            let Cow::Owned(clean) = clean else {
                return false;
            };
            *inner = clean;
            true
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn hide(value: &mut Value) -> bool {
    if value.is_null() || value.as_str() == Some(MASK) {
        return false;
    }
    *value = Value::String(MASK.to_owned());
    true
}

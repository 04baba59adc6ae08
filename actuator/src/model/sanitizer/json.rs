//! Secrets inside of JSON texts: members by their key, also in lists and in JSON inside strings.

use std::borrow::Cow;

use serde::de::IgnoredAny;
use serde_json::Value;

use super::{MASK, Sanitizer, text};

/// How many times JSON may be wrapped in a string of JSON.
const MAX_WRAPPED: usize = 4;
/// Longer texts are scanned as plain text instead of being parsed, in bytes.
const MAX_LENGTH: usize = 256 * 1024;

/// The sanitised text, or `None` if it is no JSON object or list. A text that holds no secret is
/// given back as it is, spacing included.
pub fn sanitize<'j>(sanitizer: &Sanitizer, json: &'j str, wrapped: usize) -> Option<Cow<'j, str>> {
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
    if mask(sanitizer, &mut value, wrapped) {
        Some(Cow::Owned(value.to_string()))
    } else {
        Some(Cow::Borrowed(json))
    }
}

/// Masks the secrets in place; whether there were any. `serde_json` bounds the depth.
pub fn mask(sanitizer: &Sanitizer, value: &mut Value, wrapped: usize) -> bool {
    match value {
        Value::Object(members) => {
            // {"name": "DB_PASSWORD", "value": "…"}: the value is the secret, not the name.
            let is_pair = members.contains_key("value");
            let named_secret = is_pair
                && ["name", "key"].iter().any(|name| {
                    let name = members.get(*name).and_then(Value::as_str);
                    name.is_some_and(|name| sanitizer.is_secret_key(name))
                });
            let mut changed = false;
            for (name, value) in members {
                let is_name = is_pair && name == "key";
                if (sanitizer.is_secret_key(name) && !is_name) || (named_secret && name == "value")
                {
                    changed |= hide(value);
                } else {
                    changed |= mask(sanitizer, value, wrapped);
                }
            }
            changed
        }
        Value::Array(items) => {
            let (mut changed, mut follows) = (false, false);
            for item in items {
                // ["--password", "x"]: a command line.
                let is_secret = std::mem::replace(&mut follows, asks_for_secret(sanitizer, item));
                changed |= if is_secret { hide(item) } else { mask(sanitizer, item, wrapped) };
            }
            changed
        }
        Value::String(inner) => {
            let clean = sanitize(sanitizer, inner, wrapped + 1);
            let clean = clean.unwrap_or_else(|| text::sanitize(sanitizer, inner));
            let Cow::Owned(clean) = clean else {
                return false;
            };
            *inner = clean;
            true
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether this is an option of a command line that is followed by a secret.
fn asks_for_secret(sanitizer: &Sanitizer, item: &Value) -> bool {
    let name = item.as_str().and_then(|text| text.strip_prefix("--"));
    name.is_some_and(|name| !name.contains([' ', '=']) && sanitizer.is_secret_key(name))
}

fn hide(value: &mut Value) -> bool {
    // Whether something is so is no secret.
    if value.is_null() || value.is_boolean() || value.as_str() == Some(MASK) {
        return false;
    }
    *value = Value::String(MASK.to_owned());
    true
}

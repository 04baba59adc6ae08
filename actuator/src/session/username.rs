//! Whose session it is, by what is kept in it.

use std::collections::HashMap;

use serde_json::Value;

/// Names the user of a session, by the attributes.
pub(super) type FindUsername = Box<dyn Fn(&HashMap<String, Value>) -> Option<String> + Send + Sync>;

/// The value of an attribute, or of a member in it behind a `/`: `username`, `user/name`,
/// `axum-login.data/user_id`. Texts and numbers are names.
pub(super) fn attribute(path: String) -> FindUsername {
    Box::new(move |attributes| {
        let value = attributes.get(&path).or_else(|| {
            let (name, members) = path.split_once('/')?;
            let value = attributes.get(name)?;
            members.split('/').try_fold(value, |value, member| value.get(member))
        })?;
        match value {
            Value::String(name) => Some(name.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_user_is_named_by_an_attribute_or_by_a_member_of_one() {
        let attributes: HashMap<String, Value> = [
            ("username", json!("alice")),
            ("axum-login.data", json!({"user_id": 7, "auth_hash": [1]})),
            ("a/b", json!("whole")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        let found = |path: &str| attribute(path.to_owned())(&attributes);
        assert_eq!(found("username").as_deref(), Some("alice"));
        assert_eq!(found("axum-login.data/user_id").as_deref(), Some("7"));
        assert_eq!(found("a/b").as_deref(), Some("whole"));
        for none in ["", "/", "axum-login.data", "axum-login.data/auth_hash", "username/x", "c"] {
            assert_eq!(found(none), None, "{none}");
        }
    }
}

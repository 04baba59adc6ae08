//! How callers show who they are, as security schemes.

use serde_json::{Map, Value, json};

use super::put;
use crate::model::surface::{CredentialKind, Needed};

/// The schemes by their names, in the order in which they are looked at.
pub(super) fn schemes(kinds: &[CredentialKind]) -> Vec<(String, Value)> {
    let mut schemes: Vec<(String, Value)> = Vec::new();
    for kind in kinds {
        let (name, scheme) = scheme(kind);
        // Tokens of two kinds are shown alike.
        if schemes.iter().all(|(known, _)| *known != name) {
            schemes.push((name, scheme));
        }
    }
    let has_tokens = kinds.contains(&CredentialKind::Bearer);
    for (name, scheme) in &mut schemes {
        if name == "bearer" && !has_tokens {
            put(scheme, "bearerFormat", "JWT");
        }
    }
    schemes
}

fn scheme(kind: &CredentialKind) -> (String, Value) {
    let key = |name: &str, place: &str, key: &str| {
        (name.to_owned(), json!({ "type": "apiKey", "in": place, "name": key }))
    };
    match kind {
        CredentialKind::Basic => ("basic".to_owned(), json!({ "type": "http", "scheme": "basic" })),
        CredentialKind::Bearer | CredentialKind::Jwt => {
            ("bearer".to_owned(), json!({ "type": "http", "scheme": "bearer" }))
        }
        CredentialKind::Header(name) => key("secret", "header", name),
        CredentialKind::Query(name) => key("secretInQuery", "query", name),
        CredentialKind::Cookie(name) => key("secretCookie", "cookie", name),
        CredentialKind::Certificate => ("certificate".to_owned(), json!({ "type": "mutualTLS" })),
        CredentialKind::Own { name, scheme } => {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
            let name = name.chars().map(|c| if is_plain(c) { c } else { '-' }).collect();
            (name, json!({ "type": "http", "scheme": scheme }))
        }
    }
}

/// What an operation asks for: one of these, each with one of the roles. Nothing asked is told by
/// an empty one beside them: credentials may show more.
pub(super) fn requirement(schemes: &[(String, Value)], needed: &Needed) -> Value {
    let mut ways = Vec::new();
    let roles = match needed {
        Needed::Nothing => {
            ways.push(json!({}));
            &[]
        }
        Needed::Roles(roles) => roles.as_slice(),
    };
    for (name, _) in schemes {
        let way = |roles: &[String]| Value::Object(Map::from_iter([(name.clone(), json!(roles))]));
        if roles.is_empty() {
            ways.push(way(&[]));
        }
        ways.extend(roles.chunks(1).map(way));
    }
    ways.into()
}

/// The same for people; nothing where no role is asked for.
pub(super) fn told(needed: &Needed) -> Option<String> {
    match needed {
        Needed::Roles(roles) => match roles.as_slice() {
            [] => None,
            [role] => Some(format!("Needs the role {role}.")),
            _ => Some(format!("Needs one of the roles {}.", roles.join(", "))),
        },
        Needed::Nothing => None,
    }
}

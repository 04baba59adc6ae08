//! Who a token says it is, and with which roles.

use serde_json::{Map, Value};

use crate::model::principal::Principal;

/// Roles of one token that are looked at.
const MOST: usize = 256;
/// Characters of a name or a role.
const LONGEST: usize = 256;

/// Which claims say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Naming {
    /// The claim with the name: `sub`.
    pub(super) principal: String,
    /// The claims with the roles, each a path: `scope`, `realm_access.roles`.
    pub(super) roles: Vec<String>,
    /// The roles here of each value there; with none, a value is a role.
    pub(super) mapping: Vec<(String, Vec<String>)>,
}

impl Naming {
    /// Who it is. The reason repeats nothing of the token.
    pub(super) fn principal(&self, claims: &Map<String, Value>) -> Result<Principal, &'static str> {
        let name = found(claims, &self.principal).and_then(Value::as_str);
        let name = name.filter(|name| !name.is_empty() && name.chars().count() <= LONGEST);
        let name = name.ok_or("the token does not say who it is")?;
        if name.chars().any(char::is_control) {
            return Err("the name in the token cannot be shown");
        }
        let values = self.roles.iter().filter_map(|path| found(claims, path)).flat_map(texts);
        let mut roles: Vec<&str> = Vec::new();
        for value in values.take(MOST) {
            if self.mapping.is_empty() {
                roles.push(value);
            } else {
                roles.extend(self.mapped(value));
            }
        }
        roles.sort_unstable();
        roles.dedup();
        Ok(Principal::new(name, roles))
    }

    fn mapped(&self, value: &str) -> impl Iterator<Item = &str> {
        // Names of settings may have lost their case on the way, in a variable.
        let fits = move |known: &str| known.eq_ignore_ascii_case(value);
        let of_value = self.mapping.iter().filter(move |(known, _)| fits(known));
        of_value.flat_map(|(_, roles)| roles).map(String::as_str)
    }
}

/// The claim of a path. A name with dots (`https://shop.example/roles`) goes before a path.
fn found<'c>(claims: &'c Map<String, Value>, path: &str) -> Option<&'c Value> {
    claims.get(path).or_else(|| {
        let (first, rest) = path.split_once('.')?;
        claims.get(first)?.as_object().and_then(|inner| found(inner, rest))
    })
}

/// The values of a claim: words of a text, or texts of a list.
fn texts(claim: &Value) -> Vec<&str> {
    let values: Vec<&str> = match claim {
        Value::String(text) => text.split_whitespace().take(MOST).collect(),
        Value::Array(all) => all.iter().filter_map(Value::as_str).take(MOST).collect(),
        _ => Vec::new(),
    };
    values.into_iter().filter(|value| value.chars().count() <= LONGEST).collect()
}

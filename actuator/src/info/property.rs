//! From settings below `info.` to members: `app.name`, `app.tags[0]`.

use serde_json::{Map, Value};

/// More levels than anybody writes, and few enough to be written as JSON without harm.
const MAX_LEVELS: usize = 32;

/// The properties nested by their dots. An index is a level too, with its number as the key:
/// `tags[0]` becomes `{"tags":{"0":…}}` (recorded: 4.1.0). Where a name is both a value and a
/// level, the level wins.
pub(super) fn nest(properties: Vec<(String, String)>) -> Map<String, Value> {
    let mut root = Map::new();
    for (name, value) in properties {
        let mut keys: Vec<&str> =
            name.split(['.', '[', ']']).filter(|key| !key.is_empty()).collect();
        let Some(last) = keys.pop() else { continue };
        if keys.len() >= MAX_LEVELS {
            continue;
        }
        insert(&mut root, &keys, last, value);
    }
    root
}

fn insert(root: &mut Map<String, Value>, levels: &[&str], key: &str, value: String) {
    let mut place = root;
    for level in levels {
        let child = place.entry(*level).or_insert_with(|| Value::Object(Map::new()));
        if !child.is_object() {
            *child = Value::Object(Map::new());
        }
        let Value::Object(members) = child else { return };
        place = members;
    }
    if !place.get(key).is_some_and(Value::is_object) {
        place.insert(key.to_owned(), Value::String(value));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn nested(properties: &[(&str, &str)]) -> Value {
        let owned = properties.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Value::Object(nest(owned.collect()))
    }

    #[test]
    fn dots_and_indices_are_levels() {
        assert_eq!(
            nested(&[("app.name", "demo"), ("app.tags[0]", "a"), ("app.tags[1]", "b"), ("c", "d")]),
            json!({"app": {"name": "demo", "tags": {"0": "a", "1": "b"}}, "c": "d"})
        );
    }

    #[test]
    fn a_level_wins_over_a_value_of_the_same_name() {
        let expected = json!({"app": {"name": "demo"}});
        assert_eq!(nested(&[("app", "x"), ("app.name", "demo")]), expected);
        assert_eq!(nested(&[("app.name", "demo"), ("app", "x")]), expected);
    }

    #[test]
    fn names_without_an_end_are_left_out() {
        assert_eq!(nested(&[("", "x"), (&vec!["a"; 1000].join("."), "x")]), json!({}));
    }
}

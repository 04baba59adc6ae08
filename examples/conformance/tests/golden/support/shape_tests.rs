//! The comparison of shapes.

use serde_json::json;

use super::*;

fn lines(recorded: &Value, actual: &Value, rules: &Rules) -> Vec<String> {
    let found = differences(recorded, actual, rules);
    found.into_iter().map(|(path, what)| format!("{path} {what}")).collect()
}

#[test]
fn constants_are_compared_exactly_and_members_by_name() {
    let recorded = json!({"a": 1, "b": ["x"], "c": {"d": true}});
    assert!(differences(&recorded, &json!({"c": {"d": true}, "b": ["x"], "a": 1}), &[]).is_empty());
    let found = lines(&recorded, &json!({"a": 2, "b": [], "c": {"e": 1}}), &[]);
    assert_eq!(
        found,
        ["a was 1 and is 2", "b was [\"x\"] and is []", "c.d is missing", "c.e is there too"]
    );
}

#[test]
fn changing_values_are_compared_by_their_form() {
    let rules: &Rules =
        &[("size", Rule::Type), ("when", Rule::Pattern("2[0-9]{3}-.*Z")), ("tags", Rule::Set)];
    let recorded = json!({"size": 1, "when": "2026-01-01T00:00:00Z", "tags": ["a", "b"]});
    let good = json!({"size": 2.5, "when": "2027-01-01T00:00:00.1Z", "tags": ["b", "a"]});
    assert!(differences(&recorded, &good, rules).is_empty());
    let bad = json!({"size": "2", "when": "never", "tags": ["a"]});
    assert_eq!(differences(&recorded, &bad, rules).len(), 3);
}

#[test]
fn elements_and_free_members_have_the_form_of_recorded_ones() {
    let rules: &Rules = &[("list", Rule::Each), ("map", Rule::Map { need: &["k"] })];
    let recorded = json!({"list": [{"a": 1}, {"a": 2, "b": "x"}], "map": {"k": {"v": "1"}}});
    let good = json!({"list": [{"a": 7}], "map": {"k": {"v": "1"}, "l": {"v": "9"}}});
    assert!(differences(&recorded, &good, rules).is_empty());
    let bad = json!({"list": [{"b": "x"}, {"a": 1, "c": 2}], "map": {"l": {"v": 9}}});
    assert_eq!(
        lines(&recorded, &bad, rules),
        [
            "list.*.a is missing",
            "list.*.c is there too",
            "map.k is missing",
            "map.l.v was \"1\" and is 9"
        ]
    );
}

#[test]
fn arrays_can_be_held_to_names_or_to_their_beginning() {
    let recorded = json!([{"tag": "a", "n": 1}, {"tag": "b", "n": 2}]);
    let by: &Rules = &[("", Rule::EachBy("tag"))];
    let other = json!([{"tag": "b", "n": 7}, {"tag": "a", "n": 8}]);
    assert!(differences(&recorded, &other, by).is_empty());
    assert_eq!(lines(&recorded, &json!([{"tag": "a", "n": 1}]), by).len(), 1);
    let with: &Rules = &[("", Rule::EachWith { key: "tag", need: &["z"] })];
    assert_eq!(lines(&recorded, &other, with), ["z is missing"]);
    let first: &Rules = &[("", Rule::First)];
    assert!(differences(&json!([1, 2]), &json!([1, 2, 3]), first).is_empty());
    assert_eq!(lines(&json!([1, 2]), &json!([2, 1, 3]), first).len(), 2);
}

#[test]
fn of_some_objects_only_named_members_are_looked_at() {
    let rules: &Rules = &[("", Rule::Keys { need: &["os"] })];
    let recorded = json!({"java": {}, "os": "x"});
    assert!(differences(&recorded, &json!({"rust": 1, "os": "x"}), rules).is_empty());
    assert_eq!(lines(&recorded, &json!({"rust": 1}), rules), ["os is missing"]);
}

#[test]
fn a_pattern_of_any_depth_matches_at_every_level() {
    let path = |text: &str| text.split('.').map(str::to_owned).collect::<Vec<_>>();
    assert!(path_matches("**.free", &path("free")));
    assert!(path_matches("**.free", &path("components.disk.details.free")));
    assert!(!path_matches("*.free", &path("a.b.free")));
    assert!(path_matches("a.*.c", &path("a.b.c")));
}

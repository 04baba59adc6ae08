//! Whatever tokens claim.

use proptest::prelude::*;
use serde_json::{Map, Value};

use super::roles::Naming;
use crate::support::odd_text::odd_text;

/// Claims with the names that are asked for, and any values.
fn claims() -> impl Strategy<Value = Map<String, Value>> {
    let text = || odd_text("([a-z:]{1,3} ?){0,300}|[a-z]{250,260}");
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        text().prop_map(Value::from),
        prop::collection::vec(text().prop_map(Value::from), 0..4).prop_map(Value::from),
        (1_usize..600).prop_map(|many| (0..many).map(|n| Value::from(format!("r{n}"))).collect()),
    ];
    let name = "sub|scope|a|b|a\\.b|[a-z.]{0,4}";
    let value = leaf.prop_recursive(3, 16, 4, move |inner| {
        prop::collection::btree_map(name, inner, 0..4).prop_map(Value::from_iter)
    });
    prop::collection::btree_map(name, value, 0..6).prop_map(Map::from_iter)
}

proptest! {
    #[test]
    fn who_a_token_names_can_be_shown_and_has_roles_within_bounds(
        claims in claims(),
        path in "[a-z.]{0,6}|a\\.b|\\.{0,9}",
        is_mapped: bool,
    ) {
        let mapping = vec![("r1".to_owned(), vec!["operator".to_owned(), "viewer".to_owned()])];
        let naming = Naming {
            principal: "sub".to_owned(),
            roles: vec!["scope".to_owned(), "a.b".to_owned(), path],
            mapping: if is_mapped { mapping } else { Vec::new() },
        };
        let Ok(principal) = naming.principal(&claims) else { return Ok(()) };
        prop_assert_eq!(claims.get("sub").and_then(Value::as_str), Some(&*principal.name));
        prop_assert!(!principal.name.is_empty() && principal.name.chars().count() <= 256);
        prop_assert!(!principal.name.chars().any(char::is_control));
        prop_assert!(principal.roles.len() <= 256);
        prop_assert!(principal.roles.iter().all(|role| role.chars().count() <= 256));
        if is_mapped {
            prop_assert!(principal.roles.iter().all(|role| ["operator", "viewer"].contains(&&**role)));
        }
    }
}

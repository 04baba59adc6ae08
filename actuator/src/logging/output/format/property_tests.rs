//! Whatever an application calls its fields.

use std::collections::BTreeMap;

use proptest::{prelude::*, sample::select};
use serde_json::Value;

use super::{
    naming::{Naming, Style, member},
    settings::JsonSettings,
};
use crate::support::odd_text::odd_text;

/// A name, often one that means something: of the format itself, a path, with what is escaped.
fn name() -> impl Strategy<Value = String> {
    odd_text("(message|log|level|id|[a-z]{0,2}|é)?([._\"\\\\-]|[a-z]{1,3}){0,5}")
}

proptest! {
    #[test]
    fn a_field_of_any_name_has_a_key_that_json_can_have_and_the_format_has_not(
        field in name(),
        style in select(&[Style::Flat, Style::Nested, Style::Underscored]),
        prefix in "|app|app\\.|x_",
        listed in prop::collection::vec(name(), 0..3),
        renamed in name(),
        is_included: bool,
    ) {
        let mut json = JsonSettings { prefix, ..JsonSettings::default() };
        if is_included {
            json.include = listed;
        } else {
            json.exclude = listed;
        }
        let is_renamed = json.rename.insert(field.clone(), renamed).is_none() && !is_included;
        let reserved = vec!["message".to_owned(), "log".to_owned(), "_level".to_owned()];
        let naming = Naming { style, json, reserved: reserved.clone() };
        let Some(key) = naming.field(&field) else { return Ok(()) };
        let object: BTreeMap<String, Value> =
            serde_json::from_str(&format!("{{\"a\":0{}1}}", key.member)).unwrap();
        prop_assert!(object.len() <= 2);
        for part in &key.path {
            prop_assert!(serde_json::from_str::<String>(&format!("\"{part}\"")).is_ok(), "{}", part);
        }
        if naming.json.prefix.is_empty() && !is_renamed {
            let first = key.path.first().map_or_else(
                || object.keys().find(|name| *name != "a").cloned(),
                |first| Some(first.to_string()),
            );
            prop_assert!(first.is_none_or(|first| !reserved.contains(&first)));
        }
    }

    #[test]
    fn a_member_is_read_again_under_its_name(name in odd_text("[a-z\"\\\\]{0,9}")) {
        let text = format!("{{{}7}}", &member(&name)[1..]);
        let read: BTreeMap<String, u8> = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(read.get(&name), Some(&7));
    }
}

//! A line of JSON that has to fit into a message: long texts lose their ends, then members go.

use std::{borrow::Cow, cmp::Reverse};

use serde_json::{Map, Value};

/// Texts are not cut below this many bytes as they are written; before that, whole members go.
const KEPT: usize = 64;
/// The same when all members are gone that may be missed.
const KEPT_AT_LAST: usize = 8;
/// What shows that a text was cut.
const ELLIPSIS: &str = "…";
/// What a reader needs most of c2cwsgiutils' members. These go last.
const ESSENTIAL: [&str; 7] =
    ["msg", "level", "level_name", "timestamp", "logger_name", "host", "request_id"];

/// An object of JSON in at most `room` bytes. What is no object becomes the member `msg`.
pub(super) fn fit(json: &str, room: usize) -> Cow<'_, str> {
    if json.len() <= room {
        return Cow::Borrowed(json);
    }
    let mut object = match serde_json::from_str(json) {
        Ok(Value::Object(object)) => object,
        _ => Map::from_iter([("msg".to_owned(), Value::from(json))]),
    };
    shorten_texts(&mut object, room, KEPT);
    remove_members(&mut object, room, |key| !ESSENTIAL.contains(&key));
    shorten_texts(&mut object, room, KEPT_AT_LAST);
    remove_members(&mut object, room, |_| true);
    Cow::Owned(written(&object))
}

/// Cuts texts, the longest first, as far as that is needed and they bear it.
fn shorten_texts(object: &mut Map<String, Value>, room: usize, kept: usize) {
    let mut excess = written(object).len().saturating_sub(room);
    for (length, key) in by_length(object) {
        if excess == 0 {
            return;
        }
        if let Some(Value::String(text)) = object.get_mut(&key)
            && length > kept
        {
            *text = cut(text, length.saturating_sub(excess).max(kept));
            excess = excess.saturating_sub(length.saturating_sub(length_of(text.as_str())));
        }
    }
}

/// Removes members that may go, the longest first.
fn remove_members(object: &mut Map<String, Value>, room: usize, may_go: impl Fn(&str) -> bool) {
    let mut excess = written(object).len().saturating_sub(room);
    for (length, key) in by_length(object).into_iter().filter(|(_, key)| may_go(key)) {
        if excess == 0 {
            return;
        }
        object.remove(&key);
        // With the colon, and a comma unless it was the last.
        excess = excess.saturating_sub(length + length_of(key.as_str()) + 2);
    }
}

/// The lengths of the values as they are written, and their keys; the longest first.
fn by_length(object: &Map<String, Value>) -> Vec<(usize, String)> {
    let mut keys: Vec<_> =
        object.iter().map(|(key, value)| (length_of(value), key.clone())).collect();
    keys.sort_by_key(|(length, _)| Reverse(*length));
    keys
}

/// The beginning of a text that is written in at most so many bytes, quotes included.
fn cut(text: &str, length: usize) -> String {
    let room = length.saturating_sub(ELLIPSIS.len() + 2);
    let mut used = 0;
    let end = text.char_indices().find(|(_, c)| {
        used += match c {
            '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
            '\0'..='\u{1f}' => 6,
            c => c.len_utf8(),
        };
        used > room
    });
    let start = end.map_or(Some(text), |(end, _)| text.get(..end));
    format!("{}{ELLIPSIS}", start.unwrap_or_default())
}

fn written(object: &Map<String, Value>) -> String {
    serde_json::to_string(object).unwrap_or_default()
}

fn length_of(value: &(impl serde::Serialize + ?Sized)) -> usize {
    serde_json::to_string(value).map_or(0, |text| text.len())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fitted(value: &Value, room: usize) -> Value {
        let text = value.to_string();
        let fitted = fit(&text, room);
        assert!(fitted.len() <= room.max(2), "{room}: {fitted}");
        serde_json::from_str(&fitted).unwrap()
    }

    #[test]
    fn what_fits_is_left_as_it_is_written() {
        let text = "{ \"msg\" : 1.0 }";
        assert!(matches!(fit(text, text.len()), Cow::Borrowed(same) if same == text));
    }

    #[test]
    fn the_longest_text_is_cut_first_and_between_characters() {
        let value = json!({"msg": "short", "level": 3, "full_message": "\"é\u{1}\n".repeat(500)});
        let cut = fitted(&value, 300);
        assert_eq!((&cut["msg"], &cut["level"]), (&json!("short"), &json!(3)));
        let text = cut["full_message"].as_str().unwrap();
        assert!(text.starts_with("\"é\u{1}\n\"é") && text.ends_with('…'), "{text}");
        assert!(cut.to_string().len() > 285, "no more is cut than has to be: {cut}");
    }

    #[test]
    fn members_go_when_texts_are_short_and_what_is_needed_most_goes_last() {
        let mut value = json!({"msg": "x".repeat(500), "level": 3, "logger_name": "shop::db"});
        for number in 0..50 {
            value[format!("field{number}")] = json!([number, number, number, "x"]);
        }
        let cut = fitted(&value, 200);
        let message = cut["msg"].as_str().unwrap();
        assert!(message.starts_with("xxx") && message.ends_with('…'), "{cut}");
        assert_eq!((&cut["level"], &cut["logger_name"]), (&json!(3), &json!("shop::db")));
    }

    #[test]
    fn it_is_an_object_in_any_room() {
        let value = json!({"msg": "x".repeat(100), "a": {"b": "c".repeat(100)}, "level": 7});
        for room in 0..300 {
            assert!(fitted(&value, room).is_object());
        }
    }

    #[test]
    fn what_is_no_object_is_the_text_of_a_message() {
        let cut = fit("not JSON at all, but quite a bit too long for this message and more", 40);
        let cut: Value = serde_json::from_str(&cut).unwrap();
        assert_eq!(cut["msg"], "not JSON at all, but quite …");
    }
}

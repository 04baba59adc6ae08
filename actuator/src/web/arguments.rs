//! The arguments of a call: the query, and a JSON object as body.

use std::{borrow::Cow, fmt};

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::path::escapes_are_complete;
use crate::model::call::Members;

/// Names and values, in order.
type Parameters<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// Query parameters in order. `+` is a blank; a bad escape is refused.
pub(crate) fn query(raw: &str) -> Result<Parameters<'_>, String> {
    if raw.is_empty() {
        return Ok(Vec::new());
    }
    raw.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name)?, decode(value)?))
        })
        .collect()
}

fn decode(text: &str) -> Result<Cow<'_, str>, String> {
    if !text.contains(['%', '+']) {
        return Ok(Cow::Borrowed(text));
    }
    if !escapes_are_complete(text) {
        return Err("the query holds an incomplete escape".to_owned());
    }
    let blanks = text.replace('+', " ");
    percent_encoding::percent_decode_str(&blanks)
        .decode_utf8()
        .map(|decoded| Cow::Owned(decoded.into_owned()))
        .map_err(|_| "the query is not UTF-8".to_owned())
}

/// A JSON body.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct JsonBody {
    /// The members that are strings, numbers, booleans (in their own spelling) or null (`None`).
    pub(crate) members: Members,
    /// The members that are objects of such.
    pub(crate) objects: Vec<(String, Members)>,
}

/// The members of a JSON body. An empty body and JSON `null` have none. Lists, nested objects
/// (but for those of one level where `objects` allows them), other documents and text after the
/// object are refused (recorded: golden `loggers/post-*`).
pub(crate) fn body(bytes: &[u8], objects: bool) -> Result<JsonBody, String> {
    // A byte order mark is tolerated, as Jackson does.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.is_empty() {
        return Ok(JsonBody::default());
    }
    let complaint = |error: serde_json::Error| format!("JSON parse error: {error}");
    let object: Option<Object<'_>> = serde_json::from_slice(bytes).map_err(complaint)?;
    let mut body = JsonBody::default();
    for (name, raw) in object.map(|object| object.0).unwrap_or_default() {
        if objects && raw.starts_with('{') {
            let nested: Object<'_> = serde_json::from_str(raw).map_err(complaint)?;
            let nested = nested.0.into_iter().map(|(name, raw)| Ok((name, scalar(raw)?)));
            body.objects.push((name, nested.collect::<Result<_, _>>().map_err(complaint)?));
        } else {
            body.members.push((name, scalar(raw).map_err(complaint)?));
        }
    }
    Ok(body)
}

/// The members of an object, unread.
struct Object<'de>(Vec<(String, &'de str)>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reading;

        impl<'de> Visitor<'de> for Reading {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
                    members.push((name, value.get()));
                }
                Ok(Object(members))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Object<'de>, A::Error> {
                Err(de::Error::custom("expected an object, found a list"))
            }
        }

        deserializer.deserialize_map(Reading)
    }
}

/// A scalar as text: `1.50` and `1e3` keep their own spelling.
fn scalar(raw: &str) -> Result<Option<String>, serde_json::Error> {
    match raw.as_bytes().first() {
        Some(b'{' | b'[') => Err(de::Error::custom("expected text, a number, true, false or null")),
        Some(b'"') => serde_json::from_str(raw).map(Some),
        _ if raw == "null" => Ok(None),
        _ => Ok(Some(raw.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_keep_their_spelling_and_null_is_nothing() {
        let text = br#"{"a":"x\u00e4","b":1.50,"c":1e3,"d":true,"e":null,"a":"y"}"#;
        let read = body(text, false).unwrap().members;
        let expected = [
            ("a", Some("x\u{e4}")),
            ("b", Some("1.50")),
            ("c", Some("1e3")),
            ("d", Some("true")),
            ("e", None),
            ("a", Some("y")),
        ];
        let read: Vec<_> = read.iter().map(|(k, v)| (k.as_str(), v.as_deref())).collect();
        assert_eq!(read, expected);
        for nothing in [&b"null"[..], b"", b"\xef\xbb\xbf{}"] {
            assert_eq!(body(nothing, false).unwrap(), JsonBody::default());
        }
    }

    #[test]
    fn objects_of_one_level_are_read_where_they_are_expected() {
        let text = br#"{"levels":{"a::b":"DEBUG","c":null},"reason":"x","none":{}}"#;
        let read = body(text, true).unwrap();
        assert_eq!(read.members, [("reason".to_owned(), Some("x".to_owned()))]);
        let levels = vec![("a::b".to_owned(), Some("DEBUG".to_owned())), ("c".to_owned(), None)];
        assert_eq!(read.objects, [("levels".to_owned(), levels), ("none".to_owned(), vec![])]);
        for bad in [r#"{"a":{"b":{}}}"#, r#"{"a":{"b":[]}}"#, r#"{"a":[]}"#, r#"{"a":{"b"}}"#] {
            assert!(body(bad.as_bytes(), true).is_err(), "{bad}");
        }
    }

    #[test]
    fn everything_but_a_flat_object_is_refused() {
        for bad in
            ["[]", "\"x\"", "{", "{\"a\":[1]}", "{\"a\":{}}", "{'a':1}", "{} x", "NaN", "1", " "]
        {
            assert!(body(bad.as_bytes(), false).is_err(), "{bad}");
        }
    }

    #[test]
    fn query_parameters_are_decoded_and_kept_in_order() {
        let read = query("tag=a%3Ab&tag=a+b&x&&y=").unwrap();
        assert_eq!(
            read,
            [("tag", "a:b"), ("tag", "a b"), ("x", ""), ("y", "")]
                .map(|(k, v)| (k.into(), v.into()))
        );
        assert!(query("a=%zz").is_err());
    }
}

//! The arguments of a call: the query, and a flat JSON object as body.

use std::{borrow::Cow, fmt};

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::path::escapes_are_complete;

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

/// The members of a JSON body: strings, numbers and booleans in their own spelling, null as
/// `None`. An empty body and JSON `null` have none. Lists, nested objects, other documents and
/// text after the object are refused (recorded: golden `loggers/post-*`).
pub(crate) fn body(bytes: &[u8]) -> Result<Vec<(String, Option<String>)>, String> {
    // A byte order mark is tolerated, as Jackson does.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    serde_json::from_slice::<Option<FlatObject>>(bytes)
        .map(|object| object.map(|object| object.0).unwrap_or_default())
        .map_err(|error| format!("JSON parse error: {error}"))
}

struct FlatObject(Vec<(String, Option<String>)>);

impl<'de> Deserialize<'de> for FlatObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = FlatObject;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a flat object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<FlatObject, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
                    members.push((name, scalar(value.get())?));
                }
                Ok(FlatObject(members))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<FlatObject, A::Error> {
                Err(de::Error::custom("expected an object, found a list"))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

/// A scalar as text: `1.50` and `1e3` keep their own spelling.
fn scalar<E: de::Error>(raw: &str) -> Result<Option<String>, E> {
    match raw.as_bytes().first() {
        Some(b'{' | b'[') => Err(E::custom("expected text, a number, true, false or null")),
        Some(b'"') => serde_json::from_str(raw).map(Some).map_err(E::custom),
        _ if raw == "null" => Ok(None),
        _ => Ok(Some(raw.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_keep_their_spelling_and_null_is_nothing() {
        let read = body(br#"{"a":"x\u00e4","b":1.50,"c":1e3,"d":true,"e":null,"a":"y"}"#).unwrap();
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
        assert_eq!(body(b"null").unwrap(), []);
        assert_eq!(body(b"").unwrap(), []);
        assert_eq!(body(b"\xef\xbb\xbf{}").unwrap(), []);
    }

    #[test]
    fn everything_but_a_flat_object_is_refused() {
        for bad in
            ["[]", "\"x\"", "{", "{\"a\":[1]}", "{\"a\":{}}", "{'a':1}", "{} x", "NaN", "1", " "]
        {
            assert!(body(bad.as_bytes()).is_err(), "{bad}");
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

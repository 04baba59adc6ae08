//! Lists of pairs as OpenTelemetry's variables have them: `key1=value1,key2=value2`, with values
//! in percent-encoding (`OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_RESOURCE_ATTRIBUTES`).

use percent_encoding::percent_decode_str;

/// The pairs, in their order; an error says what is expected and repeats nothing.
pub(super) fn pairs(text: &str) -> Result<Vec<(String, String)>, &'static str> {
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    items
        .map(pair)
        .collect::<Option<_>>()
        .ok_or("expected key1=value1,key2=value2, percent-encoded")
}

fn pair(item: &str) -> Option<(String, String)> {
    let (key, value) = item.split_once('=')?;
    let decoded = |text: &str| {
        let text = percent_decode_str(text.trim()).decode_utf8().ok()?;
        Some(text.into_owned())
    };
    let key = decoded(key).filter(|key| !key.is_empty())?;
    Some((key, decoded(value)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_as_the_specification_has_them() {
        let read = pairs("api-key=s%2Cx, authorization=Basic%20dTpw== ,,empty=").unwrap();
        let expected = [("api-key", "s,x"), ("authorization", "Basic dTpw=="), ("empty", "")];
        let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(read, expected);
        assert_eq!(pairs(""), Ok(Vec::new()));
        for bad in ["key", "=value", "key=%FF", "a=b,c"] {
            assert!(pairs(bad).is_err(), "{bad}");
        }
    }
}

//! Numbers as the text formats have them.

/// A count: digits only.
pub(super) fn write_count(into: &mut Vec<u8>, count: u64) {
    into.extend_from_slice(itoa::Buffer::new().format(count).as_bytes());
}

/// A value: always with a fraction (`1.0`), as Spring writes it; `NaN`, `+Inf` and `-Inf`.
///
/// The shortest digits that read back as the same number. Unlike Java's they have an exponent
/// only where plain ones would be longer than about 16 digits.
pub(super) fn write_value(into: &mut Vec<u8>, value: f64) {
    let text = if value.is_nan() {
        "NaN"
    } else if value == f64::INFINITY {
        "+Inf"
    } else if value == f64::NEG_INFINITY {
        "-Inf"
    } else if value.to_bits() == 0 {
        "0.0"
    } else {
        return into.extend_from_slice(zmij::Buffer::new().format_finite(value).as_bytes());
    };
    into.extend_from_slice(text.as_bytes());
}

/// Seconds since 1970 with three decimals, as timestamps of exemplars and `_created` are written.
pub(super) fn write_timestamp(into: &mut Vec<u8>, at: std::time::SystemTime) {
    let since = at.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    write_count(into, since.as_secs());
    let millis = since.subsec_millis();
    let digit = |of: u32| b'0'.saturating_add(u8::try_from(of % 10).unwrap_or_default());
    into.extend_from_slice(&[b'.', digit(millis / 100), digit(millis / 10), digit(millis)]);
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn value(value: f64) -> String {
        let mut text = Vec::new();
        write_value(&mut text, value);
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn values_have_a_fraction_and_read_back_as_they_were() {
        for (number, text) in [
            (0.0, "0.0"),
            (1.0, "1.0"),
            (-3.0, "-3.0"),
            (5.827, "5.827"),
            (0.004_674_886, "0.004674886"),
            (270_553_174_016.0, "270553174016.0"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
        ] {
            assert_eq!(value(number), text);
        }
        for number in
            [f64::MAX, f64::MIN_POSITIVE, 5e-324, -0.0, 1.0 / 3.0, 1e21, 9_007_199_254_740_993.0]
        {
            assert_eq!(value(number).parse::<f64>().unwrap().to_bits(), number.to_bits());
        }
    }

    #[test]
    fn timestamps_have_three_decimals() {
        let mut text = Vec::new();
        write_timestamp(&mut text, UNIX_EPOCH + Duration::from_millis(1_520_879_607_089));
        assert_eq!(text, b"1520879607.089");
    }
}

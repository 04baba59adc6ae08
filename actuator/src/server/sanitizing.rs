//! The one sanitiser of a service, as its settings have it.

use crate::{
    model::sanitizer::{Sanitizer, SanitizerRules, compile_pattern},
    settings::SettingsReader,
};

/// Keys that are secret beside those that are built in. Spring Boot 2 had two names for each of two
/// endpoints; here nothing replaces what is built in.
const SECRET: [&str; 5] = [
    "actuator.sanitize.additional-keys",
    "management.endpoint.env.additional-keys-to-sanitize",
    "management.endpoint.env.keys-to-sanitize",
    "management.endpoint.configprops.additional-keys-to-sanitize",
    "management.endpoint.configprops.keys-to-sanitize",
];
const READABLE: &str = "actuator.sanitize.exclude-keys";
const VALUES: &str = "actuator.sanitize.value-patterns";

/// Reads `actuator.sanitize.*`. What is refused meanwhile is told without what they hide.
pub(super) fn read(reader: &mut SettingsReader<'_>) -> Sanitizer {
    let mut rules = SanitizerRules::default();
    for name in SECRET {
        reader.add_key_patterns(name, &mut rules.secret);
    }
    reader.add_key_patterns(READABLE, &mut rules.readable);
    for pattern in reader.list(VALUES).unwrap_or_default() {
        match compile_pattern(&pattern, false) {
            Ok(pattern) if pattern.is_match("") => {
                reader.reject(VALUES, format_args!("{pattern} matches what is empty"));
            }
            Ok(pattern) => rules.values.push(pattern),
            Err(complaint) => reader.reject(VALUES, format_args!("{pattern} {complaint}")),
        }
    }
    let sanitizer = Sanitizer::new(rules);
    reader.hide_with(&sanitizer);
    sanitizer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::sanitizer::{MASK, SanitizableData},
        settings::Settings,
    };

    fn sanitizer(pairs: &[(&str, &str)]) -> Result<Sanitizer, String> {
        let builder = pairs.iter().fold(Settings::builder(), |b, (k, v)| b.force(k, *v));
        let settings = builder.build().unwrap();
        let mut reader = SettingsReader::new(&settings);
        let read = read(&mut reader);
        reader.finish().map(|()| read).map_err(|error| error.to_string())
    }

    #[test]
    fn keys_of_settings_are_hidden_or_left_readable() {
        for name in SECRET {
            let sanitizer = sanitizer(&[(name, "iban, ^card\\..*$")]).unwrap();
            for key in ["customer.iban", "CUSTOMER_IBAN", "card.number", "password"] {
                assert_eq!(sanitizer.sanitize(key, "x"), MASK, "{name} {key}");
            }
            assert_eq!(sanitizer.sanitize_text(r#"{"iban":"x"}"#), r#"{"iban":"******"}"#);
            assert_eq!(sanitizer.sanitize_text("a?iban=x&b=y"), "a?iban=******&b=y");
            assert_eq!(sanitizer.sanitize("discard.number", "x"), "x");
        }
        let readable = sanitizer(&[(READABLE, "idempotency-key"), (SECRET[0], "vat")]).unwrap();
        assert_eq!(readable.sanitize("Idempotency-Key", "k1"), "k1");
        assert_eq!(readable.sanitize("api-key", "k1"), MASK);
        assert_eq!(readable.sanitize("idempotency-key", "http://u:p@h"), "http://u:******@h");
    }

    #[test]
    fn patterns_hide_their_group_or_all_that_they_match() {
        let sanitizer =
            sanitizer(&[("actuator.sanitize.value-patterns[0]", r"IBAN ([A-Z]{2}\d{4,30})")])
                .unwrap();
        assert_eq!(sanitizer.sanitize_text("to IBAN DE1234567 now"), "to IBAN ****** now");
        let whole = self::sanitizer(&[(VALUES, r"cust-\d+")]).unwrap();
        assert_eq!(whole.sanitize("name", "cust-12 and cust-3"), "****** and ******");
        let long = "cust-1 ".repeat(10_000);
        assert!(whole.sanitize_text(&long).len() < long.len());
    }

    #[test]
    fn bad_patterns_refuse_the_start_with_their_origin() {
        for (name, value) in [(VALUES, "("), (VALUES, "a*"), (SECRET[0], "("), (READABLE, "*")] {
            let value = if name == SECRET[0] { "(+" } else { value };
            let error = sanitizer(&[(name, value)]).unwrap_err();
            assert!(error.contains(name) && error.contains(value), "{error}");
        }
    }

    #[test]
    fn functions_are_asked_by_all_clones_and_can_only_hide_more() {
        let sanitizer = sanitizer(&[]).unwrap();
        let clone = sanitizer.clone();
        sanitizer.ask_first(vec![
            Box::new(|data: &SanitizableData<'_>| (data.key() == "iban").then(|| data.mask())),
            Box::new(|data: &SanitizableData<'_>| {
                assert_ne!(data.value(), "panic");
                (data.value() == "long").then(|| "token=x".to_owned())
            }),
        ]);
        assert_eq!(clone.sanitize("iban", "DE1"), MASK);
        assert_eq!(clone.sanitize("a", "long"), "token=******");
        assert_eq!(clone.sanitize("password", "long"), MASK);
        assert_eq!(clone.sanitize("a", "panic"), MASK);
        assert_eq!(clone.sanitize("a", "b"), "b");
    }
}

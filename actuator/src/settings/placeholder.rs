//! `${name}` and `${name:default}` in values.

use crate::model::sanitizer;

use super::{Settings, ValueKind};

/// How deep placeholders may refer to placeholders.
const MAX_DEPTH: usize = 16;
/// How long a value may become, in bytes: doubling placeholders must not fill the memory.
const MAX_LENGTH: usize = 256 * 1024;
/// How many placeholders may be resolved for one value.
const MAX_STEPS: usize = 10_000;

/// How many of them one without an end counts for: the whole text behind it was looked through.
const UNCLOSED: usize = 100;

/// A text with its placeholders resolved.
pub struct Resolved {
    /// The text; what cannot be resolved stays as it was written.
    pub text: String,
    /// Whether a secret went into it.
    pub holds_secret: bool,
    steps: usize,
}

impl Settings {
    /// Resolves the placeholders of every value.
    pub(super) fn resolve_placeholders(&mut self) {
        let mut changes = Vec::new();
        for (at, source) in self.sources.iter().enumerate() {
            for (name, property) in &source.properties {
                if property.value.contains("${") {
                    changes.push((at, name.clone(), self.resolve(&property.value)));
                }
            }
        }
        for (at, name, resolved) in changes {
            let property =
                self.sources.get_mut(at).and_then(|source| source.properties.get_mut(&name));
            if let Some(property) = property {
                property.value = resolved.text;
                property.holds_secret |= resolved.holds_secret;
                property.kind = ValueKind::Text;
            }
        }
    }

    /// A text of the application's code with its placeholders resolved; what cannot be resolved
    /// stays as it was written.
    pub fn fill_in(&self, text: &str) -> String {
        self.resolve(text).text
    }

    /// A text with its placeholders resolved from these settings.
    pub(super) fn resolve(&self, text: &str) -> Resolved {
        let mut resolved = Resolved { text: String::new(), holds_secret: false, steps: 0 };
        self.expand(text, &mut Vec::new(), &mut resolved);
        resolved
    }

    fn expand(&self, text: &str, open: &mut Vec<String>, into: &mut Resolved) {
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            if into.steps > MAX_STEPS {
                break;
            }
            // `\${` is no placeholder, as in Spring.
            if let Some(before) = before.strip_suffix('\\') {
                into.text.push_str(before);
                into.text.push_str("${");
                rest = after;
                continue;
            }
            into.text.push_str(before);
            let Some((inner, tail)) = split_at_closing_brace(after) else {
                into.text.push_str("${");
                into.steps += UNCLOSED;
                rest = after;
                continue;
            };
            let (name, default) = split_default(inner);
            self.expand_one(name, default, open, into);
            rest = tail;
        }
        into.text.push_str(rest);
    }

    fn expand_one(
        &self,
        written: &str,
        default: Option<&str>,
        open: &mut Vec<String>,
        into: &mut Resolved,
    ) {
        let name = self.expand_name(written, open, into);
        let property = self.property(&name);
        let value = property.map(|property| property.value.as_str()).or(default);
        let refused = open.len() >= MAX_DEPTH
            || into.text.len() > MAX_LENGTH
            || into.steps > MAX_STEPS
            || open.contains(&name);
        match value {
            Some(value) if !refused => {
                into.holds_secret |=
                    property.is_some_and(|found| found.holds_secret || is_secret(&name, value));
                into.steps += 1;
                open.push(name);
                self.expand(value, open, into);
                open.pop();
            }
            _ => {
                into.text.push_str("${");
                into.text.push_str(written);
                if let Some(default) = default {
                    into.text.push(':');
                    into.text.push_str(default);
                }
                into.text.push('}');
            }
        }
    }

    /// The name of a placeholder may hold placeholders (`${url.${stage}}`); `\:` is part of it.
    fn expand_name(&self, written: &str, open: &mut Vec<String>, into: &mut Resolved) -> String {
        if !written.contains("${") || open.len() >= MAX_DEPTH || into.steps > MAX_STEPS {
            return written.replace("\\:", ":");
        }
        let mut name = Resolved { text: String::new(), holds_secret: false, steps: into.steps + 1 };
        open.push(written.to_owned());
        self.expand(written, open, &mut name);
        open.pop();
        into.steps = name.steps;
        into.holds_secret |= name.holds_secret;
        name.text
    }
}

/// Splits at the colon between the name and the default, past those of placeholders inside and
/// past `\:`.
fn split_default(inner: &str) -> (&str, Option<&str>) {
    let mut depth = 0_usize;
    let mut previous = ' ';
    for (at, c) in inner.char_indices() {
        match c {
            '{' if previous == '$' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ':' if depth == 0 && previous != '\\' => {
                let (name, rest) = inner.split_at_checked(at).unwrap_or((inner, ""));
                return (name, rest.strip_prefix(':'));
            }
            _ => {}
        }
        previous = c;
    }
    (inner, None)
}

fn is_secret(name: &str, value: &str) -> bool {
    sanitizer::Sanitizer::default().sanitize(name, value) == sanitizer::MASK
}

/// Splits behind the brace that closes the placeholder, past those of defaults inside it.
fn split_at_closing_brace(text: &str) -> Option<(&str, &str)> {
    let mut depth = 1_usize;
    let mut previous = ' ';
    for (at, c) in text.char_indices() {
        match c {
            '{' if previous == '$' => depth += 1,
            '}' => {
                depth -= 1;
                if depth == 0 {
                    let (inner, rest) = text.split_at_checked(at)?;
                    return Some((inner, rest.strip_prefix('}')?));
                }
            }
            _ => {}
        }
        previous = c;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(settings: &[(&str, &str)], name: &str) -> String {
        let mut builder = Settings::builder();
        for (name, value) in settings {
            builder = builder.default_value(name, *value);
        }
        builder.build().unwrap().property(name).unwrap().value.clone()
    }

    #[test]
    fn placeholders_are_resolved_with_defaults_and_inside_each_other() {
        let settings = [
            ("spring.application.name", "demo"),
            ("a", "Hello ${spring.application.name}!"),
            ("b", "${nosuch:${a}}"),
            ("c", "${nosuch} and ${half"),
            ("d", "${nosuch:}"),
        ];
        assert_eq!(value(&settings, "a"), "Hello demo!");
        assert_eq!(value(&settings, "b"), "Hello demo!");
        assert_eq!(value(&settings, "c"), "${nosuch} and ${half");
        assert_eq!(value(&settings, "d"), "");
    }

    #[test]
    fn names_may_hold_placeholders_and_backslashes_keep_texts() {
        let settings = [
            ("stage", "eu"),
            ("url.eu", "http://eu"),
            ("a", "${url.${stage}}"),
            ("b", "${url.${nosuch:us}:none}"),
            ("c", "\\${stage} is ${stage}"),
            ("d", "${nosuch\\:name:left}"),
            ("e", "${f}"),
            ("f", "\\${stage}"),
            ("g", "${nosuch:http://x:${stage}/}"),
            ("h", "${url.${h}}"),
        ];
        assert_eq!(value(&settings, "a"), "http://eu");
        assert_eq!(value(&settings, "b"), "none");
        assert_eq!(value(&settings, "c"), "${stage} is eu");
        assert_eq!(value(&settings, "d"), "left");
        assert_eq!(value(&settings, "e"), "${stage}", "what was resolved is not resolved again");
        assert_eq!(value(&settings, "g"), "http://x:eu/");
        assert_eq!(value(&settings, "h"), "${url.${h}}", "a circle through a name ends");
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics_or_takes_long(text in r"[a${}:\\]{0,80}") {
            let settings = [("a", text.as_str()), ("aa", "${a}"), ("", "${aa}")];
            value(&settings, "a");
        }
    }

    #[test]
    fn circles_and_explosions_end() {
        assert_eq!(value(&[("a", "${b}"), ("b", "${a}")], "a"), "${b}");
        let texts: Vec<(String, String)> = (0..30)
            .map(|i| (format!("x{i}"), format!("${{x{0}}}${{x{0}}}${{x{0}}}${{x{0}}}", i + 1)))
            .collect();
        let texts: Vec<(&str, &str)> =
            texts.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert!(value(&texts[..12], "x0").len() < 2 * MAX_LENGTH);
    }

    #[test]
    fn a_value_with_a_secret_inside_is_a_secret() {
        let settings = Settings::builder()
            .default_value("db.password", "s3cret")
            .default_value("dsn", "host=h pw=${db.password}")
            .default_value("copy", "${dsn}")
            .build()
            .unwrap();
        assert!(settings.property("dsn").unwrap().holds_secret);
        assert!(settings.property("copy").unwrap().holds_secret);
    }
}

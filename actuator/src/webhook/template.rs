//! A body of one's own, with placeholders: `{"text": "[[CHECK]] is [[TO]]"}`.

use std::fmt;

use crate::support::text::nearest;

/// A body as the setting has it, taken apart once.
#[derive(Clone, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Value(Placeholder),
}

/// What can stand in a body. The last three are Xabaril's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placeholder {
    /// The name of the application.
    Application,
    /// The instance of it.
    Instance,
    /// The path of the check.
    Check,
    /// What its status was.
    From,
    /// What its status is.
    To,
    /// Since when, ISO 8601.
    At,
    /// Why; empty if nobody knows.
    Cause,
    /// How long it was worse than UP, ISO 8601; empty until it is over.
    Outage,
    /// The name of the application.
    Liveness,
    /// What happened, in one sentence.
    Failure,
    /// The check and the cause.
    Descriptions,
}

const NAMES: [(&str, Placeholder); 11] = [
    ("APPLICATION", Placeholder::Application),
    ("INSTANCE", Placeholder::Instance),
    ("CHECK", Placeholder::Check),
    ("FROM", Placeholder::From),
    ("TO", Placeholder::To),
    ("AT", Placeholder::At),
    ("CAUSE", Placeholder::Cause),
    ("OUTAGE", Placeholder::Outage),
    ("LIVENESS", Placeholder::Liveness),
    ("FAILURE", Placeholder::Failure),
    ("DESCRIPTIONS", Placeholder::Descriptions),
];

impl Template {
    /// Takes a body apart. What looks like a placeholder (`[[CAPITALS]]`) and is none is refused;
    /// other brackets are text: `[[1, 2], [3]]`.
    pub fn parse(body: &str) -> Result<Self, String> {
        let (mut parts, mut text, mut rest) = (Vec::new(), String::new(), body);
        while let Some((head, tail)) = rest.split_once("[[") {
            text.push_str(head);
            if let Some((name, after)) = tail.split_once("]]").filter(|(name, _)| is_name(name)) {
                let placeholder = placeholder(name)?;
                parts.push(Part::Text(std::mem::take(&mut text)));
                parts.push(Part::Value(placeholder));
                rest = after;
            } else {
                // One bracket only: the next may begin a placeholder.
                text.push('[');
                rest = rest.get(head.len() + 1..).unwrap_or_default();
            }
        }
        text.push_str(rest);
        parts.push(Part::Text(text));
        Ok(Self { parts })
    }

    /// The body with the values in their places, each as it stands inside a JSON text.
    pub fn render(&self, value: impl Fn(Placeholder) -> String) -> String {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.clone(),
                Part::Value(placeholder) => escaped(&value(*placeholder)),
            })
            .collect()
    }

    /// Whether it is JSON whatever the values are.
    pub fn is_json(&self) -> bool {
        let sample = self.render(|_| "\"\\ x".to_owned());
        serde_json::from_str::<serde::de::IgnoredAny>(&sample).is_ok()
    }
}

impl fmt::Debug for Template {
    /// Without the text, which may hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Template").finish_non_exhaustive()
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_uppercase() || c == '_')
}

fn placeholder(name: &str) -> Result<Placeholder, String> {
    if let Some((_, found)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Ok(*found);
    }
    let names = NAMES.map(|(name, _)| name);
    let hint = nearest(name, names).map(|near| format!(" (was [[{near}]] meant?)"));
    let hint = hint.unwrap_or_default();
    let names = names.join("]], [[");
    Err(format!("[[{name}]] is no placeholder{hint}: expected [[{names}]]"))
}

/// The text as it stands between the quotes of JSON.
fn escaped(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    json.get(1..json.len() - 1).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_are_put_in_their_places_as_json_has_them() {
        let template =
            Template::parse(r#"{"text":"[[CHECK]]: [[CAUSE]]","n":[[1,[2]],3]}"#).unwrap();
        let body = template.render(|placeholder| format!("{placeholder:?} \"x\"\n"));
        assert_eq!(body, r#"{"text":"Check \"x\"\n: Cause \"x\"\n","n":[[1,[2]],3]}"#);
        assert!(template.is_json());
        for (plain, rendered) in
            [("[[[TO]]]", "[x]"), ("[[ TO ]]", "[[ TO ]]"), ("[[", "[["), ("", "")]
        {
            assert_eq!(Template::parse(plain).unwrap().render(|_| "x".to_owned()), rendered);
        }
    }

    #[test]
    fn a_placeholder_that_does_not_exist_is_refused_with_the_nearest_one() {
        let error = Template::parse("[[CUASE]]").unwrap_err();
        assert!(error.contains("was [[CAUSE]] meant?") && error.contains("[[OUTAGE]]"), "{error}");
    }

    #[test]
    fn a_placeholder_outside_of_a_text_makes_no_json() {
        assert!(!Template::parse(r#"{"outage": [[OUTAGE]]}"#).unwrap().is_json());
        assert!(!Template::parse("[[CHECK]] is [[TO]]").unwrap().is_json());
    }

    #[test]
    fn debug_output_does_not_show_the_body() {
        let template = Template::parse("{\"key\":\"hunter2\"}").unwrap();
        assert!(!format!("{template:?}").contains("hunter2"));
    }

    proptest! {
        #[test]
        fn whatever_is_no_placeholder_stays_as_it_is(
            odd in "\\PC{0,30}|[\\[\\]A-Z ]{0,30}", text in "[a-z\\[\\] ]{0,30}",
        ) {
            if let Ok(template) = Template::parse(&odd) {
                let _ = template.render(|_| "\"".to_owned());
            }
            let template = Template::parse(&text).unwrap();
            prop_assert_eq!(template.render(|_| String::new()), text);
        }
    }
}

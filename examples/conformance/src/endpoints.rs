//! The custom endpoints of the recorded application: `features`, `typed`, `plain`, `tree`, `download`,
//! `texty` and `locked`.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use actuator::{
    Argument,
    custom::{EndpointError, OffsetDateTime, Resource, WebEndpointResponse},
    endpoint,
};
use serde_json::{Value, json};

/// What is switched on, under its name.
struct Features(Mutex<BTreeMap<String, Value>>);

impl Default for Features {
    fn default() -> Self {
        let alpha = ("alpha".to_owned(), json!({"enabled": true}));
        Self(Mutex::new(BTreeMap::from([alpha])))
    }
}

/// Features that can be switched while the application runs.
#[endpoint(id = "features")]
impl Features {
    /// All features.
    #[read]
    fn features(&self) -> BTreeMap<String, Value> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// One feature.
    #[read]
    fn feature(&self, #[selector] name: &str) -> Option<Value> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Switches a feature.
    #[write]
    fn configure(&self, #[selector] name: String, enabled: bool, weight: Option<i32>) {
        let feature = match weight {
            Some(weight) => json!({"enabled": enabled, "weight": weight}),
            None => json!({"enabled": enabled}),
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name, feature);
    }

    /// Forgets a feature.
    #[delete]
    fn delete(&self, #[selector] name: &str) -> Option<Value> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name)
    }
}

/// Colours as callers name them.
#[derive(Argument)]
enum Colour {
    Red,
    DarkBlue,
}

impl Colour {
    fn name(&self) -> &'static str {
        match self {
            Self::Red => "RED",
            Self::DarkBlue => "DARK_BLUE",
        }
    }
}

#[derive(Default)]
struct Typed;

/// Arguments of all types.
#[endpoint(id = "typed")]
impl Typed {
    /// Two arguments of the query.
    #[read]
    async fn read(text: String, number: i32) -> Value {
        json!({"text": text, "number": number})
    }

    /// Two of the path.
    #[read]
    fn select(#[selector] id: i32, #[selector] colour: Colour, list: Option<Vec<String>>) -> Value {
        json!({"id": id, "colour": colour.name(), "list": list})
    }

    /// As many as there are types.
    #[write]
    #[allow(clippy::too_many_arguments)] // as the recorded one
    fn write(
        text: String,
        number: Option<i32>,
        flag: Option<bool>,
        colour: Option<Colour>,
        duration: Option<Duration>,
        when: Option<OffsetDateTime>,
        list: Option<Vec<String>>,
        ratio: Option<f64>,
    ) -> Value {
        json!({
            "text": text,
            "number": number,
            "flag": flag,
            "colour": colour.map(|colour| colour.name()),
            "duration": duration.map(|duration| format!("PT{}S", duration.as_secs_f64())),
            "when": when,
            "list": list,
            "ratio": ratio,
        })
    }

    /// One of the query.
    #[delete]
    fn delete(text: &str) {
        tracing::debug!(text, "deleted");
    }
}

#[derive(Default)]
struct Plain;

/// Results of many kinds.
#[endpoint(id = "plain")]
impl Plain {
    #[read]
    fn text() -> &'static str {
        "just text"
    }

    #[read]
    fn kind(#[selector] kind: &str) -> Result<Option<WebEndpointResponse>, EndpointError> {
        let value = match kind {
            "null" => return Ok(None),
            "throw" => return Err(EndpointError::internal("endpoint broke")),
            "illegal" => return Err(EndpointError::bad_request("the reason")),
            "int" => json!(42),
            "list" => json!([1, "two", 3.5, true]),
            "nulls" => json!({"a": null, "b": 1}),
            "nan" => json!({
                "nan": "NaN", "inf": "Infinity", "ninf": "-Infinity", "float": 1.0, "big": 1e21,
                "small": 1e-7, "long": i64::MAX,
            }),
            "times" => times(),
            "unicode" => {
                json!({"text": "na\u{ef}ve \u{20ac} \u{1f600} \"q\" \\ / \u{7} \u{2028} <b>&amp;</b>"})
            }
            other => return Ok(Some(WebEndpointResponse::text(format!("kind:{other}")))),
        };
        WebEndpointResponse::json(&value).map(Some)
    }

    #[write]
    async fn write() {}

    #[delete]
    fn delete() {}
}

/// Instants and the like, as JSON has them.
fn times() -> Value {
    json!({
        "instant": "2026-08-21T09:01:40Z",
        "millis": "2026-08-21T09:01:40.120Z",
        "date": "2026-08-21T09:01:40.123Z",
        "duration": "PT0.023S",
        "locale": "en-US",
        "offset": OffsetDateTime::parse("2026-08-21T11:01:40+02:00"),
        "zone": "Europe/Paris",
        "period": "P2D",
        "bytes": "AQID",
        "localDate": "2026-08-21",
        "enum": Colour::DarkBlue.name(),
        "file": "/srv/x",
        "class": "java.lang.String",
        "uri": "http://a.example/x?y=1",
        "optional": 1,
    })
}

#[derive(Default)]
struct Tree;

/// A path of any length, and any status.
#[endpoint(id = "tree")]
impl Tree {
    #[read]
    fn root() -> Value {
        json!({"root": true})
    }

    #[read]
    fn below(#[selector(remaining)] path: Vec<String>) -> Value {
        json!({"path": path})
    }

    #[delete]
    fn delete(status: Option<u16>) -> Result<WebEndpointResponse, EndpointError> {
        let answer = WebEndpointResponse::json(&json!({"x": "y"}))?;
        Ok(answer.with_status(status.unwrap_or(202)))
    }
}

#[derive(Default)]
struct Download;

/// Resources.
#[endpoint(id = "download")]
impl Download {
    #[read]
    fn bytes() -> Resource {
        Resource::bytes("0123456789")
    }

    #[read(produces = ["text/csv"])]
    fn csv(#[selector] name: &str) -> Resource {
        tracing::debug!(name, "downloaded");
        Resource::bytes("a,b\n1,2")
    }
}

#[derive(Default)]
struct Texty;

/// A text under two media types.
#[endpoint(id = "texty")]
impl Texty {
    #[read(produces = ["text/plain", "application/json"])]
    fn text() -> &'static str {
        "hello"
    }
}

#[derive(Default)]
struct Locked;

/// Nobody may use it unless a setting says so.
#[endpoint(id = "locked", access = "none")]
impl Locked {
    #[read]
    fn locked() -> &'static str {
        "locked"
    }
}

//! `configprops`: typed structs of the application, and the library's own settings, by prefix.
//!
//! The form is Spring's (recorded: `configprops/get`, `configprops/prefix`): `properties` are the
//! values in force, `inputs` is the same tree with the text and the place of what was set, and
//! `{}` where a default holds. What has no value is in neither.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::{
    model::{
        answer::Answer,
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Selector},
        parameter::{Parameter, Shape},
        principal::Principal,
        reply::Reply,
        sanitizer::{MASK, Sanitizer},
        schema::{Member, Schema},
        show::ShowValues,
    },
    settings::{
        FromSetting, LiveSettings, SettingKind,
        typed::{Shown, ShownGroup, ShownValue, TypedRegistry, own_settings},
    },
    support::time,
};

const OPERATIONS: &[Operation] = &[
    Operation::read(&[]).doing("All typed settings.").answering(&[Answer::of(CONFIGPROPS)]),
    Operation::read(&[Selector::One("prefix")])
        .doing("Those whose prefix begins with this one.")
        .taking(&[Parameter::path("prefix", Shape::Text, "The beginning of a prefix.")])
        .answering(&[
            Answer::of(CONFIGPROPS),
            Answer::not_found("Nothing has a prefix that begins so."),
        ]),
];
/// The values are trees of the application's own forms.
const CONFIGPROPS: Schema = Schema::Named(
    "ConfigurationProperties",
    &Schema::Object(&[Member::new(
        "contexts",
        Schema::Map(&Schema::Object(&[Member::new(
            "beans",
            Schema::Map(&Schema::Object(&[
                Member::new("prefix", Schema::Text),
                Member::new("properties", Schema::Map(&Schema::Any)),
                Member::new("inputs", Schema::Map(&Schema::Any)),
            ])),
        )])),
    )]),
);

/// Serves the settings as they were read.
#[derive(Debug)]
pub struct ConfigpropsEndpoint {
    context: String,
    parts: ConfigpropsParts,
    sanitizer: Arc<Sanitizer>,
}

/// What the endpoint shows, and to whom.
#[derive(Clone, Debug)]
pub(crate) struct ConfigpropsParts {
    /// The structs of the application.
    pub(crate) typed: Arc<TypedRegistry>,
    /// The settings in force, of which the library's own are shown.
    pub(crate) settings: Arc<LiveSettings>,
    /// Who sees values.
    pub(crate) show: ShowValues,
}

impl ConfigpropsEndpoint {
    /// Serves those of the application named `context`.
    pub fn new(context: &str, parts: ConfigpropsParts, sanitizer: Arc<Sanitizer>) -> Self {
        Self { context: context.to_owned(), parts, sanitizer }
    }

    /// All groups whose prefix begins with this text; `None` if there is none.
    fn document(&self, prefix: &str, caller: Option<&Principal>) -> Option<Value> {
        let view = View { shows: self.parts.show.allows(caller), sanitizer: &self.sanitizer };
        let settings = self.parts.settings.current();
        let groups = self.parts.typed.shown().into_iter().chain(own_settings(&settings));
        let beans: Map<String, Value> = groups
            .filter(|group| group.prefix.starts_with(prefix))
            .map(|group| (format!("{}-{}", group.prefix, group.type_name), view.bean(&group)))
            .collect();
        if beans.is_empty() {
            return None;
        }
        Some(json!({ "contexts": { (self.context.as_str()): { "beans": beans } } }))
    }
}

impl Endpoint for ConfigpropsEndpoint {
    fn id(&self) -> &'static str {
        "configprops"
    }

    fn operations(&self) -> &[Operation] {
        OPERATIONS
    }

    fn description(&self) -> &'static str {
        "Typed settings by their prefixes: the values in force, and where each was set."
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(async move {
            let prefix = if call.operation == 0 { "" } else { call.selector(0)? };
            let document = self.document(prefix, call.principal);
            document.map_or(Ok(Reply::NotFound), |document| Reply::json(&document))
        })
    }
}

/// What one caller sees.
struct View<'s> {
    shows: bool,
    sanitizer: &'s Sanitizer,
}

impl View<'_> {
    fn bean(&self, group: &ShownGroup) -> Value {
        json!({
            "prefix": group.prefix,
            "properties": self.tree(&group.values, &Self::property).unwrap_or_else(empty),
            "inputs": self.tree(&group.values, &Self::input).unwrap_or_else(empty),
        })
    }

    /// The tree with what `leaf` makes of its values, without those that are absent.
    fn tree(&self, shown: &Shown, leaf: &dyn Fn(&Self, &ShownValue) -> Value) -> Option<Value> {
        Some(match shown {
            Shown::Absent => return None,
            Shown::Value(value) => leaf(self, value),
            Shown::List(items) => {
                items.iter().filter_map(|item| self.tree(item, leaf)).collect::<Vec<_>>().into()
            }
            Shown::Group(members) => {
                let member =
                    |(key, shown): &(String, Shown)| Some((key.clone(), self.tree(shown, leaf)?));
                Value::Object(members.iter().filter_map(member).collect())
            }
        })
    }

    /// The value, in its type.
    fn property(&self, value: &ShownValue) -> Value {
        let text = self.text(value, &value.text);
        if text == MASK { text.into() } else { typed(text, value.kind) }
    }

    /// What was set, and where; nothing for a default.
    fn input(&self, value: &ShownValue) -> Value {
        let Some(input) = &value.input else { return empty() };
        json!({ "value": self.text(value, &input.text), "origin": input.origin })
    }

    fn text(&self, value: &ShownValue, text: &str) -> String {
        if !self.shows || value.is_secret {
            return MASK.to_owned();
        }
        self.sanitizer.sanitize(&value.name, text).into_owned()
    }
}

fn empty() -> Value {
    Value::Object(Map::new())
}

/// A text in its JSON type; one that is not of its kind stays text.
fn typed(text: String, kind: SettingKind) -> Value {
    let typed = match kind {
        SettingKind::Number => text.trim().trim_start_matches('+').parse().ok().map(Value::Number),
        SettingKind::Bool => bool::from_setting(&text).ok().map(Value::Bool),
        SettingKind::Duration => std::time::Duration::from_setting(&text)
            .ok()
            .map(|duration| time::iso_duration(duration).into()),
        _ => None,
    };
    typed.unwrap_or(Value::String(text))
}

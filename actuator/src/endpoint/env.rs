//! `/env`: property sources, and one property with the source that wins.

use std::sync::Arc;

use regex_lite::{Regex, RegexBuilder};
use serde::{Serialize, Serializer};

use super::env_writing;
use crate::{
    audit::Audit,
    env::{EnvProperty, EnvSource, EnvValue, Environment},
    model::{
        answer::Answer,
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Selector},
        parameter::{Parameter, Shape},
        problem::Problem,
        reply::Reply,
        schema::{Member, Schema},
    },
};

const READS: &[Operation] = &[ALL, ONE];
/// Reads all sources.
pub(super) const ALL: Operation = Operation::read(&[])
    .doing("All property sources with their properties.")
    .taking(&[Parameter::query(
        "pattern",
        Shape::Text,
        "A regular expression: only properties in whose names it is found.",
    )])
    .answering(&[Answer::of(ENV)]);
/// Reads one property.
pub(super) const ONE: Operation = Operation::read(&[Selector::One("toMatch")])
    .doing("One property, and what each source says of it.")
    .taking(&[Parameter::path("toMatch", Shape::Text, "The name of the property.")])
    .answering(&[Answer::of(ENV_ENTRY), Answer::not_found("No source has the property.")]);
/// Longest pattern that is compiled, in bytes.
const MAX_PATTERN: usize = 256;
/// Largest compiled pattern, in bytes: `x{1000}{1000}` is refused.
const MAX_COMPILED: usize = 64 * 1024;
/// Longest name that a pattern is matched against, in bytes.
const MAX_MATCHED: usize = 1024;

/// Serves the environment.
#[derive(Debug)]
pub struct EnvEndpoint {
    environment: Arc<Environment>,
    audit: Audit,
}

impl EnvEndpoint {
    /// Serves this environment; what is set in it goes to the trail.
    pub fn new(environment: Arc<Environment>, audit: Audit) -> Self {
        Self { environment, audit }
    }

    /// All sources. Repeated patterns are joined by `,` before they are compiled (recorded:
    /// `env/pattern-twice`).
    async fn all(&self, call: &Call<'_>) -> EndpointResult {
        let pattern = call.text("pattern").filter(|text| !text.is_empty());
        let pattern = pattern.as_deref().map(compile).transpose()?;
        let mut sources = self.environment.sources(call.principal).await;
        if let Some(pattern) = pattern {
            for source in &mut sources {
                source.properties.retain(|property| matches(&pattern, &property.name));
            }
        }
        Reply::json(&EnvDescriptor {
            active_profiles: self.environment.active_profiles(),
            default_profiles: ["default"],
            property_sources: sources.iter().map(SourceDescriptor::new).collect(),
        })
    }

    async fn one(&self, call: &Call<'_>) -> EndpointResult {
        let name = call.selector(0)?;
        let sources = self.environment.sources(call.principal).await;
        let found: Vec<SourceEntryDescriptor<'_>> = sources
            .iter()
            .map(|source| SourceEntryDescriptor {
                name: &source.name,
                property: source.property(name).map(PropertyDescriptor::new),
            })
            .collect();
        let Some((source, winner)) =
            found.iter().find_map(|entry| Some((entry.name, entry.property.as_ref()?)))
        else {
            return Ok(Reply::NotFound);
        };
        Reply::json(&EnvEntryDescriptor {
            property: SummaryDescriptor { source, value: winner.value },
            active_profiles: self.environment.active_profiles(),
            default_profiles: ["default"],
            property_sources: &found,
        })
    }
}

impl Endpoint for EnvEndpoint {
    fn id(&self) -> &'static str {
        "env"
    }

    fn operations(&self) -> &[Operation] {
        if self.environment.is_writable() { env_writing::OPERATIONS } else { READS }
    }

    fn description(&self) -> &'static str {
        "Where settings come from, and which value wins."
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(async move {
            match call.operation {
                0 => self.all(&call).await,
                env_writing::SET => env_writing::set(&self.environment, &self.audit, &call).await,
                env_writing::RESET => {
                    env_writing::reset(&self.environment, &self.audit, &call).await
                }
                _ => self.one(&call).await,
            }
        })
    }
}

fn compile(pattern: &str) -> Result<Regex, Problem> {
    if pattern.len() > MAX_PATTERN {
        return Err(Problem::bad_request(format!(
            "pattern is longer than {MAX_PATTERN} characters"
        )));
    }
    RegexBuilder::new(pattern)
        .size_limit(MAX_COMPILED)
        .build()
        .map_err(|error| Problem::bad_request(format!("pattern is no regular expression: {error}")))
}

/// Whether the pattern is found anywhere in the name.
fn matches(pattern: &Regex, name: &str) -> bool {
    let end = name.floor_char_boundary(MAX_MATCHED.min(name.len()));
    pattern.is_match(name.get(..end).unwrap_or(name))
}

const VALUE: Schema = Schema::Either(&[Schema::Text, Schema::Number, Schema::Boolean]);
const PROPERTY: Schema = Schema::Named(
    "Property",
    &Schema::Object(&[Member::optional("value", VALUE), Member::optional("origin", Schema::Text)]),
);
const TEXTS: Schema = Schema::List(&Schema::Text);
const ENV: Schema = Schema::Named(
    "Environment",
    &Schema::Object(&[
        Member::new("activeProfiles", TEXTS),
        Member::new("defaultProfiles", TEXTS),
        Member::new(
            "propertySources",
            Schema::List(&Schema::Object(&[
                Member::new("name", Schema::Text),
                Member::new("properties", Schema::Map(&PROPERTY)),
            ])),
        ),
    ]),
);
const ENV_ENTRY: Schema = Schema::Named(
    "EnvironmentEntry",
    &Schema::Object(&[
        Member::new(
            "property",
            Schema::Object(&[
                Member::new("source", Schema::Text),
                Member::optional("value", VALUE),
            ]),
        ),
        Member::new("activeProfiles", TEXTS),
        Member::new("defaultProfiles", TEXTS),
        Member::new(
            "propertySources",
            Schema::List(&Schema::Object(&[
                Member::new("name", Schema::Text),
                Member::optional("property", PROPERTY),
            ])),
        ),
    ]),
);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EnvDescriptor<'e> {
    active_profiles: Vec<String>,
    default_profiles: [&'static str; 1],
    property_sources: Vec<SourceDescriptor<'e>>,
}

#[derive(Serialize)]
struct SourceDescriptor<'e> {
    name: &'e str,
    properties: PropertiesDescriptor<'e>,
}

impl<'e> SourceDescriptor<'e> {
    fn new(source: &'e EnvSource) -> Self {
        Self { name: &source.name, properties: PropertiesDescriptor(&source.properties) }
    }
}

/// The properties of a source as one JSON object.
struct PropertiesDescriptor<'e>(&'e [EnvProperty]);

impl Serialize for PropertiesDescriptor<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            self.0.iter().map(|property| (&property.name, PropertyDescriptor::new(property))),
        )
    }
}

#[derive(Serialize)]
struct PropertyDescriptor<'e> {
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<ValueDescriptor<'e>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'e str>,
}

impl<'e> PropertyDescriptor<'e> {
    fn new(property: &'e EnvProperty) -> Self {
        let value = property.value.as_ref().map(|value| match value {
            EnvValue::Text(text) => ValueDescriptor::Text(text),
            EnvValue::Number(number) => ValueDescriptor::Number(number),
            EnvValue::Boolean(value) => ValueDescriptor::Boolean(*value),
        });
        Self { value, origin: property.origin.as_deref() }
    }
}

#[derive(Clone, Copy, Serialize)]
#[serde(untagged)]
enum ValueDescriptor<'e> {
    Text(&'e str),
    Number(&'e serde_json::Number),
    Boolean(bool),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EnvEntryDescriptor<'e> {
    property: SummaryDescriptor<'e>,
    active_profiles: Vec<String>,
    default_profiles: [&'static str; 1],
    property_sources: &'e [SourceEntryDescriptor<'e>],
}

#[derive(Serialize)]
struct SummaryDescriptor<'e> {
    source: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<ValueDescriptor<'e>>,
}

#[derive(Serialize)]
struct SourceEntryDescriptor<'e> {
    name: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    property: Option<PropertyDescriptor<'e>>,
}

#[cfg(test)]
#[path = "env_tests.rs"]
mod tests;

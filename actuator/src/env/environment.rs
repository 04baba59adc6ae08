//! The environment as one list of sources: those of the settings, then the contributed ones.

use std::sync::Arc;

use serde_json::Number;

use super::{EnvSettings, contributed};
use crate::{
    model::{
        principal::Principal,
        provider::Provider,
        sanitizer::{MASK, Sanitizer},
    },
    settings::{LiveSettings, Property, PropertySource, SourceKind, ValueKind},
};

/// Everything that `/env` shows.
#[derive(Debug)]
pub struct Environment {
    pub(super) live: Arc<LiveSettings>,
    providers: Vec<Provider>,
    pub(super) policy: EnvSettings,
    pub(super) sanitizer: Sanitizer,
}

/// One source of the environment, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct EnvSource {
    /// The name (`systemEnvironment`).
    pub name: String,
    /// The properties, in the order of the source.
    pub properties: Vec<EnvProperty>,
    /// Whether the names are those of environment variables.
    pub(super) is_environment: bool,
}

/// One property, ready to be shown: masked where it has to be.
#[derive(Clone, Debug, PartialEq)]
pub struct EnvProperty {
    /// The name in its source.
    pub name: String,
    /// The value; `None` for null.
    pub value: Option<EnvValue>,
    /// Where it stands, if that is known.
    pub origin: Option<String>,
}

/// A value in the type that its source gave it.
#[derive(Clone, Debug, PartialEq)]
pub enum EnvValue {
    /// A text.
    Text(String),
    /// A number.
    Number(Number),
    /// `true` or `false`.
    Boolean(bool),
}

impl EnvValue {
    /// The length of a text, in bytes; 0 for other types.
    pub(super) fn text_length(&self) -> usize {
        if let Self::Text(text) = self { text.len() } else { 0 }
    }
}

impl EnvProperty {
    /// What stands in place of a source that could not be read.
    pub(super) fn error(message: &str) -> Self {
        Self {
            name: "error".to_owned(),
            value: Some(EnvValue::Text(message.to_owned())),
            origin: None,
        }
    }
}

impl EnvSource {
    /// The property of this name. Environment variables are found by the dotted name too:
    /// `demo.max-size` is `DEMO_MAXSIZE` or `DEMO_MAX_SIZE`.
    pub fn property(&self, name: &str) -> Option<&EnvProperty> {
        let find = |name: &str| self.properties.iter().find(|property| property.name == name);
        find(name).or_else(|| {
            let variable =
                |name: String| find(&name.replace(['.', '['], "_").replace(']', "").to_uppercase());
            self.is_environment.then(|| {
                variable(name.replace('-', "")).or_else(|| variable(name.replace('-', "_")))
            })?
        })
    }
}

impl Environment {
    /// The environment of the settings in force, and of providers.
    ///
    /// Contributed sources come last, in the order of the providers: nothing that they say is a
    /// setting, so they must not look as if they won over one.
    pub fn new(
        live: Arc<LiveSettings>,
        providers: Vec<Provider>,
        policy: EnvSettings,
        sanitizer: Sanitizer,
    ) -> Self {
        Self { live, providers, policy, sanitizer }
    }

    /// The active profiles.
    pub fn active_profiles(&self) -> Vec<String> {
        self.live.current().active_profiles().to_vec()
    }

    /// Whether this caller sees values.
    pub fn shows_values_to(&self, caller: Option<&Principal>) -> bool {
        self.policy.shows_values_to(caller)
    }

    /// The variables of the process as this caller may see them; `None` if they are no source.
    pub fn variables(&self, caller: Option<&Principal>) -> Option<EnvSource> {
        let shown = self.shows_values_to(caller);
        let settings = self.live.current();
        let mut sources = settings.sources().iter();
        let variables = sources.find(|source| source.kind == SourceKind::Environment)?;
        Some(self.settings_source(variables, shown))
    }

    /// All sources, highest precedence first, as this caller may see them.
    pub async fn sources(&self, caller: Option<&Principal>) -> Vec<EnvSource> {
        let shown = self.policy.shows_values_to(caller);
        let mut sources: Vec<EnvSource> = self
            .live
            .current()
            .sources()
            .iter()
            .map(|source| self.settings_source(source, shown))
            .collect();
        for mut source in contributed::gather(&self.providers).await {
            source.properties.retain(|property| !self.policy.dropped.name(&property.name));
            for property in &mut source.properties {
                let value = property.value.take();
                property.value = value.map(|value| self.show(&property.name, value, shown));
            }
            sources.push(source);
        }
        sources
    }

    fn settings_source(&self, source: &PropertySource, shown: bool) -> EnvSource {
        let is_environment = source.kind == SourceKind::Environment;
        let listed = |(name, _): &(&String, &Property)| !self.policy.dropped.name(name);
        let properties = source.properties.iter().filter(listed).map(|(name, property)| {
            let value = self.show(name, typed(property), shown && !property.holds_secret);
            let origin = match source.kind {
                SourceKind::Environment => Some(format!("System Environment Property \"{name}\"")),
                // As in Spring, the name of the source says it all.
                SourceKind::Manager | SourceKind::Arguments | SourceKind::Process => None,
                SourceKind::File | SourceKind::Defaults | SourceKind::Forced => {
                    Some(property.origin.clone())
                }
            };
            EnvProperty { name: name.clone(), value: Some(value), origin }
        });
        EnvSource { name: source.name.clone(), properties: properties.collect(), is_environment }
    }

    fn show(&self, name: &str, value: EnvValue, shown: bool) -> EnvValue {
        if !shown {
            return EnvValue::Text(MASK.to_owned());
        }
        match value {
            EnvValue::Text(text) => {
                EnvValue::Text(self.sanitizer.sanitize(name, &text).into_owned())
            }
            _ if self.sanitizer.is_secret_key(name) => EnvValue::Text(MASK.to_owned()),
            other => other,
        }
    }
}

/// The value in its type. Numbers that JSON does not have (`inf`) stay texts.
fn typed(property: &Property) -> EnvValue {
    let text = property.value.as_str();
    let typed = match property.kind {
        ValueKind::Text => None,
        ValueKind::Number => {
            text.replace('_', "").trim_start_matches('+').parse().ok().map(EnvValue::Number)
        }
        ValueKind::Boolean => text.parse().ok().map(EnvValue::Boolean),
    };
    typed.unwrap_or_else(|| EnvValue::Text(text.to_owned()))
}

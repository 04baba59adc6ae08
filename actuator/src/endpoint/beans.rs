//! `beans`: what was collected and bound, in the form of Spring's bean list.
//!
//! A Rust service has no bean container; the list holds what this crate knows to be true: checks,
//! sources, components and endpoints, with the type or item, `file:line`, and dependencies.

use std::sync::Arc;

use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::{
    model::{
        answer::Answer,
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation},
        reply::Reply,
        sanitizer::{SanitizedText, Sanitizer},
        schema::{Member, Schema},
    },
    registry::{Bean, BeanRegistry},
};

const OPERATIONS: &[Operation] = &[Operation::read(&[])
    .doing("All parts, by context and name.")
    .answering(&[Answer::of(BEANS)])];

/// The `beans` endpoint.
#[derive(Debug)]
pub struct BeansEndpoint {
    context: String,
    beans: Arc<BeanRegistry>,
    sanitizer: Arc<Sanitizer>,
}

impl BeansEndpoint {
    /// The parts of the application named `context`. What the application says of them is shown as
    /// the sanitiser shows it.
    pub fn new(
        context: impl Into<String>,
        beans: Arc<BeanRegistry>,
        sanitizer: Arc<Sanitizer>,
    ) -> Self {
        Self { context: context.into(), beans, sanitizer }
    }
}

impl Endpoint for BeansEndpoint {
    fn id(&self) -> &'static str {
        "beans"
    }

    fn operations(&self) -> &[Operation] {
        OPERATIONS
    }

    fn description(&self) -> &'static str {
        "The parts of the service: components, checks, sources, meters, each with its dependencies."
    }

    fn invoke<'a>(&'a self, _: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(async move { Reply::json(&BeansDescriptor { contexts: Contexts(self) }) })
    }
}

const BEANS: Schema = Schema::Named(
    "Beans",
    &Schema::Object(&[Member::new(
        "contexts",
        Schema::Map(&Schema::Object(&[Member::new(
            "beans",
            Schema::Map(&Schema::Object(&[
                Member::new("aliases", Schema::List(&Schema::Text)),
                Member::new("scope", Schema::Text),
                Member::new("type", Schema::Text),
                Member::optional("description", Schema::Text),
                Member::optional("resource", Schema::Text),
                Member::new("dependencies", Schema::List(&Schema::Text)),
            ])),
        )])),
    )]),
);

#[derive(Serialize)]
struct BeansDescriptor<'a> {
    contexts: Contexts<'a>,
}

struct Contexts<'a>(&'a BeansEndpoint);

impl Serialize for Contexts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut contexts = serializer.serialize_map(Some(1))?;
        contexts.serialize_entry(&self.0.context, &ContextDescriptor { beans: Beans(self.0) })?;
        contexts.end()
    }
}

#[derive(Serialize)]
struct ContextDescriptor<'a> {
    beans: Beans<'a>,
}

struct Beans<'a>(&'a BeansEndpoint);

impl Serialize for Beans<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let BeansEndpoint { beans, sanitizer, .. } = self.0;
        serializer.collect_map(
            beans
                .iter()
                .map(|(name, bean)| (sanitizer.shown(name), BeanDescriptor::new(bean, sanitizer))),
        )
    }
}

#[derive(Serialize)]
struct BeanDescriptor<'a> {
    aliases: [&'static str; 1],
    scope: &'static str,
    #[serde(rename = "type")]
    type_name: &'a str,
    #[serde(skip_serializing_if = "SanitizedText::is_empty")]
    description: SanitizedText<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<String>,
    dependencies: Vec<SanitizedText<'a>>,
}

impl<'a> BeanDescriptor<'a> {
    fn new(bean: &'a Bean, sanitizer: &'a Sanitizer) -> Self {
        let resource = bean.source.map(|source| format!("{source} [{}]", source.package));
        Self {
            aliases: [bean.kind],
            scope: "singleton",
            type_name: &bean.type_name,
            description: sanitizer.shown(&bean.description),
            resource,
            dependencies: sanitizer.all_shown(&bean.dependencies),
        }
    }
}

//! The Elastic Common Schema, with the members that Spring's
//! `ElasticCommonSchemaStructuredLogFormatter` writes.

use super::{
    About,
    settings::ServiceSettings,
    template::{Node, Value, fixed, leaf},
};

/// The version of the schema.
const VERSION: &str = "8.11";

/// The members, in order.
pub(super) fn members(about: &About, service: &ServiceSettings) -> Vec<(String, Node)> {
    let object =
        |name: &str, members: Vec<(String, Node)>| (name.to_owned(), Node::Object(members));
    vec![
        leaf("@timestamp", Value::Time),
        object("log", vec![leaf("level", Value::Level), leaf("logger", Value::Logger)]),
        object(
            "process",
            vec![
                leaf("pid", Value::Fixed(about.process.to_string())),
                object("thread", vec![leaf("name", Value::Thread)]),
            ],
        ),
        object("service", service_members(service)),
        leaf("message", Value::Message),
        leaf("requestId", Value::RequestId),
        object("trace", vec![leaf("id", Value::TraceId)]),
        leaf("", Value::Fields),
        object(
            "error",
            vec![leaf("message", Value::ErrorMessage), leaf("stack_trace", Value::ErrorCauses)],
        ),
        object("ecs", vec![("version".to_owned(), fixed(VERSION))]),
    ]
}

fn service_members(service: &ServiceSettings) -> Vec<(String, Node)> {
    let text = |name: &str, text: &Option<String>| {
        text.as_deref().map(|text| (name.to_owned(), fixed(text)))
    };
    let node = text("name", &service.node_name);
    [
        text("name", &service.name),
        text("version", &service.version),
        text("environment", &service.environment),
        node.map(|name| ("node".to_owned(), Node::Object(vec![name]))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

//! `mappings`: the routes of the application, and those of the management API apart from them.
//!
//! The form is that of Spring's WebFlux (recorded: `run-webflux/mappings`), which knows no servlets.
//! All arrays of `requestMappingConditions` are always there: without one of them the view of Spring
//! Boot Admin stays blank.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::mappings_conditions::{self as conditions, Conditions};
use crate::model::{
    answer::Answer,
    call::Call,
    endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Produces},
    mapping::Mapping,
    problem::Problem,
    reply::Reply,
    schema::{Member, Schema},
    surface::{ListenerSurfaces, Served, Surface, Surfaces},
};

const OPERATIONS: &[Operation] = &[Operation::read(&[])
    .doing("The routes of the application, and those of the management API.")
    .answering(&[Answer::of(MAPPINGS)])];
const TEXTS: Schema = Schema::List(&Schema::Text);
const MEDIA_TYPES: Schema = Schema::List(&Schema::Object(&[
    Member::new("mediaType", Schema::Text),
    Member::new("negated", Schema::Boolean),
]));
const MAPPINGS: Schema = Schema::Named(
    "Mappings",
    &Schema::Object(&[Member::new(
        "contexts",
        Schema::Map(&Schema::Object(&[
            Member::new(
                "mappings",
                Schema::Object(&[Member::new(
                    "dispatcherHandlers",
                    Schema::Map(&Schema::List(&MAPPING)),
                )]),
            ),
            Member::optional("parentId", Schema::Text),
        ])),
    )]),
);
const MAPPING: Schema = Schema::Named(
    "Mapping",
    &Schema::Object(&[
        Member::new("predicate", Schema::Text),
        Member::new("handler", Schema::Text),
        Member::new(
            "details",
            Schema::Object(&[
                Member::optional(
                    "handlerMethod",
                    Schema::Object(&[
                        Member::new("className", Schema::Text),
                        Member::new("name", Schema::Text),
                        Member::new("descriptor", Schema::Text),
                    ]),
                ),
                Member::new(
                    "requestMappingConditions",
                    Schema::Object(&[
                        Member::new("methods", TEXTS),
                        Member::new("patterns", TEXTS),
                        Member::new("consumes", MEDIA_TYPES),
                        Member::new("produces", MEDIA_TYPES),
                        Member::new("params", Schema::List(&Schema::Any)),
                        Member::new("headers", Schema::List(&Schema::Any)),
                    ]),
                ),
            ]),
        ),
    ]),
);
/// What answers for all endpoints.
const MANAGEMENT: (&str, &str) = ("actuator::web::router::Management", "handle");

/// The `mappings` endpoint.
#[derive(Debug)]
pub(crate) struct MappingsEndpoint {
    context: String,
    application: Vec<Mapping>,
    surfaces: Surfaces,
}

impl MappingsEndpoint {
    /// The routes of the application named `context`, and the surfaces of its management API.
    pub(crate) fn new(context: &str, application: Vec<Mapping>, surfaces: Surfaces) -> Self {
        Self { context: context.to_owned(), application, surfaces }
    }

    fn document(&self, surfaces: &ListenerSurfaces) -> Value {
        let application: Vec<MappingDescriptor> = self.application.iter().map(of_route).collect();
        let own = of_surface(&surfaces.application);
        let mut contexts = Map::new();
        let mut handlers = Map::new();
        handlers.insert("application".to_owned(), json!(application));
        if !own.is_empty() {
            handlers.insert("management".to_owned(), json!(own));
        }
        let dispatchers = Dispatchers::of(handlers.into());
        contexts.insert(self.context.clone(), json!({ "mappings": dispatchers }));
        if let Some(management) = &surfaces.management {
            // As Spring names the context of a management port.
            contexts.insert(
                format!("{}:management", self.context),
                json!({
                    "mappings": Dispatchers::of(json!({ "management": of_surface(management) })),
                    "parentId": self.context,
                }),
            );
        }
        json!({ "contexts": contexts })
    }
}

impl Endpoint for MappingsEndpoint {
    fn id(&self) -> &'static str {
        "mappings"
    }

    fn operations(&self) -> &[Operation] {
        OPERATIONS
    }

    fn description(&self) -> &'static str {
        "Which requests lead to which code."
    }

    fn invoke<'a>(&'a self, _: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(async move {
            let surfaces = self.surfaces.get();
            let surfaces = surfaces.ok_or_else(|| Problem::internal("the service is starting"))?;
            Reply::json(&self.document(surfaces))
        })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Dispatchers {
    dispatcher_handlers: Value,
}

impl Dispatchers {
    fn of(dispatcher_handlers: Value) -> Self {
        Self { dispatcher_handlers }
    }
}

#[derive(Serialize)]
struct MappingDescriptor {
    predicate: String,
    handler: String,
    details: DetailsDescriptor,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DetailsDescriptor {
    #[serde(skip_serializing_if = "Option::is_none")]
    handler_method: Option<HandlerMethodDescriptor>,
    request_mapping_conditions: Conditions,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HandlerMethodDescriptor {
    class_name: String,
    name: String,
    descriptor: String,
}

/// A route of the application. What is not known of its handler is not made up.
fn of_route(route: &Mapping) -> MappingDescriptor {
    let handler = route.handler();
    let place = route.place();
    let handler_method = handler.map(|path| {
        let (module, name) = split(path);
        HandlerMethodDescriptor {
            class_name: module.to_owned(),
            name: name.to_owned(),
            descriptor: place.unwrap_or_default().to_owned(),
        }
    });
    let conditions = Conditions::of_route(route);
    let handler = match (handler, place) {
        (Some(handler), Some(place)) => format!("{handler} ({place})"),
        (Some(handler), None) => handler.to_owned(),
        (None, _) => "not told by its router".to_owned(),
    };
    MappingDescriptor {
        predicate: conditions.predicate(),
        handler,
        details: DetailsDescriptor { handler_method, request_mapping_conditions: conditions },
    }
}

/// `shop::orders::one` is `one` of `shop::orders`; types in brackets are left whole.
fn split(path: &str) -> (&str, &str) {
    let end = path.find('<').unwrap_or(path.len());
    let at = path.get(..end).and_then(|path| path.rfind("::"));
    at.and_then(|at| Some((path.get(..at)?, path.get(at + 2..)?))).unwrap_or(("", path))
}

fn of_surface(surface: &Surface) -> Vec<MappingDescriptor> {
    let index = surface.index.iter().map(|path| {
        let conditions = Conditions::of_index(path);
        of_management("Actuator root web endpoint".to_owned(), "links", conditions)
    });
    index.chain(surface.served.iter().flat_map(of_served)).collect()
}

/// The operations of an endpoint; those that differ only in the format that is asked for are one.
fn of_served(served: &Served) -> Vec<MappingDescriptor> {
    let mut groups: Vec<Vec<&Operation>> = Vec::new();
    for (operation, _) in served.operations() {
        let is_same = |known: &&Operation| {
            (known.kind, known.selectors) == (operation.kind, operation.selectors)
                && matches!(known.produces, Produces::Ranked(_))
        };
        match groups.iter_mut().find(|forms| forms.first().is_some_and(is_same)) {
            Some(forms) => forms.push(operation),
            None => groups.push(vec![operation]),
        }
    }
    let describe = |forms: Vec<&Operation>| {
        let first = forms.first()?;
        let handler = conditions::handler(served, first);
        let conditions = Conditions::of_operation(&served.path, &forms);
        Some(of_management(handler, first.summary, conditions))
    };
    groups.into_iter().filter_map(describe).collect()
}

fn of_management(handler: String, descriptor: &str, conditions: Conditions) -> MappingDescriptor {
    let (class_name, name) = MANAGEMENT;
    let handler_method = HandlerMethodDescriptor {
        class_name: class_name.to_owned(),
        name: name.to_owned(),
        descriptor: descriptor.to_owned(),
    };
    MappingDescriptor {
        predicate: conditions.predicate(),
        handler,
        details: DetailsDescriptor {
            handler_method: Some(handler_method),
            request_mapping_conditions: conditions,
        },
    }
}

#[cfg(test)]
#[path = "mappings_tests.rs"]
mod tests;

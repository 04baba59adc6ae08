//! Which requests a route answers, as Spring's `RequestMappingConditionsDescription`, and the same as
//! one line.

use std::borrow::Cow;

use serde::Serialize;

use super::openapi::ACTUATOR_JSON;
use crate::model::{
    answer::Content,
    endpoint::{Operation, OperationKind, Produces, Selector},
    mapping::Mapping,
    surface::Served,
};

/// All members are always there.
#[derive(Serialize)]
pub(super) struct Conditions {
    consumes: Vec<MediaTypeDescriptor>,
    headers: [(); 0],
    methods: Vec<Cow<'static, str>>,
    params: [(); 0],
    patterns: [String; 1],
    produces: Vec<MediaTypeDescriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MediaTypeDescriptor {
    media_type: &'static str,
    negated: bool,
}

impl Conditions {
    /// Those of a route of the application: what it reads and writes is its own matter.
    pub(super) fn of_route(route: &Mapping) -> Self {
        Self::new(route.methods.clone(), route.pattern().to_owned(), &[], &[])
    }

    /// Those of the discovery page.
    pub(super) fn of_index(path: &str) -> Self {
        Self::new(vec!["GET".into()], path.to_owned(), &[], &ACTUATOR_JSON)
    }

    /// Those of an operation below `path`, in all formats of its answer.
    pub(super) fn of_operation(path: &str, forms: &[&Operation]) -> Self {
        let first = forms.first();
        let method = match first.map(|first| first.kind) {
            Some(OperationKind::Write) => "POST",
            Some(OperationKind::Delete) => "DELETE",
            Some(OperationKind::Read) | None => "GET",
        };
        let mut pattern = path.to_owned();
        for selector in first.map_or(&[][..], |first| first.selectors) {
            match selector {
                Selector::One(name) => pattern.extend(["/{", name, "}"]),
                Selector::Remaining(_) => pattern.push_str("/**"),
            }
        }
        let takes_body = first.is_some_and(|first| first.takes_body);
        let consumes: &[&str] = if takes_body { &ACTUATOR_JSON } else { &[] };
        // The newest format stands first, and Spring lists it last.
        let produces: Vec<&str> = forms.iter().rev().flat_map(|form| produced(form)).collect();
        Self::new(vec![method.into()], pattern, consumes, &produces)
    }

    fn new(
        methods: Vec<Cow<'static, str>>,
        pattern: String,
        consumes: &[&'static str],
        produces: &[&'static str],
    ) -> Self {
        let describe = |types: &[&'static str]| {
            let describe =
                |media_type: &&'static str| MediaTypeDescriptor { media_type, negated: false };
            types.iter().map(describe).collect()
        };
        Self {
            consumes: describe(consumes),
            headers: [],
            methods,
            params: [],
            patterns: [pattern],
            produces: describe(produces),
        }
    }

    /// `{GET /actuator/health, produces [… || …]}`, as WebFlux writes it.
    pub(super) fn predicate(&self) -> String {
        let methods = match self.methods.as_slice() {
            [one] => one.to_string(),
            [] => String::new(),
            several => format!("[{}]", several.join(", ")),
        };
        let [pattern] = &self.patterns;
        let mut predicate = format!("{{{methods} {pattern}");
        for (what, types) in [("consumes", &self.consumes), ("produces", &self.produces)] {
            if !types.is_empty() {
                let types: Vec<&str> = types.iter().map(|one| one.media_type).collect();
                predicate.extend([", ", what, " [", &types.join(" || "), "]"]);
            }
        }
        predicate.push('}');
        predicate
    }
}

/// The name that Spring gives to what answers: the endpoint, and the names of its selectors.
pub(super) fn handler(served: &Served, operation: &Operation) -> String {
    let mut name = served.endpoint.id().to_owned();
    // An additional path stands for one below the endpoint's own.
    if served.is_additional && operation.selectors.is_empty() {
        name.push_str("-path");
    }
    for selector in operation.selectors {
        name.push('-');
        name.push_str(selector.name());
    }
    format!("Actuator web endpoint '{name}'")
}

fn produced(operation: &Operation) -> Vec<&'static str> {
    match operation.produces {
        Produces::Json => ACTUATOR_JSON.to_vec(),
        Produces::Text => vec!["text/plain;charset=UTF-8"],
        Produces::Named(media_type) | Produces::Ranked(media_type) => vec![media_type],
        Produces::OneOf(media_types) => media_types.to_vec(),
        Produces::Octets => vec!["application/octet-stream"],
        Produces::Nothing => Vec::new(),
        Produces::Resource => {
            let known = operation.answers.iter().find_map(|answer| match answer.content {
                Content::Of(media_type, _) if media_type != "*/*" => Some(media_type),
                _ => None,
            });
            vec![known.unwrap_or("application/octet-stream")]
        }
    }
}

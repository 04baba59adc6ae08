//! What requests of the management API are called in the tag `uri`, in Spring's words.

use std::sync::Arc;

use super::exposure::Exposed;
use crate::model::endpoint::Selector;

/// An extension of a response that names the route's template where axum cannot know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RouteTemplate(pub(crate) Arc<str>);

/// The templates of everything below a base path, made once.
#[derive(Debug)]
pub(super) struct Templates {
    index: RouteTemplate,
    /// For each endpoint one for each of its operations.
    operations: Vec<Vec<RouteTemplate>>,
    not_found: RouteTemplate,
    unknown: RouteTemplate,
}

/// What a request asked for, as far as that is known.
#[derive(Clone, Copy, Debug)]
pub(super) enum Asked {
    /// The discovery page.
    Index,
    /// An operation of an endpoint, by their numbers.
    Operation(usize, usize),
    /// A path outside the base path, which is a route of its own.
    Mounted,
    /// Nothing that is there.
    Nothing,
}

impl Templates {
    /// The templates of `endpoints` below `base_path`.
    pub(super) fn new(base_path: &str, endpoints: &[Exposed]) -> Self {
        let of = |text: String| RouteTemplate(text.into());
        let operations = |exposed: &Exposed| {
            let operations = exposed.endpoint().operations().iter();
            let path = |selectors| template(base_path, exposed.path(), selectors);
            operations.map(|operation| of(path(operation.selectors))).collect()
        };
        Self {
            index: of(if base_path.is_empty() { "root" } else { base_path }.to_owned()),
            operations: endpoints.iter().map(operations).collect(),
            not_found: of("NOT_FOUND".to_owned()),
            unknown: of("UNKNOWN".to_owned()),
        }
    }

    /// What the answer to a request with this status is called; `None` where the route says it.
    pub(super) fn of(&self, asked: Asked, status: u16) -> Option<&RouteTemplate> {
        match asked {
            Asked::Index => Some(&self.index),
            Asked::Operation(endpoint, operation) => self.operations.get(endpoint)?.get(operation),
            Asked::Mounted => None,
            Asked::Nothing if status == 404 => Some(&self.not_found),
            Asked::Nothing => Some(&self.unknown),
        }
    }
}

fn template(base_path: &str, path: &str, selectors: &[Selector]) -> String {
    let mut template = format!("{base_path}/{path}");
    for selector in selectors {
        match selector {
            Selector::One(name) => template.extend(["/{", name, "}"]),
            Selector::Remaining(_) => template.push_str("/**"),
        }
    }
    template
}

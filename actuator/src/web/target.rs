//! From a path to its operations, and from method and media types to one of them.

use std::borrow::Cow;

use http::{Method, header, request::Parts};

use super::{
    answer,
    browser::Asked,
    exposure::Exposed,
    media_type::{self, ACTUATOR_JSON, Accept},
    refusal::Refusal,
};
use crate::model::endpoint::{Operation, OperationKind, Selector, SharedEndpoint};

/// What stands below an endpoint's own path.
pub(super) struct Below<'m, 'r> {
    /// Which operations there are.
    pub(super) operations: Operations<'m>,
    /// The decoded segments.
    pub(super) segments: Vec<Cow<'r, str>>,
}

/// Which of an endpoint's operations a path has.
#[derive(Clone, Copy)]
pub(super) enum Operations<'m> {
    /// Those that exposure and access leave.
    Exposed(&'m Exposed),
    /// The reads: a mounted path with what is below it.
    Reads,
    /// The first read: a mounted path of exactly one answer.
    First,
}

/// The operations that a path names, before the method is looked at.
pub(super) struct Target<'m> {
    operations: Vec<(usize, &'m Operation)>,
}

/// What comes of a request's method and media types.
pub(super) enum Negotiated<'m> {
    /// An operation, and the `Content-Type` of its answer.
    Operation((usize, &'m Operation), Cow<'static, str>),
    /// OPTIONS: the value of `Allow`.
    Options(String),
    /// A CORS preflight.
    Preflight,
}

impl Negotiated<'_> {
    /// What is asked for.
    pub(super) fn asked(&self) -> Asked {
        match self {
            Self::Operation((_, operation), _) => Asked::Operation(operation.kind),
            Self::Options(_) => Asked::Options,
            Self::Preflight => Asked::Preflight,
        }
    }
}

impl<'m> Target<'m> {
    /// The operations whose selectors fit the segments.
    pub(super) fn find(
        endpoint: &'m SharedEndpoint,
        below: &Below<'m, '_>,
        full_path: &str,
    ) -> Result<Self, Refusal> {
        let all = || endpoint.operations().iter().enumerate();
        let fits = |operation: &Operation| matches(operation.selectors, &below.segments);
        let operations: Vec<_> = match below.operations {
            Operations::Exposed(exposed) => {
                exposed.operations().filter(|(_, operation)| fits(operation)).collect()
            }
            Operations::Reads => {
                let reads = all().filter(|(_, operation)| operation.kind == OperationKind::Read);
                reads.filter(|(_, operation)| fits(operation)).collect()
            }
            Operations::First => all().take(1).collect(),
        };
        // The exact path wins over one with a remaining selector.
        let exact = operations.iter().any(|(_, operation)| !takes_remaining(operation.selectors));
        let operations: Vec<_> = operations
            .into_iter()
            .filter(|(_, operation)| !exact || !takes_remaining(operation.selectors))
            .collect();
        if operations.is_empty() {
            return Err(Refusal::not_found(full_path));
        }
        Ok(Self { operations })
    }

    /// The operation for the method and the media types, in the order in which Spring refuses:
    /// method, then request type, then response type.
    pub(super) fn negotiate(
        &self,
        parts: &Parts,
        accept: &Accept<'_>,
    ) -> Result<Negotiated<'m>, Refusal> {
        let all = || self.operations.iter().map(|(_, operation)| *operation);
        let kind = match parts.method {
            Method::GET | Method::HEAD => OperationKind::Read,
            Method::POST => OperationKind::Write,
            Method::DELETE => OperationKind::Delete,
            _ if is_preflight(parts) => return Ok(Negotiated::Preflight),
            Method::OPTIONS => return Ok(Negotiated::Options(answer::allow(all(), true))),
            ref other => {
                return Err(Refusal::method_not_allowed(other, answer::allow(all(), false)));
            }
        };
        let of_kind = self.operations.iter().filter(move |(_, operation)| operation.kind == kind);
        let Some((_, first)) = of_kind.clone().next() else {
            return Err(Refusal::method_not_allowed(&parts.method, answer::allow(all(), false)));
        };
        check_content_type(first, parts)?;
        let products = of_kind.clone().map(|(_, operation)| operation.produces);
        let Some((index, content_type)) = accept.choose(&products) else {
            let offers: Vec<_> =
                products.rev().flat_map(|product| product.offers().to_vec()).collect();
            return Err(Refusal::not_acceptable(offers.join(", ")));
        };
        of_kind
            .clone()
            .nth(index)
            .map(|found| Negotiated::Operation(*found, content_type))
            .ok_or_else(|| Refusal::not_acceptable(ACTUATOR_JSON.to_owned()))
    }
}

/// The `Accept` header of a request.
pub(super) fn accept(parts: &Parts) -> Accept<'_> {
    Accept::parse(parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()))
}

/// A CORS preflight names the method it asks for. Other OPTIONS requests may carry an `Origin`
/// too: Spring Boot Admin passes its browser's on.
pub(super) fn is_preflight(parts: &Parts) -> bool {
    parts.method == Method::OPTIONS
        && parts.headers.contains_key(header::ORIGIN)
        && parts.headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

fn takes_remaining(selectors: &[Selector]) -> bool {
    matches!(selectors.last(), Some(Selector::Remaining(_)))
}

fn matches(selectors: &[Selector], segments: &[Cow<'_, str>]) -> bool {
    if takes_remaining(selectors) {
        // At least the slash has to be there: `/health` itself is another operation's.
        return segments.len() >= selectors.len();
    }
    selectors.len() == segments.len() && segments.iter().all(|segment| !segment.is_empty())
}

/// The values of an operation's selectors.
pub(super) fn selectors<'r>(operation: &Operation, below: &Below<'_, 'r>) -> Vec<Cow<'r, str>> {
    if takes_remaining(operation.selectors) {
        // Empty segments are dropped (recorded: `health/component-empty-segment`).
        return below.segments.iter().filter(|segment| !segment.is_empty()).cloned().collect();
    }
    below.segments.clone()
}

/// How many of `segments` are those of `path`, if they start with them.
pub(super) fn segments_of(path: &str, segments: &[Cow<'_, str>]) -> Option<usize> {
    let mut segments = segments.iter();
    let mut own = 0;
    for wanted in path.split('/') {
        if segments.next()? != wanted {
            return None;
        }
        own += 1;
    }
    Some(own)
}

/// Writes are read as the actuator's JSON only; those without parameters take any JSON, or no
/// type at all (recorded: golden `loggers/post-*`, `shutdown/post-*`).
fn check_content_type(operation: &Operation, parts: &Parts) -> Result<(), Refusal> {
    if operation.kind != OperationKind::Write {
        return Ok(());
    }
    if operation.takes_request {
        return Ok(());
    }
    let given = parts.headers.get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap_or("?"));
    match given {
        Some(given) if operation.takes_body && media_type::is_actuator_json(given) => Ok(()),
        Some(given) if !operation.takes_body && media_type::is_json(given) => Ok(()),
        None if !operation.takes_body => Ok(()),
        _ => {
            let accepted = if operation.takes_body {
                ACTUATOR_JSON
            } else {
                "application/json, application/*+json"
            };
            Err(Refusal::unsupported_media_type(given, accepted))
        }
    }
}

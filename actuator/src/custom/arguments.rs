//! What a call brings to an operation of the application: one flat map of names to texts, as Spring
//! has it.

use super::{error::EndpointError, from_call::FromCall};
use crate::model::{
    call::{ApiVersion, Call, Members},
    endpoint::{Operation, Selector},
    principal::Principal,
    web_request::WebRequest,
};

/// The arguments of one call, and what is known of it.
///
/// A query wins over a body. Neither may name a selector of the path: Spring takes such a value in
/// place of the path's, which leads past rules for paths; here the call is refused.
#[derive(Debug)]
pub struct Arguments {
    selectors: Vec<(&'static str, Vec<String>)>,
    query: Vec<(String, String)>,
    body: Members,
    version: ApiVersion,
    principal: Option<Principal>,
    request: Option<WebRequest>,
}

/// Why a parameter cannot be made of a call.
#[derive(Debug)]
pub enum Unusable {
    /// The name of what is missing.
    Missing(String),
    /// The name, and what is expected.
    Unreadable(String),
}

impl Arguments {
    /// Those of a call of this operation.
    pub(super) fn of(operation: &Operation, call: Call<'_>) -> Result<Self, EndpointError> {
        let names = || operation.selectors.iter().map(|selector| selector.name());
        let sent = call.query.iter().map(|(name, _)| name.as_ref());
        let mut sent = sent.chain(call.body.iter().map(|(name, _)| name.as_str()));
        if let Some(name) = sent.find(|sent| names().any(|name| name == *sent)) {
            return Err(EndpointError::bad_request(format!(
                "{name} is a part of the path; the query and the body must not name it"
            )));
        }
        let mut segments = call.selectors.iter().map(|segment| segment.as_ref().to_owned());
        let selectors = operation.selectors.iter().map(|selector| match selector {
            Selector::One(name) => (*name, segments.next().into_iter().collect()),
            Selector::Remaining(name) => (*name, segments.by_ref().collect()),
        });
        let selectors = selectors.collect();
        let query = call.query.into_iter();
        Ok(Self {
            selectors,
            query: query.map(|(name, value)| (name.into_owned(), value.into_owned())).collect(),
            body: call.body,
            version: call.version,
            principal: call.principal.cloned(),
            request: call.request,
        })
    }

    /// The argument of this name, as a parameter of that type of a declared operation would be.
    ///
    /// # Errors
    /// It is missing or cannot be read: 400.
    pub fn get<T: FromCall>(&self, name: &str) -> Result<T, EndpointError> {
        T::from_call(name, self).map_err(|unusable| {
            let mut wrong = Wrong::default();
            wrong.add(unusable);
            wrong.into_error()
        })
    }

    /// The version of the actuator's JSON that the caller wants.
    #[must_use]
    pub fn version(&self) -> ApiVersion {
        self.version
    }

    /// The caller, where somebody has found out who it is.
    #[must_use]
    pub fn principal(&self) -> Option<&Principal> {
        self.principal.as_ref()
    }

    /// The request, for operations [that take it](Operation::taking_request).
    #[must_use]
    pub fn request(&self) -> Option<&WebRequest> {
        self.request.as_ref()
    }

    /// Whether this is a part of the path.
    pub(super) fn is_selector(&self, name: &str) -> bool {
        self.selectors.iter().any(|(own, _)| *own == name)
    }

    /// What was sent under a name: `None` if nothing was, or JSON null.
    pub(super) fn texts(&self, name: &str) -> Option<Vec<&str>> {
        if let Some((_, segments)) = self.selectors.iter().find(|(own, _)| *own == name) {
            return Some(segments.iter().map(String::as_str).collect());
        }
        let query: Vec<&str> = self
            .query
            .iter()
            .filter(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
            .collect();
        if !query.is_empty() {
            return Some(query);
        }
        let member = self.body.iter().rev().find(|(own, _)| own == name);
        member.and_then(|(_, value)| value.as_deref()).map(|value| vec![value])
    }
}

/// All that is wrong with the arguments of a call.
#[derive(Debug, Default)]
pub struct Wrong {
    missing: Vec<String>,
    unreadable: Vec<String>,
}

impl Wrong {
    /// Nothing yet. No trait, since generated code may not assume that one is in scope.
    pub fn new() -> Self {
        Self::default()
    }

    /// Remembers one.
    pub(super) fn add(&mut self, unusable: Unusable) {
        match unusable {
            Unusable::Missing(name) => self.missing.push(name),
            Unusable::Unreadable(what) => self.unreadable.push(what),
        }
    }

    /// 400, in Spring's words for what is missing (recorded: golden `run-error-messages`).
    pub fn into_error(mut self) -> EndpointError {
        if self.missing.is_empty() {
            return EndpointError::bad_request(self.unreadable.join("; "));
        }
        self.missing.sort();
        EndpointError::bad_request(format!("Missing parameters: {}", self.missing.join(",")))
    }
}

//! Who may do what: which endpoints anybody reads, and which roles the operations of the others ask
//! for.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{endpoint::OperationKind, principal::Principal};

/// The rules for all endpoints, by their ids. A rule for an endpoint that is not there matches
/// nothing: only what a path has led to is asked for.
#[derive(Clone, Debug)]
pub struct AccessRules {
    /// Endpoints that anybody reads.
    pub open: BTreeSet<String>,
    /// Who reads, where nothing else is said; empty for every known caller.
    pub read: Vec<String>,
    /// Who writes and deletes.
    pub write: Vec<String>,
    /// What is said of single endpoints.
    pub of: BTreeMap<String, EndpointRules>,
}

/// What is said of one endpoint.
#[derive(Clone, Debug, Default)]
pub struct EndpointRules {
    /// Who reads.
    pub read: Option<Vec<String>>,
    /// Who writes and deletes.
    pub write: Option<Vec<String>>,
}

/// What somebody needs to be let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need<'r> {
    /// Nothing at all.
    Nothing,
    /// To be known, and to hold one of these roles; empty for none in particular.
    Roles(&'r [String]),
}

impl AccessRules {
    /// What is needed for an operation of an endpoint. `endpoint` is `None` for the discovery page
    /// and for paths where there is nothing, `kind` for methods that are no operation (OPTIONS).
    pub fn need(&self, endpoint: Option<&str>, kind: Option<OperationKind>) -> Need<'_> {
        // Settings may spell the id of an endpoint that is registered later as they like.
        let same = |one: &str, other: &str| plain(one).eq(plain(other));
        let of = endpoint.and_then(|endpoint| {
            self.of.iter().find(|(id, _)| same(id, endpoint)).map(|(_, rules)| rules)
        });
        match kind {
            Some(OperationKind::Write | OperationKind::Delete) => {
                Need::Roles(of.and_then(|of| of.write.as_ref()).unwrap_or(&self.write))
            }
            _ if endpoint.is_some_and(|id| self.open.iter().any(|open| same(open, id))) => {
                Need::Nothing
            }
            Some(OperationKind::Read) | None => {
                Need::Roles(of.and_then(|of| of.read.as_ref()).unwrap_or(&self.read))
            }
        }
    }
}

/// An id without case and punctuation, as Spring compares them.
fn plain(id: &str) -> impl Iterator<Item = char> {
    id.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase())
}

impl Need<'_> {
    /// Whether this caller has it.
    pub fn is_met_by(self, caller: &Principal) -> bool {
        match self {
            Self::Nothing => true,
            Self::Roles(roles) => caller.has_any_role(roles),
        }
    }
}

#[cfg(test)]
mod tests {
    use OperationKind::{Delete, Read, Write};

    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn what_is_said_of_an_endpoint_stands_before_what_is_said_of_all() {
        let env = EndpointRules { read: Some(texts(&["admin"])), write: None };
        let loggers = EndpointRules { read: None, write: Some(texts(&["dev"])) };
        let rules = AccessRules {
            open: BTreeSet::from(["health".to_owned()]),
            read: texts(&["viewer"]),
            write: texts(&["operator"]),
            of: BTreeMap::from([("env".to_owned(), env), ("loggers".to_owned(), loggers)]),
        };
        let need = |id, kind| match rules.need(id, kind) {
            Need::Nothing => "nothing",
            Need::Roles(roles) => roles[0].as_str(),
        };
        assert_eq!(need(Some("health"), Some(Read)), "nothing");
        assert_eq!(need(Some("health"), Some(Write)), "operator", "open means read");
        assert_eq!(need(Some("health"), None), "nothing");
        assert_eq!(need(Some("env"), Some(Read)), "admin");
        assert_eq!(need(Some("env"), Some(Delete)), "operator");
        assert_eq!(need(Some("env"), None), "admin", "its methods are its own business too");
        assert_eq!(need(Some("loggers"), Some(Write)), "dev");
        assert_eq!(need(Some("loggers"), Some(Read)), "viewer");
        assert_eq!(need(None, Some(Read)), "viewer");
        assert_eq!(need(None, None), "viewer");
    }
}

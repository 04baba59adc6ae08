//! What `#[endpoint]` leaves behind for the start of the program.

use std::fmt;

use super::{CustomEndpoint, work::Handler};
use crate::model::{
    access::Access,
    component::{Components, MissingComponent},
    endpoint::Operation,
    source::Source,
};

/// A declared endpoint, before its components are known.
pub struct EndpointDeclaration {
    /// The id.
    pub id: &'static str,
    /// What it is for, from the doc comment; may be empty.
    pub description: &'static str,
    /// Where it was declared.
    pub source: Source,
    /// The access that is granted when no setting says otherwise.
    pub access: Access,
    /// Makes a component of the type itself, if it has a default and none is registered.
    pub prepare: fn(&mut Components),
    /// The type names of the components it asks for.
    pub dependencies: &'static [fn() -> &'static str],
    /// What can be done with it.
    pub operations: &'static [DeclaredOperation],
}

/// An operation of it.
pub struct DeclaredOperation {
    /// What it is.
    pub operation: Operation,
    /// Finds its components, once, at start; all that are missing at once.
    pub bind: fn(&Components) -> Result<Handler, Vec<MissingComponent>>,
}

impl EndpointDeclaration {
    /// The endpoint with its components, or all that are missing.
    pub fn bind(&self, components: &Components) -> Result<CustomEndpoint, Vec<MissingComponent>> {
        let mut missing: Vec<MissingComponent> = Vec::new();
        let mut endpoint = CustomEndpoint::declared(self);
        for declared in self.operations {
            match (declared.bind)(components) {
                Ok(handler) => endpoint.add(declared.operation.clone(), handler),
                Err(these) => {
                    for one in these {
                        if !missing.contains(&one) {
                            missing.push(one);
                        }
                    }
                }
            }
        }
        if missing.is_empty() { Ok(endpoint) } else { Err(missing) }
    }
}

impl fmt::Debug for DeclaredOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DeclaredOperation").field(&self.operation).finish()
    }
}

impl fmt::Debug for EndpointDeclaration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EndpointDeclaration")
            .field("id", &self.id)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

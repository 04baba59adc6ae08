//! The const records that `#[env_source]` and `#[info_source]` make.

use super::{Components, Missing};
use crate::model::{provider::ProviderFn, source::Source};

/// A function that gives a document, as a macro declares it.
#[derive(Debug)]
pub struct ProviderDeclaration {
    /// The name: of the property source, of the member of `/info`.
    pub name: &'static str,
    /// The doc comment.
    pub description: &'static str,
    /// Where it stands.
    pub source: Source,
    /// The types of its parameters.
    pub dependencies: &'static [fn() -> &'static str],
    /// Finds its components, once, at start.
    pub bind: fn(&Components) -> Result<ProviderFn, Missing>,
}

/// Declared by `#[env_source]`.
#[derive(Debug)]
pub struct EnvSourceDeclaration(pub ProviderDeclaration);

/// Declared by `#[info_source]`.
#[derive(Debug)]
pub struct InfoSourceDeclaration(pub ProviderDeclaration);

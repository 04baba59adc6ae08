//! What the program is made of: the packages of the build, and documents that say so.

#[cfg(feature = "compression")]
mod auditable;
#[cfg(not(feature = "compression"))]
#[path = "no_auditable.rs"]
mod auditable;
mod build;
mod documents;
#[cfg(feature = "compression")]
mod executable;
mod packages;
#[cfg(test)]
#[cfg(feature = "compression")]
mod property_tests;
mod settings;

pub(crate) use build::{Build, BuildFacts, Origin};
pub(crate) use documents::{Sbom, SbomFile, Sboms};
pub(crate) use packages::{Package, PackageKind, Packages};
pub(crate) use settings::SbomSettings;

//! Info: facts of the build and of the process, and what operators and the application add.

mod facts;
mod host;
mod property;
mod provided;
mod registry;
mod settings;

pub use facts::{ActuatorInfo, BuildFacts, Facts, FactsDeclaration, GitFacts, RustFacts, Tracked};
pub use host::HostFacts;
pub use registry::{Application, FixedInfo, InfoParts, InfoRegistry, facts_of};
pub use settings::{GitMode, InfoSettings};

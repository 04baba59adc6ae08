//! Info: facts of the build and of the process, and what operators and the application add.

pub mod facts;
mod host;
mod property;
mod provided;
mod registry;
mod settings;

pub use facts::{ActuatorInfo, Facts, FactsDeclaration};
pub use host::HostFacts;
pub use registry::{Application, FixedInfo, InfoParts, InfoRegistry, facts_of};
pub use settings::{GitMode, InfoSettings};

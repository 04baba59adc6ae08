//! What generated code names. Not public API: it changes without notice.

pub use core::{
    cfg, concat, env, file, include_bytes, line, module_path,
    option::Option::{None, Some},
    option_env,
};

pub use inventory;

pub use crate::{
    info::facts::{
        ActuatorInfo, BuildFacts, Facts, FactsDeclaration, GitFacts, RustFacts, Tracked,
    },
    model::source::Source,
};

inventory::collect!(FactsDeclaration);

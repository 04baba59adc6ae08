//! Not public API. Used by generated code.

pub use core::{
    cfg, concat, env, file, include_bytes, line, module_path, option::Option, option_env,
};

pub use inventory;

pub use crate::{
    info::facts::{
        ActuatorInfo, BuildFacts, Facts, FactsDeclaration, GitFacts, RustFacts, Tracked,
    },
    model::source::Source,
};
